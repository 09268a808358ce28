package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/internal/memstorage"
)

// plainStorage hides what a storage can do besides the five methods.
type plainStorage struct{ storage.Storage }

// failingStorage can be switched off.
type failingStorage struct {
	storage.Swapper
	down atomic.Bool
}

var errStorageDown = errors.New("the storage is down")

func (s *failingStorage) Get(ctx context.Context, key string) (string, error) {
	if s.down.Load() {
		return "", errStorageDown
	}
	return s.Swapper.Get(ctx, key)
}

func (s *failingStorage) Delete(ctx context.Context, key string) error {
	if s.down.Load() {
		return errStorageDown
	}
	return s.Swapper.Delete(ctx, key)
}

// places are the ways to keep sessions, by name.
var places = map[string]func(c *core.Config){
	"table":   func(*core.Config) {},
	"storage": func(c *core.Config) { c.SecondaryStorage = memstorage.New(memstorage.Options{Now: c.Now}) },
	"storage that cannot swap": func(c *core.Config) {
		c.SecondaryStorage = plainStorage{memstorage.New(memstorage.Options{Now: c.Now})}
	},
	"storage and table": func(c *core.Config) {
		c.SecondaryStorage, c.Session.StoreInDatabase = memstorage.New(memstorage.Options{Now: c.Now}), true
	},
	"storage and archive": func(c *core.Config) {
		c.SecondaryStorage = memstorage.New(memstorage.Options{Now: c.Now})
		c.Session.StoreInDatabase, c.Session.PreserveInDatabase = true, true
	},
}

func inEveryPlace(t *testing.T, test func(t *testing.T, r *rig)) {
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newRig(t, place))
		})
	}
}

func (r *rig) signedIn(t *testing.T, cookie string) bool {
	t.Helper()
	a := r.do("GET", getSession, "", "Cookie", cookie)
	if a.status != 200 {
		t.Fatalf("get-session: %d %s", a.status, a.body)
	}
	return a.body != "null"
}

func (r *rig) signIn(email string) string {
	r.t.Helper()
	a := r.do("POST", "/api/auth/sign-in/email", `{"email":"`+email+`","password":"password-1"}`)
	if a.status != 200 {
		r.t.Fatalf("sign-in: %d %s", a.status, a.body)
	}
	return sessionCookie + "=" + a.cookie(sessionCookie)
}

func tokenOf(cookie string) string {
	token, _, _ := strings.Cut(strings.TrimPrefix(cookie, sessionCookie+"="), ".")
	return token
}

func TestSessionsInEveryPlace(t *testing.T) {
	t.Parallel()
	inEveryPlace(t, func(t *testing.T, r *rig) {
		first := r.signUp("ann@example.com")
		other := r.signUp("bob@example.com")
		second := r.signIn("ann@example.com")
		third := r.signIn("ann@example.com")
		list := func() (out []struct{ Token string }) {
			a := r.do("GET", "/api/auth/list-sessions", "", "Cookie", first)
			if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != 200 {
				t.Fatalf("list: %d %s", a.status, a.body)
			}
			return out
		}
		if got := list(); len(got) != 3 {
			t.Errorf("%d sessions, want 3: %v", len(got), got)
		}
		post := func(path, body string) {
			t.Helper()
			wantStatus(t, r.do("POST", "/api/auth/"+path, body, "Cookie", first), 200, `{"status":true}`)
		}
		post("revoke-session", `{"token":"`+tokenOf(other)+`"}`)
		if !r.signedIn(t, other) {
			t.Error("a user ended another user's session")
		}
		post("revoke-session", `{"token":"`+tokenOf(second)+`"}`)
		if r.signedIn(t, second) || !r.signedIn(t, third) || len(list()) != 2 {
			t.Errorf("after revoking the second: %v", list())
		}
		post("revoke-other-sessions", `{}`)
		if r.signedIn(t, third) || !r.signedIn(t, first) || len(list()) != 1 {
			t.Errorf("after revoking the others: %v", list())
		}
		fourth := r.signIn("ann@example.com")
		r.clock.Advance(time.Millisecond)
		post("revoke-sessions", `{}`)
		if r.signedIn(t, first) || r.signedIn(t, fourth) || !r.signedIn(t, other) {
			t.Error("after revoking all, one is left, or another user's is gone")
		}
		fifth := r.signIn("ann@example.com")
		if !r.signedIn(t, fifth) {
			t.Error("a session made after revoking all does not count")
		}
		wantStatus(t, r.do("POST", "/api/auth/sign-out", "{}", "Cookie", fifth), 200, "true")
		if r.signedIn(t, fifth) {
			t.Error("signed in after sign-out")
		}
	})
}

