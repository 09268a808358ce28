package authscs_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/memstorage"
	authscs "github.com/cardea-auth/cardea/stores/scs"
)

func newStore() (*authscs.Store, *clock, *memstorage.Storage) {
	c := newClock()
	s := memstorage.New(memstorage.Options{Now: c.Now})
	return authscs.NewStore(s, authscs.StoreOptions{Now: c.Now}), c, s
}

func commit(t *testing.T, s *authscs.Store, token, data string, expiry time.Time) {
	t.Helper()
	if err := s.CommitCtx(t.Context(), token, []byte(data), expiry); err != nil {
		t.Fatalf("CommitCtx(%q): got error %v, want none", token, err)
	}
}

func wantData(t *testing.T, s *authscs.Store, token, want string) {
	t.Helper()
	if b, found, err := s.FindCtx(t.Context(), token); err != nil || !found || string(b) != want {
		t.Errorf("FindCtx(%q): got %q, %t, %v, want %q", token, b, found, err, want)
	}
}

func wantNoData(t *testing.T, s *authscs.Store, token string) {
	t.Helper()
	if b, found, err := s.FindCtx(t.Context(), token); err != nil || found || b != nil {
		t.Errorf("FindCtx(%q): got %q, %t, %v, want not found", token, b, found, err)
	}
}

func TestStoreKeepsData(t *testing.T) {
	t.Parallel()
	s, c, _ := newStore()
	wantNoData(t, s, "token")
	for _, data := range []string{"data", "", "\x00\xff 12 \n", strings.Repeat("x", 1<<20)} {
		commit(t, s, "token", data, c.Now().Add(time.Hour))
		wantData(t, s, "token", data)
		wantNoData(t, s, "other")
	}
	if err := s.DeleteCtx(t.Context(), "token"); err != nil {
		t.Fatal(err)
	}
	wantNoData(t, s, "token")
	if err := s.DeleteCtx(t.Context(), "token"); err != nil {
		t.Errorf("DeleteCtx of nothing: got error %v, want none", err)
	}
}

