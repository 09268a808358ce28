package twofactor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/bearer"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

// counting counts the statements that a store is asked for.
type counting struct {
	*memdb.DB
	asked atomic.Int64
}

func (s *counting) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	s.asked.Add(1)
	return s.DB.FindOne(ctx, q)
}

func (s *counting) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	s.asked.Add(1)
	return s.DB.FindMany(ctx, q)
}

func (s *counting) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	s.asked.Add(1)
	return s.DB.FindJoined(ctx, j, keys...)
}

// signedIn returns an installation and the request by which a user asks for their session.
func signedIn(tb testing.TB, more ...core.Plugin) (*core.Auth, *http.Request, *counting) {
	tb.Helper()
	db := &counting{DB: memdb.New()}
	auth, err := core.New(core.Config{
		BaseURL: testOrigin, Secret: "twofactor-test-secret-0123456789-0123456789", Store: db, Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
		Plugins: append([]core.Plugin{emailpassword.New(emailpassword.Options{})}, more...), RateLimit: core.RateLimitConfig{Enabled: core.Off},
	})
	if err != nil {
		tb.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, testOrigin+"/api/auth/sign-up/email", strings.NewReader(`{"name":"A","email":"a@example.com","password":"password-1"}`))
	r.Header.Set("Content-Type", "application/json")
	line, _, _ := strings.Cut(auth.Serve(context.Background(), r).Header["Set-Cookie"][0], ";")
	r = httptest.NewRequest(http.MethodGet, testOrigin+"/api/auth/get-session", nil)
	r.Header.Set("Cookie", line)
	return auth, r, db
}

// TestSessionIsOneStatement: neither plugin makes a look at the session dearer.
func TestSessionIsOneStatement(t *testing.T) {
	t.Parallel()
	auth, r, db := signedIn(t, twofactor.New(twofactor.Options{}), bearer.New(bearer.Options{}))
	db.asked.Store(0)
	if res := auth.Serve(t.Context(), r); res.Status != 200 || !strings.Contains(string(res.Body), "twoFactorEnabled") {
		t.Errorf("got %d %s", res.Status, res.Body)
	}
	if n := db.asked.Load(); n != 1 {
		t.Errorf("%d statements, want 1", n)
	}
}

func BenchmarkGetSession(b *testing.B) {
	for name, plugins := range map[string][]core.Plugin{
		"without": nil,
		"with":    {twofactor.New(twofactor.Options{}), bearer.New(bearer.Options{})},
	} {
		b.Run(name, func(b *testing.B) {
			auth, r, _ := signedIn(b, plugins...)
			b.ReportAllocs()
			for b.Loop() {
				if res := auth.Serve(b.Context(), r); res.Status != 200 || len(res.Body) < 100 {
					b.Fatal(res.Status, string(res.Body))
				}
			}
		})
	}
}