func TestRefreshInEveryPlace(t *testing.T) {
	t.Parallel()
	inEveryPlace(t, func(t *testing.T, r *rig) {
		cookie := r.signUp("ann@example.com")
		r.clock.Advance(2 * day)
		a := r.do("GET", getSession, "", "Cookie", cookie)
		if want := r.Now().Add(7 * day).Format("2006-01-02T15:04:05.000Z"); !strings.Contains(a.body, want) {
			t.Fatalf("got %s, want an expiry of %s", a.body, want)
		}
		r.clock.Advance(6 * day)
		if !r.signedIn(t, cookie) {
			t.Error("prolonged, but gone after the first lifetime")
		}
		r.clock.Advance(7 * day)
		if r.signedIn(t, cookie) {
			t.Error("signed in after expiry")
		}
	})
}

func TestUserChangesReachSessions(t *testing.T) {
	t.Parallel()
	inEveryPlace(t, func(t *testing.T, r *rig) {
		cookie := r.signUp("ann@example.com")
		second := r.signIn("ann@example.com")
		u, err := r.FindUserByEmail(t.Context(), "ann@example.com")
		if err != nil {
			t.Fatal(err)
		}
		if u, err = r.UpdateUser(t.Context(), u.ID, store.Record{"name": "Anna"}); err != nil || u.Name != "Anna" {
			t.Fatalf("got %v, %v", u, err)
		}
		for _, c := range []string{cookie, second} {
			wantStatus(t, r.do("GET", getSession, "", "Cookie", c), 200, `"name":"Anna"`)
		}
		if err := r.DeleteUser(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		if r.signedIn(t, cookie) || r.signedIn(t, second) {
			t.Error("signed in after the user was deleted")
		}
		if err := r.DeleteUser(t.Context(), u.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a second time: got %v", err)
		}
	})
}

// TestNoRefreshBringsASessionBack: fifty requests prolong a session while it is revoked; at the end it is gone.
func TestNoRefreshBringsASessionBack(t *testing.T) {
	t.Parallel()
	inEveryPlace(t, func(t *testing.T, r *rig) {
		for round := range 20 {
			cookie := r.signUp(fmt.Sprintf("ann%d@example.com", round))
			r.clock.Advance(day)
			var wg sync.WaitGroup
			for i := range 50 {
				wg.Go(func() {
					if i == 25 {
						if err := r.DeleteSession(context.Background(), tokenOf(cookie)); err != nil {
							t.Error(err)
						}
						return
					}
					req := httptest.NewRequest("GET", testOrigin+getSession, nil)
					req.Header.Set("Cookie", cookie)
					r.ServeHTTP(httptest.NewRecorder(), req)
				})
			}
			wg.Wait()
			if r.signedIn(t, cookie) {
				t.Fatal("a refresh brought a revoked session back")
			}
		}
	})
}

// meetingStorage lets something happen before a key is written for the first time.
type meetingStorage struct {
	storage.Storage
	meet func(key string)
}

func (s *meetingStorage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	s.meet(key)
	return s.Storage.Set(ctx, key, value, ttl)
}

// TestEndsMeetAMaking: whoever ends all sessions of a user while one is being made, and once more after that, has ended it,
// wherever in its making the first time was, and leaves nothing in the storage.
func TestEndsMeetAMaking(t *testing.T) {
	t.Parallel()
	for at := range 2 {
		kept := memstorage.New(memstorage.Options{})
		meeting := &meetingStorage{Storage: kept, meet: func(string) {}}
		r := newRig(t, func(c *core.Config) { c.SecondaryStorage, c.Now = meeting, nil })
		r.signUp("ann@example.com")
		user, err := r.FindUserByEmail(t.Context(), "ann@example.com")
		if err != nil {
			t.Fatal(err)
		}
		end := func() {
			meeting.meet = func(string) {}
			if err := r.DeleteSessions(t.Context(), user.ID); err != nil {
				t.Error(err)
			}
		}
		end()
		ahead := newRig(t, func(c *core.Config) { // a server whose clock is ahead of that of the one that ends
			c.Store, c.SecondaryStorage, c.Now = r.Config().Store, meeting, func() time.Time { return time.Now().Add(time.Hour) }
		})
		written := 0
		meeting.meet = func(string) {
			if written++; written == at+1 {
				end()
			}
		}
		made := ahead.signIn("ann@example.com")
		if written <= at {
			t.Fatalf("%d keys were written, so nothing met at %d", written, at)
		}
		end()
		if r.signedIn(t, made) {
			t.Errorf("ended before key %d was written and after all: the session lives", at+1)
		}
		if _, err := kept.Get(t.Context(), tokenOf(made)); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("ended before key %d was written and after all: the session is still there: %v", at+1, err)
		}
	}
}

