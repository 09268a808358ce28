package authscs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/internal/memstorage"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	authscs "github.com/cardea-auth/cardea/stores/scs"
)

const origin = "http://localhost:3000"

// fastHasher stands in for scrypt, since the hash is not the point.
type fastHasher struct{}

func (fastHasher) Hash(_ context.Context, pw string) (string, error) {
	sum := sha256.Sum256([]byte(pw))
	return hex.EncodeToString(sum[:]), nil
}

func (h fastHasher) Verify(ctx context.Context, encoded, pw string) (bool, error) {
	got, err := h.Hash(ctx, pw)
	return got == encoded, err
}

// app is an application that keeps a cart in an scs session, and one browser of it.
type app struct {
	t       *testing.T
	auth    *core.Auth
	pw      *emailpassword.Plugin
	manager *scs.SessionManager
	handler http.Handler
	clock   *clock
	jar     map[string]string
}

func newApp(t *testing.T, s storage.Storage) *app {
	t.Helper()
	a := &app{t: t, clock: newClock(), jar: map[string]string{}, pw: emailpassword.New(emailpassword.Options{})}
	a.manager = newManager(authscs.NewStore(s, authscs.StoreOptions{}))
	auth, err := core.New(core.Config{
		BaseURL: origin, Secret: "scs-test-secret-0123456789-0123456789", Store: memdb.New(), Now: a.clock.Now,
		Logger: slog.New(slog.DiscardHandler), Password: core.PasswordConfig{Hasher: fastHasher{}}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
		Plugins: []core.Plugin{a.pw, authscs.Sync(a.manager)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := auth.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	a.auth = auth
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", auth)
	mux.HandleFunc("/cart", func(w http.ResponseWriter, r *http.Request) {
		if add := r.URL.Query().Get("add"); add != "" {
			a.manager.Put(r.Context(), "cart", add)
		}
		_, _ = io.WriteString(w, a.manager.GetString(r.Context(), "cart"))
	})
	a.handler = a.manager.LoadAndSave(mux)
	return a
}

// do sends a request with the browser's cookies, keeps those of the answer, and returns status and body.
func (a *app) do(method, path, body string) (int, string) {
	a.t.Helper()
	r := httptest.NewRequestWithContext(a.t.Context(), method, origin+path, strings.NewReader(body))
	r.Header.Set("Origin", origin)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(a.jar, c.Name)
		} else {
			a.jar[c.Name] = c.Value
		}
	}
	return w.Code, w.Body.String()
}

func (a *app) must(method, path, body string) string {
	a.t.Helper()
	status, answer := a.do(method, path, body)
	if status != http.StatusOK {
		a.t.Fatalf("%s %s: got %d %s, want 200", method, path, status, answer)
	}
	return answer
}

// token is the browser's scs token.
func (a *app) token() string { return a.jar["session"] }

// wantDead says that an scs token opens nothing any more.
func (a *app) wantDead(token string) {
	a.t.Helper()
	if _, found, err := a.manager.Store.Find(token); err != nil || found {
		a.t.Errorf("the token of before: got found %t, %v, want it gone", found, err)
	}
}

func (a *app) wantCart(want string) {
	a.t.Helper()
	if got := a.must("GET", "/cart", ""); got != want {
		a.t.Errorf("cart: got %q, want %q", got, want)
	}
}

const (
	ann    = `{"email":"ann@example.com","password":"password-1"}`
	newAnn = `{"email":"ann@example.com","password":"password-1","name":"Ann"}`
)

func TestSignInRenewsAndSignOutEnds(t *testing.T) {
	t.Parallel()
	a := newApp(t, memstorage.New(memstorage.Options{}))
	a.must("GET", "/cart?add=book", "")
	planted := a.token()
	a.must("POST", "/api/auth/sign-up/email", newAnn)
	first := a.token()
	if first == "" || first == planted {
		t.Errorf("token after sign-up: got %q, want one that is not that of before", first)
	}
	a.wantDead(planted)
	a.wantCart("book")

	a.must("POST", "/api/auth/sign-in/email", ann)
	second := a.token()
	if second == "" || second == first {
		t.Errorf("token after sign-in: got %q, want one that is not that of before", second)
	}
	a.wantDead(first)
	a.wantCart("book")

	a.must("POST", "/api/auth/sign-out", "{}")
	if got := a.token(); got != "" {
		t.Errorf("token after sign-out: got %q, want none", got)
	}
	a.wantDead(second)
	a.wantCart("")
}

func TestRevokingAllSessionsEndsTheScsSession(t *testing.T) {
	t.Parallel()
	a := newApp(t, memstorage.New(memstorage.Options{}))
	a.must("POST", "/api/auth/sign-up/email", newAnn)
	a.must("GET", "/cart?add=book", "")
	was := a.token()
	a.must("POST", "/api/auth/revoke-sessions", "{}")
	a.wantDead(was)
	a.wantCart("")
}

func TestNothingElseRenews(t *testing.T) {
	t.Parallel()
	a := newApp(t, memstorage.New(memstorage.Options{}))
	a.must("POST", "/api/auth/sign-up/email", newAnn)
	a.must("GET", "/cart?add=book", "")
	was := a.token()
	a.must("GET", "/api/auth/get-session", "")
	if status, _ := a.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"wrong-password"}`); status != http.StatusUnauthorized {
		t.Fatalf("sign-in with a wrong password: got %d, want 401", status)
	}
	before := a.jar["better-auth.session_token"]
	a.clock.advance(2 * 24 * time.Hour) // the session is prolonged now, and its cookie sent again
	if got := a.must("GET", "/api/auth/get-session", ""); !strings.Contains(got, "ann@example.com") {
		t.Fatalf("session: got %s, want Ann's", got)
	}
	if got := a.jar["better-auth.session_token"]; got != before {
		t.Fatalf("session token: got %q, want that of before", got)
	}
	if got := a.token(); got != was {
		t.Errorf("scs token: got %q, want that of before, %q", got, was)
	}
	a.wantCart("book")
}

func TestCallsWithoutAnScsSession(t *testing.T) {
	t.Parallel()
	a := newApp(t, memstorage.New(memstorage.Options{}))
	a.handler = a.auth // without LoadAndSave
	a.must("POST", "/api/auth/sign-up/email", newAnn)
	a.must("POST", "/api/auth/sign-out", "{}")
	if _, ok := a.jar["session"]; ok {
		t.Error("got an scs cookie, want none")
	}
	_, err := a.pw.SignIn.Call(t.Context(), a.auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "password-1"})
	if err != nil {
		t.Errorf("sign-in in process: got error %v, want none", err)
	}
}

// away is a storage that can be taken away.
type away struct {
	*memstorage.Storage
	gone bool
}

func (s *away) Delete(ctx context.Context, key string) error {
	if s.gone {
		return errors.New("the storage is away")
	}
	return s.Storage.Delete(ctx, key)
}

// TestBreakdownSignsNobodyIn: a token that may have been planted must not become that of somebody signed in.
func TestBreakdownSignsNobodyIn(t *testing.T) {
	t.Parallel()
	s := &away{Storage: memstorage.New(memstorage.Options{})}
	a := newApp(t, s)
	a.must("POST", "/api/auth/sign-up/email", newAnn)
	a.must("POST", "/api/auth/sign-out", "{}")
	a.must("GET", "/cart?add=book", "")
	s.gone = true
	status, _ := a.do("POST", "/api/auth/sign-in/email", ann)
	if status != http.StatusInternalServerError || a.jar["better-auth.session_token"] != "" {
		t.Errorf("sign-in without scs's store: got %d and cookies %v, want 500 and no session", status, a.jar)
	}
}