func TestStoreWithoutContext(t *testing.T) {
	t.Parallel()
	s, c, _ := newStore()
	if err := s.Commit("token", []byte("data"), c.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if b, found, err := s.Find("token"); err != nil || !found || string(b) != "data" {
		t.Errorf("Find: got %q, %t, %v, want the data", b, found, err)
	}
	if err := s.Delete("token"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Find("token"); err != nil || found {
		t.Errorf("Find after Delete: got %t, %v, want not found", found, err)
	}
}

// TestStoreExpiry: the end is that of the session to the millisecond, although storages know whole seconds only.
func TestStoreExpiry(t *testing.T) {
	t.Parallel()
	for _, lifetime := range []time.Duration{time.Millisecond, 999 * time.Millisecond, time.Second, 1001 * time.Millisecond, 90 * time.Minute} {
		s, c, _ := newStore()
		c.now = c.now.Truncate(time.Millisecond)
		commit(t, s, "token", "data", c.Now().Add(lifetime))
		c.advance(lifetime - time.Millisecond)
		wantData(t, s, "token", "data")
		c.advance(time.Millisecond)
		wantNoData(t, s, "token")
	}
}

// TestStoreCommitReplacesTheExpiry is what scs's own bunstore does not do on PostgreSQL.
func TestStoreCommitReplacesTheExpiry(t *testing.T) {
	t.Parallel()
	s, c, _ := newStore()
	start := c.Now()
	commit(t, s, "longer", "data", start.Add(time.Minute))
	commit(t, s, "longer", "data", start.Add(time.Hour))
	commit(t, s, "shorter", "data", start.Add(time.Hour))
	commit(t, s, "shorter", "data", start.Add(time.Minute))
	commit(t, s, "ages", "data", start.AddDate(5000, 0, 0)) // further than a time.Duration reaches
	c.advance(time.Minute)
	wantData(t, s, "longer", "data")
	wantNoData(t, s, "shorter")
	c.advance(100 * 365 * 24 * time.Hour)
	wantNoData(t, s, "longer")
	wantData(t, s, "ages", "data")
}

// TestStorePastExpiry: goredisstore keeps such a session forever.
func TestStorePastExpiry(t *testing.T) {
	t.Parallel()
	for name, past := range map[string]func(now time.Time) time.Time{
		"now":        func(now time.Time) time.Time { return now },
		"before now": func(now time.Time) time.Time { return now.Add(-time.Second) },
		"never set":  func(time.Time) time.Time { return time.Time{} },
	} {
		s, c, _ := newStore()
		commit(t, s, "new", "data", past(c.Now()))
		wantNoData(t, s, "new")
		commit(t, s, "token", "data", c.Now().Add(time.Hour))
		commit(t, s, "token", "data", past(c.Now()))
		if _, found, err := s.FindCtx(t.Context(), "token"); found || err != nil {
			t.Errorf("expiry %s: got found %t, %v, want the session gone", name, found, err)
		}
	}
}

// spy notes the keys that a storage is asked for.
type spy struct {
	storage.Storage
	keys []string
}

func (s *spy) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	s.keys = append(s.keys, key)
	return s.Storage.Set(ctx, key, value, ttl)
}

func TestStoreHidesTokens(t *testing.T) {
	t.Parallel()
	watched := &spy{Storage: memstorage.New(memstorage.Options{})}
	s := authscs.NewStore(watched, authscs.StoreOptions{})
	commit(t, s, "s3cret", "data", time.Now().Add(time.Hour))
	if len(watched.keys) != 1 || !strings.HasPrefix(watched.keys[0], "scs:") || strings.Contains(watched.keys[0], "s3cret") {
		t.Errorf("keys in the storage: got %q, want one that begins with scs: and does not tell the token", watched.keys)
	}
}

// failing is a storage that is away.
type failing struct{ storage.Storage }

func (failing) Get(context.Context, string) (string, error)              { return "", errBroken }
func (failing) Set(context.Context, string, string, time.Duration) error { return errBroken }
func (failing) Delete(context.Context, string) error                     { return errBroken }

func TestStoreBreakdown(t *testing.T) {
	t.Parallel()
	s := authscs.NewStore(failing{}, authscs.StoreOptions{})
	if _, found, err := s.FindCtx(t.Context(), "token"); !errors.Is(err, errBroken) || found {
		t.Errorf("FindCtx: got %t, %v, want what broke", found, err)
	}
	if err := s.CommitCtx(t.Context(), "token", nil, time.Now().Add(time.Hour)); !errors.Is(err, errBroken) {
		t.Errorf("CommitCtx: got error %v, want what broke", err)
	}
	if err := s.CommitCtx(t.Context(), "token", nil, time.Now().Add(-time.Hour)); !errors.Is(err, errBroken) {
		t.Errorf("CommitCtx of the past: got error %v, want what broke", err)
	}
	if err := s.DeleteCtx(t.Context(), "token"); !errors.Is(err, errBroken) {
		t.Errorf("DeleteCtx: got error %v, want what broke", err)
	}
}

func TestStoreForeignValueIsAnError(t *testing.T) {
	t.Parallel()
	for _, foreign := range []string{"", "x", "x y", "17"} {
		s := authscs.NewStore(fixed{value: foreign}, authscs.StoreOptions{})
		if _, found, err := s.FindCtx(t.Context(), "token"); err == nil || found {
			t.Errorf("FindCtx of %q: got %t, %v, want an error", foreign, found, err)
		}
	}
}

// fixed is a storage that has the same under every key.
type fixed struct {
	storage.Storage
	value string
}

func (f fixed) Get(context.Context, string) (string, error) { return f.value, nil }

func TestStoreHonoursTheContext(t *testing.T) {
	t.Parallel()
	s, c, _ := newStore()
	commit(t, s, "token", "data", c.Now().Add(time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, found, err := s.FindCtx(ctx, "token"); !errors.Is(err, context.Canceled) || found {
		t.Errorf("FindCtx: got %t, %v, want context.Canceled", found, err)
	}
	if err := s.CommitCtx(ctx, "token", nil, c.Now().Add(time.Hour)); !errors.Is(err, context.Canceled) {
		t.Errorf("CommitCtx: got error %v, want context.Canceled", err)
	}
	if err := s.DeleteCtx(ctx, "token"); !errors.Is(err, context.Canceled) {
		t.Errorf("DeleteCtx: got error %v, want context.Canceled", err)
	}
	wantData(t, s, "token", "data")
}

// TestStoreInASessionManager stores and loads a session as scs does it.
func TestStoreInASessionManager(t *testing.T) {
	t.Parallel()
	store := authscs.NewStore(memstorage.New(memstorage.Options{}), authscs.StoreOptions{})
	manager := newManager(store)
	manager.HashTokenInStore = true
	ctx, err := manager.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	manager.Put(ctx, "cart", []byte{0, 1, 255})
	token, _, err := manager.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	later, err := manager.Load(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if got := manager.GetBytes(later, "cart"); string(got) != "\x00\x01\xff" {
		t.Errorf("cart: got %v, want what was put", got)
	}
	if err := manager.Destroy(later); err != nil {
		t.Fatal(err)
	}
	gone, err := manager.Load(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if manager.Exists(gone, "cart") {
		t.Error("the cart is there after Destroy, want it gone")
	}
}

// newManager returns a manager over store. The store that scs begins with is left to itself: stopping its goroutine is a
// race in scs.
func newManager(store scs.Store) *scs.SessionManager {
	m := scs.New()
	m.Store = store
	return m
}
