package core_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
)

func TestRequestHooks(t *testing.T) {
	t.Parallel()
	reached := 0
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{
			core.OnRequest(func(_ context.Context, x *core.Exchange) error {
				switch x.RequestHeader("X-Test") {
				case "refuse":
					return core.NewError(403, "MISSING_RESPONSE", "prove that you are human")
				case "answer":
					return core.Respond(map[string]bool{"answered": true})
				case "break":
					return errors.New("broken")
				case "panic":
					panic("hook")
				case "bearer":
					x.SetRequestHeader("Cookie", x.RequestHeader("X-Session"))
				}
				return nil
			}),
			core.OnRequest(func(_ context.Context, x *core.Exchange) error {
				reached++
				if x.Endpoint() == nil {
					x.SetHeader("X-Known", "no")
				}
				return nil
			}),
		}
		c.DisabledPaths = []string{"/error"}
	})
	cookie := r.signUp("ann@example.com")
	reached = 0
	for _, path := range []string{"/api/auth/ok", "/api/auth/nothing", "/api/auth/sign-out"} {
		wantStatus(t, r.do("GET", path, "", "X-Test", "refuse"), 403, "MISSING_RESPONSE")
		wantStatus(t, r.do("GET", path, "", "X-Test", "answer"), 200, `{"answered":true}`)
		wantStatus(t, r.do("GET", path, "", "X-Test", "break"), 500, "")
		wantStatus(t, r.do("GET", path, "", "X-Test", "panic"), 500, "")
	}
	if reached != 0 {
		t.Errorf("a later hook ran %d times after an earlier one had ended the request", reached)
	}
	wantStatus(t, r.do("GET", "/api/auth/nothing", ""), 404, "")
	wantStatus(t, r.do("GET", "/api/auth/error", ""), 404, "Not Found")
	if reached != 1 {
		t.Errorf("%d requests reached the hook, want that to no endpoint and not that to a disabled one", reached)
	}
	wantStatus(t, r.do("GET", getSession, "", "X-Test", "bearer", "X-Session", cookie), 200, "ann@example.com")
}

func TestResponseHooks(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{
			core.OnResponse(func(_ context.Context, x *core.Exchange, res *core.Response) (*core.Response, error) {
				if x.RequestHeader("X-Test") == "fail" {
					return nil, core.NewError(418, "TEAPOT", "short and stout")
				}
				return res, nil
			}),
			core.OnResponse(func(_ context.Context, _ *core.Exchange, res *core.Response) (*core.Response, error) {
				h := res.Header.Clone()
				h.Set("X-Seen", http.StatusText(res.Status))
				return &core.Response{Status: res.Status, Header: h, Body: res.Body}, nil
			}),
		}
	})
	for path, want := range map[string]string{"/api/auth/ok": "OK", "/api/auth/nothing": "Not Found", "/api/auth/list-sessions": "Unauthorized"} {
		if got := r.do("GET", path, "").header.Get("X-Seen"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	wantStatus(t, r.do("GET", "/api/auth/ok", "", "X-Test", "fail"), 418, "TEAPOT")
	a := r.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
	if got := strings.Join(a.header["Set-Cookie"], ""); !strings.Contains(got, sessionCookie) {
		t.Errorf("cookies are lost: %q", got)
	}
}
