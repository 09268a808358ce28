package core_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
)

// TestCallHooks: another form of credential counts wherever a session is looked for.
func TestCallHooks(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.OnCall(func(_ context.Context, x *core.Exchange) error {
			switch key := x.RequestHeader("X-Key"); key {
			case "":
			case "broken":
				return errors.New("broken")
			default:
				x.SetRequestCookie(sessionCookie, key)
			}
			return nil
		})}
	})
	signedUp := r.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
	key := signedValue(t, signedUp)
	other := r.signUp("bob@example.com")

	wantStatus(t, r.do("GET", getSession, "", "X-Key", key), 200, "ann@example.com")
	wantStatus(t, r.do("GET", getSession, "", "X-Key", key, "Cookie", "a=1; "+other+"; b=2"), 200, "ann@example.com")
	wantStatus(t, r.do("POST", "/api/auth/update-user", `{"name":"A"}`, "X-Key", key, "Origin", ""), 200, "")
	wantStatus(t, r.do("GET", getSession, "", "X-Key", "broken"), 500, "")

	header := http.Header{"X-Key": {key}}
	s, err := core.GetSession.Call(t.Context(), r.Auth, core.GetSessionInput{}, core.WithHeader(header))
	if err != nil || s == nil || len(header) != 1 {
		t.Errorf("in process: got %v, %v, and the caller's headers are %v", s, err, header)
	}
	req := httptest.NewRequest("GET", "/page", nil)
	req.Header.Set("X-Key", key)
	if v := r.Load(t.Context(), req); v.Session == nil || v.Refusal != nil {
		t.Errorf("Load: got %+v, want the session", v)
	}
	if v := r.Require(t.Context(), req); v.Session == nil || v.Refusal != nil {
		t.Errorf("Require: got %+v, want the session", v)
	}
	req.Header.Set("X-Key", "broken")
	if v := r.Load(t.Context(), req); v.Session != nil || v.Refusal == nil || v.Refusal.Status != 500 {
		t.Errorf("a hook that fails: got %+v, want a refusal", v)
	}
}

// signedValue returns the session cookie's value, decoded.
func signedValue(t *testing.T, a answer) string {
	t.Helper()
	token, signature, ok := strings.Cut(a.cookie(sessionCookie), ".")
	if !ok {
		t.Fatalf("no session cookie: %v", a.header)
	}
	return token + "." + strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(signature)
}

func TestResponseHeadersOfHooks(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.AfterAny(core.Everywhere, func(_ context.Context, x *core.Exchange, out any, err error) (any, error) {
			c, ok := x.PendingCookie(sessionCookie)
			if ok && c.Value != "" {
				x.SetHeader("X-Token", c.Value)
			}
			x.SetHeader("Access-Control-Expose-Headers", "X-One,X-Two")
			x.ExposeHeader("x-two")
			x.ExposeHeader("X-Token")
			return out, err
		})}
	})
	a := r.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
	if got := a.header.Get("X-Token"); got != signedValue(t, a) {
		t.Errorf("got the token %q, want that of %v", got, a.header["Set-Cookie"])
	}
	if got := a.header.Get("Access-Control-Expose-Headers"); got != "X-One, X-Two, X-Token" {
		t.Errorf("got the exposed headers %q", got)
	}
	if got := r.do("POST", "/api/auth/sign-out", `{}`).header.Get("X-Token"); got != "" {
		t.Errorf("a cookie that is taken back is a token: %q", got)
	}
}

func TestTakenVerificationKeepsItsExpiry(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if err := r.CreateVerification(t.Context(), "code", "123456:0", time.Hour); err != nil {
		t.Fatal(err)
	}
	want := r.Now().Add(time.Hour)
	r.clock.Advance(time.Minute)
	v, err := r.TakeVerification(t.Context(), "code")
	if err != nil || v.Value != "123456:0" || !v.ExpiresAt.Equal(want) {
		t.Errorf("got %+v, %v, want the code that expires at %v", v, err, want)
	}
	if _, err := r.TakeVerification(t.Context(), "code"); !errors.Is(err, core.ErrNoVerification) {
		t.Errorf("taken twice: got %v", err)
	}
}

// TestVerificationsOfPlugins: what a plugin says is a user's can be voided wherever it is kept.
func TestVerificationsOfPlugins(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, place, func(c *core.Config) {
				c.Plugins = append(c.Plugins, testPlugin{core.Manifest{ID: "trust", UserVerifications: []string{"trust-device-"}}})
			})
			for id, user := range map[string]string{"trust-device-1": "ann", "trust-device-2": "bob"} {
				if err := r.CreateVerification(t.Context(), id, user, time.Hour); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.DeleteVerificationsOf(t.Context(), "trust-device-", "ann"); err != nil {
				t.Fatal(err)
			}
			if _, err := r.ConsumeVerification(t.Context(), "trust-device-1"); !errors.Is(err, core.ErrNoVerification) {
				t.Errorf("a void record: got %v", err)
			}
			if v, err := r.ConsumeVerification(t.Context(), "trust-device-2"); v != "bob" || err != nil {
				t.Errorf("somebody else's: got %q, %v", v, err)
			}
		})
	}
}
