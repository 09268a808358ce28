package social_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// expiring makes the provider's tokens run out in a minute.
func (w *world) expiring() {
	w.acme.tokens = func(code string) (*oauth.Tokens, error) {
		return &oauth.Tokens{AccessToken: "at-" + code, RefreshToken: "rt-" + code, IDToken: "it-" + code, Scopes: []string{"a", "b"},
			AccessTokenExpiresAt: time.UnixMilli(w.now.Load()).Add(time.Minute)}, nil
	}
	w.acme.refreshed = func(token string) (*oauth.Tokens, error) {
		return &oauth.Tokens{AccessToken: "new-" + token, RefreshToken: "next-" + token, Scopes: []string{},
			AccessTokenExpiresAt: time.UnixMilli(w.now.Load()).Add(time.Hour)}, nil
	}
}

func (w *world) accountID() string {
	w.t.Helper()
	for _, acc := range w.rows("account") {
		if acc["providerId"] == "acme" {
			return acc["id"].(string)
		}
	}
	w.t.Fatal("there is no account")
	return ""
}

func words(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

func TestTokensAtRest(t *testing.T) {
	t.Parallel()
	for _, encrypt := range []bool{false, true} {
		w := newWorld(t, func(c *core.Config) { c.Account.EncryptOAuthTokens = encrypt })
		w.expiring()
		b := w.browser()
		b.signIn("ann")
		id := w.accountID()
		row := w.rows("account")[0]
		want(t, "access token in plain sight", row["accessToken"] == "at-ann", !encrypt)
		want(t, "refresh token in plain sight", row["refreshToken"] == "rt-ann", !encrypt)
		want(t, "ID token", row["idToken"], any("it-ann"))
		a := b.post("/get-access-token", object{"accountId": id})
		want(t, "answer", a.body, `{"accessToken":"at-ann","accessTokenExpiresAt":"2026-01-02T03:05:05.000Z","scopes":["a","b"],"idToken":"it-ann"}`)
		want(t, "refreshes", w.acme.refreshes.Load(), 0)
		w.wait(time.Minute - 5*time.Second) // not yet
		b.post("/get-access-token", object{"accountId": id})
		want(t, "refreshes", w.acme.refreshes.Load(), 0)
		w.wait(time.Millisecond)
		a = b.post("/get-access-token", object{"accountId": id})
		want(t, "new", a.body, `{"accessToken":"new-rt-ann","accessTokenExpiresAt":"2026-01-02T04:05:00.001Z","scopes":["a","b"],"idToken":"it-ann"}`)
		a = b.post("/refresh-token", object{"accountId": id})
		want(t, "refresh", a.body, `{"accessToken":"new-next-rt-ann","refreshToken":"next-next-rt-ann","accessTokenExpiresAt":"2026-01-02T04:05:00.001Z","refreshTokenExpiresAt":null,"scope":"a,b","idToken":"it-ann","providerId":"acme","accountId":"`+id+`"}`)
		a = b.send("GET", "/account-info?accountId="+id, "")
		want(t, "info", a.body, `{"user":{"name":"Ann","email":"ann@example.com","image":"https://img.example/a.png","emailVerified":true},"data":{"sub":"sub-ann"},"account":{"id":"`+id+`","providerId":"acme","accountId":"sub-ann"}}`)
		want(t, "verifications left", w.count("verification"), 0)
	}
}

func TestTokensAreTheOwners(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.expiring()
	b := w.browser()
	b.signIn("ann")
	id := w.accountID()
	other := w.browser()
	other.signIn("bob")
	for _, path := range []string{"/get-access-token", "/refresh-token"} {
		want(t, path+" of another", other.post(path, object{"accountId": id}).body, `{"message":"Account not found","code":"ACCOUNT_NOT_FOUND"}`)
		a := w.browser().post(path, object{"accountId": id})
		want(t, path+" without a session", fmt.Sprint(a.status, a.body), "401")
		for _, body := range []string{`{}`, `{"accountId":"x","useAccountCookie":true}`, `{"useAccountCookie":false}`, `{"accountId":"x","more":1}`, `{"providerId":"acme"}`} {
			want(t, path+body, b.send("POST", path, body).body, `{"message":"[body] Invalid input","code":"VALIDATION_ERROR"}`)
		}
	}
	want(t, "info of another", other.send("GET", "/account-info?accountId="+id, "").status, 400)
	want(t, "info without a session", w.browser().send("GET", "/account-info?accountId="+id, "").status, 401)
	want(t, "cookie in a query", b.send("GET", "/account-info?useAccountCookie=true", "").body, `{"message":"[query] Invalid input","code":"VALIDATION_ERROR"}`)
	// A revoked session gets nothing, not even out of the cookie cache.
	user := w.rows("account")[0]["userId"].(string)
	if err := w.auth.DeleteSessions(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	want(t, "revoked", b.post("/get-access-token", object{"accountId": id}).status, 401)

	// In process the server says whose account it is.
	out, err := w.p.AccessToken.Call(t.Context(), w.auth, social.AccountSelection{AccountID: &id, UserID: &user})
	if err != nil || out.AccessToken != "at-ann" {
		t.Errorf("in process: got %+v, %v", out, err)
	}
	if _, err = w.p.AccessToken.Call(t.Context(), w.auth, social.AccountSelection{AccountID: &id}); !errors.Is(err, social.ErrNoUser) {
		t.Errorf("in process without a user: got %v", err)
	}
}

func TestRefreshErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.expiring()
	b := w.browser()
	b.signIn("ann")
	id := w.accountID()
	refresh := w.acme.Refresh
	w.acme.Refresh = nil
	want(t, "not supported", b.post("/refresh-token", object{"accountId": id}).body, `{"message":"Provider acme does not support token refreshing.","code":"TOKEN_REFRESH_NOT_SUPPORTED"}`)
	w.acme.Refresh = refresh
	w.acme.refreshed = func(string) (*oauth.Tokens, error) { return nil, errors.New("invalid_grant for rt-ann") }
	want(t, "refused", b.post("/refresh-token", object{"accountId": id}).body, `{"message":"Failed to refresh access token","code":"FAILED_TO_REFRESH_ACCESS_TOKEN"}`)
	w.wait(time.Minute)
	want(t, "refused", b.post("/get-access-token", object{"accountId": id}).body, `{"message":"Failed to get a valid access token","code":"FAILED_TO_GET_ACCESS_TOKEN"}`)
	want(t, "verifications left", w.count("verification"), 0)
	if strings.Contains(w.log.String(), "rt-ann") {
		t.Errorf("the log shows a token:\n%s", w.log.String())
	}
}

// TestOneRefresh: of fifty requests that refresh one account at the same time, on two servers with one database, one asks the
// provider, which takes a refresh token once only, and all of them get what it got.
func TestOneRefresh(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/get-access-token", "/refresh-token"} {
		w := newWorld(t)
		w.expiring()
		var used sync.Map
		w.acme.refreshed = func(token string) (*oauth.Tokens, error) {
			if _, again := used.LoadOrStore(token, true); again {
				return nil, errors.New("used before")
			}
			return &oauth.Tokens{AccessToken: "new", RefreshToken: "next-" + token, AccessTokenExpiresAt: time.UnixMilli(w.now.Load()).Add(time.Hour)}, nil
		}
		b := w.browser()
		b.signIn("ann")
		w.wait(2 * time.Minute)
		id := w.accountID()
		second := newWorldOf(t, []*provider.Provider{&w.acme.Provider}, func(c *core.Config) { c.Store = w.store })
		second.now.Store(w.now.Load())
		// The provider answers once everybody is under way.
		arrived := make(chan struct{}, 50)
		var once sync.Once
		answer := w.acme.refreshed
		w.acme.refreshed = func(token string) (*oauth.Tokens, error) {
			once.Do(func() {
				for range 50 {
					<-arrived
				}
			})
			return answer(token)
		}
		var wg sync.WaitGroup
		for i := range 50 {
			c := b.clone()
			if i%2 == 1 {
				c.w = second
			}
			wg.Go(func() {
				arrived <- struct{}{}
				a := c.post(path, object{"accountId": id})
				var out struct{ AccessToken string }
				if err := json.Unmarshal([]byte(a.body), &out); err != nil || out.AccessToken != "new" {
					t.Errorf("%s: got %d %s, want the new token", path, a.status, a.body)
				}
			})
		}
		wg.Wait()
		// Whoever looked at the account only when all was over may ask once more, with the next token, if that is what it wants.
		if n := w.acme.refreshes.Load(); n < 1 || path == "/get-access-token" && n != 1 {
			t.Errorf("%s: the provider was asked %d times", path, n)
		}
	}
}

func TestAccountCookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *core.Config) {
		c.Account.StoreAccountCookie = true
		c.Session.CookieCache.Enabled = true
	})
	w.expiring()
	b := w.browser()
	b.signIn("ann")
	if b.jar["better-auth.account_data"] == "" {
		t.Fatal("there is no cookie")
	}
	a := b.post("/get-access-token", object{"useAccountCookie": true})
	want(t, "by cookie", strings.HasPrefix(a.body, `{"accessToken":"at-ann"`), true)
	w.wait(4 * time.Minute)
	a = b.post("/get-access-token", object{"useAccountCookie": true})
	want(t, "refreshed", strings.HasPrefix(a.body, `{"accessToken":"new-rt-ann"`), true)
	// Somebody else's cookie is no use, and goes.
	other := w.browser()
	other.signIn("bob")
	other.jar["better-auth.account_data"] = b.jar["better-auth.account_data"]
	want(t, "another's", other.post("/get-access-token", object{"useAccountCookie": true}).status, 400)
	w.wait(6 * time.Minute)
	b.jar["better-auth.account_data"], other.jar["better-auth.account_data"] = "", b.jar["better-auth.account_data"]
	other.send("GET", "/get-session", "")
	b.signIn("ann")
	b.send("POST", "/sign-out", "")
	want(t, "after sign-out", b.jar["better-auth.account_data"], "")
}