// TestNobodyIsSignedInByARolledBackSignUp: a session in storage must not outlive the transaction that made its user.
func TestNobodyIsSignedInByARolledBackSignUp(t *testing.T) {
	t.Parallel()
	kept := memstorage.New(memstorage.Options{})
	veto := errors.New("veto")
	r := newRig(t, func(c *core.Config) {
		c.SecondaryStorage = kept
		c.DatabaseHooks.Session.OnCreate = func(context.Context, *core.Exchange, *model.Session) error { return veto }
	})
	a := r.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
	wantStatus(t, a, 500, "")
	if _, err := r.FindUserByEmail(t.Context(), "ann@example.com"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the user is there: %v", err)
	}
	if len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("got cookies %v", a.header["Set-Cookie"])
	}
}

func TestStorageDownSignsNobodyOut(t *testing.T) {
	t.Parallel()
	kept := &failingStorage{Swapper: memstorage.New(memstorage.Options{})}
	r := newRig(t, func(c *core.Config) { c.SecondaryStorage = kept; c.Now = nil })
	cookie := r.signUp("ann@example.com")
	kept.down.Store(true)
	for method, path := range map[string]string{"GET": getSession, "POST": "/api/auth/revoke-sessions"} {
		a := r.do(method, path, "", "Cookie", cookie)
		if a.status != 500 || len(a.header["Set-Cookie"]) != 0 {
			t.Errorf("%s: got %d %v, want 500 and no cookies", path, a.status, a.header["Set-Cookie"])
		}
	}
	wantStatus(t, r.do("POST", "/api/auth/sign-out", "{}", "Cookie", cookie), 500, "")
	kept.down.Store(false)
	if !r.signedIn(t, cookie) {
		t.Error("signed out by an outage")
	}
}

func TestTableAnswersForWhatTheStorageLost(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"storage": false, "storage and table": true, "storage and archive": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var kept storage.Storage
			r := newRig(t, places[name], func(c *core.Config) { kept = c.SecondaryStorage })
			cookie := r.signUp("ann@example.com")
			if err := kept.Delete(t.Context(), tokenOf(cookie)); err != nil {
				t.Fatal(err)
			}
			if got := r.signedIn(t, cookie); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestArchiveKeepsRows(t *testing.T) {
	t.Parallel()
	r := newRig(t, places["storage and archive"])
	cookie := r.signUp("ann@example.com")
	r.clock.Advance(time.Hour)
	if err := r.DeleteSession(t.Context(), tokenOf(cookie)); err != nil {
		t.Fatal(err)
	}
	rec, err := r.Store().FindOne(t.Context(), store.From(r.Schema().Table(model.SessionTable), store.Eq("token", tokenOf(cookie))))
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := rec["expiresAt"].(time.Time); !ok || !at.Equal(r.Now()) {
		t.Errorf("the row says %v, want that it ended now", rec["expiresAt"])
	}
}

// TestIndexIsBounded: who signs in without end keeps the newest sessions.
func TestIndexIsBounded(t *testing.T) {
	t.Parallel()
	kept := memstorage.New(memstorage.Options{})
	r := newRig(t, func(c *core.Config) { c.SecondaryStorage = kept; c.Now = nil })
	first := r.signUp("ann@example.com")
	u, err := r.FindUserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for range 1000 {
		last = r.signIn("ann@example.com")
	}
	text, err := kept.Get(t.Context(), "active-sessions-"+u.ID)
	if n := strings.Count(text, `"token"`); err != nil || n != 1000 {
		t.Errorf("the list has %d sessions (%v), want 1000", n, err)
	}
	if r.signedIn(t, first) || !r.signedIn(t, last) {
		t.Error("want the oldest ended and the newest alive")
	}
}

// TestStoredForm compares what is written with what better-auth writes (vectors.json, secondaryStorageLog).
func TestStoredForm(t *testing.T) {
	t.Parallel()
	kept := memstorage.New(memstorage.Options{Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC) }})
	r := newRig(t, func(c *core.Config) { c.SecondaryStorage = kept })
	cookie := r.signUp("ann@example.com")
	u, err := r.FindUserByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	token := tokenOf(cookie)
	for key, want := range map[string]string{
		"active-sessions-" + u.ID: `[{"token":"` + token + `","expiresAt":1767927845678}]`,
		token: `{"session":{"id":"*","ipAddress":"192.0.2.1","userAgent":"","expiresAt":"2026-01-09T03:04:05.678Z","userId":"` + u.ID +
			`","token":"` + token + `","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z"},` +
			`"user":{"name":"Ann","email":"ann@example.com","emailVerified":false,"image":null,"createdAt":"2026-01-02T03:04:05.678Z",` +
			`"updatedAt":"2026-01-02T03:04:05.678Z","id":"` + u.ID + `"}}`,
	} {
		got, err := kept.Get(t.Context(), key)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if strings.Contains(want, `"id":"*"`) {
			id := got[len(`{"session":{"id":"`):][:32]
			want = strings.Replace(want, "*", id, 1)
		}
		if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", key, got, want)
		}
	}
}