// TestStateless: without sessions in a database, the account's cookie has its tokens.
func TestStateless(t *testing.T) {
	t.Parallel()
	w := newWorld(t, exact, func(c *core.Config) {
		c.Session.Stateless = true
		c.Account.StoreAccountCookie = true
	})
	b := w.browser()
	a := b.post("/sign-in/social", object{"provider": "acme", "idToken": object{"token": "it-ann"}})
	var names []string
	for _, c := range a.cookies {
		names = append(names, fmt.Sprint(c.Name, " ", c.MaxAge))
	}
	want(t, "cookies", strings.Join(names, ", "), "better-auth.account_data 604800, better-auth.session_token 604800, better-auth.session_data 604800")
	want(t, "access token", b.post("/get-access-token", object{"useAccountCookie": true}).body, `{"accessToken":"","scopes":[],"idToken":"it-ann"}`)
	a = b.post("/sign-out", object{})
	names = nil
	for _, c := range a.cookies {
		names = append(names, strings.TrimPrefix(c.Name, "better-auth."))
	}
	want(t, "cookies at sign-out", strings.Join(names, " "), "session_token session_data account_data account_data oauth_state session_data dont_remember")
	state := b.begin(object{"provider": "acme", "callbackURL": "/after"})
	if b.jar["better-auth.oauth_state"] == "" {
		t.Error("the state is not in a cookie")
	}
	want(t, "location", b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "").location, "/after")
}

func TestOptionsOfAProvider(t *testing.T) {
	t.Parallel()
	t.Run("tokens are kept", func(t *testing.T) {
		w := newWorld(t, func(c *core.Config) { c.Account.KeepTokens = true })
		w.browser().signIn("ann")
		w.acme.tokens = func(string) (*oauth.Tokens, error) {
			return &oauth.Tokens{AccessToken: "second", IDToken: "it-ann"}, nil
		}
		w.browser().signIn("ann")
		want(t, "access token", w.rows("account")[0]["accessToken"], any("at-ann"))
	})
	t.Run("tokens are updated, scopes are not", func(t *testing.T) {
		w := newWorld(t)
		w.browser().signIn("ann")
		w.acme.tokens = func(string) (*oauth.Tokens, error) {
			return &oauth.Tokens{AccessToken: "second", IDToken: "it-ann", Scopes: []string{"z"}}, nil
		}
		w.browser().signIn("ann")
		row := w.rows("account")[0]
		want(t, "tokens", words(row["accessToken"], row["refreshToken"], row["scope"]), "second rt-ann a,b")
	})
	t.Run("user info is overridden", func(t *testing.T) {
		w := newWorld(t)
		w.acme.OverrideUserInfo = true
		w.browser().signIn("ann")
		w.acme.person = func(string) *provider.Identity {
			i := identity("sub-ann", "New@example.com", false)
			i.User.Set("name", "New")
			i.User.Set("emailVerified", false)
			return i
		}
		w.browser().signIn("ann")
		row := w.rows("user")[0]
		want(t, "user", words(row["name"], row["email"], row["emailVerified"]), "New new@example.com false")
		w.user("taken@example.com", true)
		w.acme.person = func(string) *provider.Identity { return identity("sub-ann", "taken@example.com", true) }
		b := w.browser()
		b.signIn("ann")
		want(t, "signed in although the address is taken", b.signedIn(), true)
	})
	t.Run("verified addresses only", func(t *testing.T) {
		var mails []core.Mail
		w := newWorld(t, func(c *core.Config) {
			c.EmailVerification.Send = func(_ context.Context, m core.Mail) error { mails = append(mails, m); return nil }
			c.EmailVerification.SendOnSignIn = true
		})
		w.acme.RequireEmailVerification = true
		w.acme.person = func(string) *provider.Identity { return identity("s", "ann@example.com", false) }
		for n := range 2 {
			b := w.browser()
			want(t, "location", b.signIn("ann").location, "/oops?error=email_not_verified")
			want(t, "signed in", b.signedIn(), false)
			want(t, "mails", len(mails), n+1)
		}
		want(t, "users", w.count("user"), 1)
	})
	t.Run("columns that are not for input", func(t *testing.T) {
		w := newWorld(t, func(c *core.Config) { c.Schema = roleColumns })
		w.acme.person = func(string) *provider.Identity {
			i := identity("s", "ann@example.com", true)
			i.User.Set("role", "admin")
			i.User.Set("nick", "A")
			i.User.Set("id", "chosen")
			i.User.Set("createdAt", "1970-01-01T00:00:00.000Z")
			return i
		}
		w.browser().signIn("ann")
		row := w.rows("user")[0]
		want(t, "columns", words(row["role"], row["nick"], row["id"] == "chosen"), "<nil> A false")
	})
	t.Run("validation", func(t *testing.T) {
		var actions []string
		var refuse error
		w := newWorld(t, func(c *core.Config) {
			c.User.Validate = func(_ context.Context, _ *core.Exchange, u core.UserCandidate) error {
				actions = append(actions, u.Action)
				return refuse
			}
		})
		refuse = core.NewError(403, "not_welcome", "Go away")
		want(t, "location", w.browser().signIn("ann").location, "/oops?error=not_welcome&error_description=Go+away")
		refuse = errors.New("the directory is down")
		want(t, "location", w.browser().signIn("ann").location, "/oops?error=validation_failed&error_description=User+validation+failed")
		want(t, "users", w.count("user"), 0)
		refuse = nil
		w.browser().signIn("ann")
		w.browser().signIn("ann")
		want(t, "actions", strings.Join(actions, " "), "create-user create-user create-user sign-in")
	})
}

func TestSignOutOfTheProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.signIn("ann")
	want(t, "no page", b.send("POST", "/sign-out", "").body, `{"success":true}`)
	w.acme.EndSessionURL = func(_ context.Context, r provider.EndSessionRequest) (string, error) {
		return "https://acme.example/end?" + url.Values{"hint": {r.IDToken}, "to": {r.PostLogoutRedirectURI}, "base": {r.BaseURL}, "s": {r.State}}.Encode(), nil
	}
	b = w.browser()
	b.signIn("ann")
	const page = "https://acme.example/end?base=http%3A%2F%2Flocalhost%3A3000%2Fapi%2Fauth&hint=it-ann&s=st&to=%2Fbye"
	a := b.post("/sign-out", object{"callbackURL": "/bye", "state": "st"})
	want(t, "answer", a.body, strings.ReplaceAll(`{"success":true,"url":"`+page+`","redirect":true}`, "&", "&"))
	want(t, "location", a.location, page)
	want(t, "signed in", b.signedIn(), false)
	want(t, "sessions", w.count("session"), 0)
	b.signIn("ann")
	a = b.post("/sign-out", object{"disableRedirect": true})
	want(t, "location", a.location, "")
	want(t, "without a session", w.browser().send("POST", "/sign-out", "").body, `{"success":true}`)
}

func (s *countingStore) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	s.note("create " + t.Name)
	return s.DB.Create(ctx, t, r)
}

func (s *countingStore) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	s.note("join " + j.Left.Name)
	return s.DB.FindJoined(ctx, j, keys...)
}

// countingStore counts statements.
type countingStore struct {
	*memdb.DB
	mu    sync.Mutex
	calls []string
}

func (s *countingStore) note(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

func (s *countingStore) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	s.note("find " + q.Table.Name)
	return s.DB.FindOne(ctx, q)
}

func (s *countingStore) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	s.note("list " + q.Table.Name)
	return s.DB.FindMany(ctx, q)
}

func (s *countingStore) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	s.note("update " + q.Table.Name)
	return s.DB.Update(ctx, q, set)
}

func (s *countingStore) Delete(ctx context.Context, q store.Query) (int64, error) {
	s.note("delete " + q.Table.Name)
	return s.DB.Delete(ctx, q)
}

func (s *countingStore) ConsumeOne(ctx context.Context, q store.Query) (store.Record, error) {
	s.note("consume " + q.Table.Name)
	return s.DB.ConsumeOne(ctx, q)
}

// TestAKnownUserCostsFourStatements is the budget of a callback, and one call of each of the provider's endpoints.
func TestAKnownUserCostsFourStatements(t *testing.T) {
	t.Parallel()
	s := &countingStore{DB: memdb.New()}
	w := newWorld(t, func(c *core.Config) { c.Store = s })
	w.browser().signIn("ann")
	b := w.browser()
	state := b.begin(object{"provider": "acme", "callbackURL": "/after"})
	s.calls = nil
	exchanges, infos := w.acme.exchanges.Load(), w.acme.infos.Load()
	want(t, "location", b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "").location, "/after")
	if len(s.calls) > 4 {
		t.Errorf("got %d statements, want 4 at most: %q", len(s.calls), s.calls)
	}
	want(t, "exchanges", w.acme.exchanges.Load()-exchanges, 1)
	want(t, "questions who it is", w.acme.infos.Load()-infos, 1)
}