// TestForeignValuesAreNoSession: what somebody else wrote under a key, or a damaged value, signs nobody in.
func TestForeignValuesAreNoSession(t *testing.T) {
	t.Parallel()
	kept := memstorage.New(memstorage.Options{})
	r := newRig(t, func(c *core.Config) { c.SecondaryStorage = kept; c.Now = nil })
	cookie := r.signUp("ann@example.com")
	good, err := kept.Get(t.Context(), tokenOf(cookie))
	if err != nil {
		t.Fatal(err)
	}
	other := r.signUp("bob@example.com")
	theirs, err := kept.Get(t.Context(), tokenOf(other))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"nothing": "", "no JSON": "{", "null": "null", "an array": "[]", "no user": `{"session":{}}`, "another's": theirs,
		"another's user": strings.Replace(good, `"userId":"`, `"userId":"x`, 1),
		"cut":            good[:len(good)-5],
	} {
		if err := kept.Set(t.Context(), tokenOf(cookie), value, time.Hour); err != nil {
			t.Fatal(err)
		}
		if r.signedIn(t, cookie) {
			t.Errorf("%s: signed in", name)
		}
	}
}

func TestVerificationInEveryPlace(t *testing.T) {
	t.Parallel()
	for _, hashed := range []bool{false, true} {
		for name, place := range places {
			t.Run(fmt.Sprintf("%s, hashed %v", name, hashed), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, place, func(c *core.Config) {
					c.Verification.StoreInDatabase = c.Session.StoreInDatabase
					if hashed {
						c.Verification.Identifiers = core.HashIdentifier
						c.Verification.Overrides = []core.IdentifierOverride{{Prefix: "plain:"}}
					}
				})
				ctx := t.Context()
				for _, id := range []string{"reset-password:x", "plain:x"} {
					if err := r.CreateVerification(ctx, id, "value", time.Hour); err != nil {
						t.Fatal(err)
					}
					if v, err := r.PeekVerification(ctx, id); err != nil || v != "value" {
						t.Errorf("peek: got %q, %v", v, err)
					}
					var won atomic.Int64
					var wg sync.WaitGroup
					for range 50 {
						wg.Go(func() {
							if v, err := r.ConsumeVerification(context.Background(), id); err == nil && v == "value" {
								won.Add(1)
							} else if !errors.Is(err, core.ErrNoVerification) {
								t.Errorf("got %q, %v", v, err)
							}
						})
					}
					wg.Wait()
					if won.Load() != 1 {
						t.Errorf("%d of 50 consumed it, want 1", won.Load())
					}
					if v, err := r.PeekVerification(ctx, id); !errors.Is(err, core.ErrNoVerification) {
						t.Errorf("after use: got %q, %v", v, err)
					}
				}
				if err := r.CreateVerification(ctx, "a", "v", time.Hour); err != nil {
					t.Fatal(err)
				}
				if err := r.DeleteVerifications(ctx, "a"); err != nil {
					t.Fatal(err)
				}
				if _, err := r.ConsumeVerification(ctx, "a"); !errors.Is(err, core.ErrNoVerification) {
					t.Errorf("deleted: got %v", err)
				}
			})
		}
	}
}

// TestIdentifiersMayBeHashedLater: a record from before identifiers were hashed is still found.
func TestIdentifiersMayBeHashedLater(t *testing.T) {
	t.Parallel()
	before := newRig(t)
	if err := before.CreateVerification(t.Context(), "reset-password:x", "value", time.Hour); err != nil {
		t.Fatal(err)
	}
	after := newRig(t, func(c *core.Config) {
		c.Store, c.Verification.Identifiers = before.Auth.Config().Store, core.HashIdentifier
	})
	if v, err := after.ConsumeVerification(t.Context(), "reset-password:x"); err != nil || v != "value" {
		t.Errorf("got %q, %v", v, err)
	}
}

// linkedStorage counts how often it is asked.
type linkedStorage struct {
	storage.Swapper
	asked atomic.Int64
}

func (s *linkedStorage) Get(ctx context.Context, key string) (string, error) {
	s.asked.Add(1)
	return s.Swapper.Get(ctx, key)
}

func (s *linkedStorage) GetLinked(ctx context.Context, key string, link storage.Link) (storage.Pair, error) {
	s.asked.Add(1)
	value, err := s.Swapper.Get(ctx, key)
	if err != nil {
		return storage.Pair{}, err
	}
	pair := storage.Pair{Value: value, Key: link.Key(value)}
	if pair.Key != "" {
		pair.Linked, err = s.Swapper.Get(ctx, pair.Key)
		pair.Found = err == nil
	}
	return pair, nil
}

// TestOneRoundTrip: finding a session asks the storage once and the store never.
func TestOneRoundTrip(t *testing.T) {
	t.Parallel()
	kept := &linkedStorage{Swapper: memstorage.New(memstorage.Options{})}
	counted := &countingStore{Store: memdb.New()}
	r := newRig(t, func(c *core.Config) {
		c.SecondaryStorage, c.Store, c.Now, c.RateLimit.Enabled = kept, counted, nil, core.Off
	})
	cookie := r.signUp("ann@example.com")
	kept.asked.Store(0)
	counted.asked = 0
	if !r.signedIn(t, cookie) {
		t.Fatal("not signed in")
	}
	if kept.asked.Load() != 1 || counted.asked != 0 {
		t.Errorf("the storage was asked %d times, the store %d times, want 1 and 0", kept.asked.Load(), counted.asked)
	}
}

func TestVerificationsOfAUserAreVoid(t *testing.T) {
	t.Parallel()
	for _, hashed := range []bool{false, true} {
		for name, place := range places {
			t.Run(fmt.Sprintf("%s, hashed %v", name, hashed), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, place, func(c *core.Config) {
					c.Verification.StoreInDatabase = c.Session.StoreInDatabase
					if hashed {
						c.Verification.Identifiers = core.HashIdentifier
					}
				})
				create := func(token, userID string) string {
					t.Helper()
					if err := r.CreateVerification(t.Context(), core.ResetPasswordPrefix+token, userID, time.Hour); err != nil {
						t.Fatal(err)
					}
					return core.ResetPasswordPrefix + token
				}
				first, second, others := create("1", "ann"), create("2", "ann"), create("3", "bob")
				if err := r.DeleteVerificationsOf(t.Context(), core.ResetPasswordPrefix, "ann"); err != nil {
					t.Fatal(err)
				}
				r.clock.Advance(time.Millisecond)
				later := create("4", "ann")
				for id, want := range map[string]bool{first: false, second: false, others: true, later: true} {
					if _, err := r.PeekVerification(t.Context(), id); (err == nil) != want {
						t.Errorf("peek %s: got %v, want it to be good: %v", id, err, want)
					}
					if _, err := r.ConsumeVerification(t.Context(), id); (err == nil) != want {
						t.Errorf("consume %s: got %v, want it to be good: %v", id, err, want)
					}
				}
			})
		}
	}
}
