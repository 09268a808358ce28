package core_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// FuzzServe sends whatever it likes: the answer is never a breakdown, and JSON where it says so.
func FuzzServe(f *testing.F) {
	f.Add("POST", "/api/auth/sign-in/email", "application/json", "http://localhost:3000", "a=1", []byte(`{"email":"a@b.co","password":"x"}`))
	f.Add("POST", "/api/auth/sign-up/email", "application/x-www-form-urlencoded", "", "", []byte(`name=A&email=a%40b.co&password=password-1`))
	f.Add("GET", "/api/auth/get-session?disableRefresh=1", "", "null", "better-auth.session_token=x.y; =;;\"", []byte(nil))
	f.Add("GET", "/api/auth/error?error=%3C&error_description=%00", "", "", "", []byte(nil))
	f.Add("POST", "/api/auth//sign-out", "application/json;;", "https://[::1", "better-auth.session_token=%zz", []byte(`[[[`))
	auth, err := core.New(core.Config{
		BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), Password: core.PasswordConfig{Hasher: authtest.Hasher{}},
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})}, Logger: slog.New(slog.DiscardHandler),
		Errors: core.ErrorPageConfig{ShowPage: true}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, target, contentType, origin, cookie string, body []byte) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := httptest.NewRequest(http.MethodPost, testOrigin, bytes.NewReader(body))
		r.Method, r.URL = method, u
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Origin", origin)
		r.Header.Set("Cookie", cookie)
		res := auth.Serve(t.Context(), r)
		if res.Status >= 500 {
			t.Errorf("got %d", res.Status)
		}
		if res.Header.Get("Content-Type") == "application/json" && len(res.Body) > 0 && !json.Valid(res.Body) {
			t.Errorf("the body is no JSON: %q", res.Body)
		}
	})
}

// FuzzColumnsOfTheApp gives columns of every kind whatever values: each is refused as the client's mistake, or kept.
func FuzzColumnsOfTheApp(f *testing.F) {
	f.Add([]byte(`{"text":"x","flag":true,"count":5,"at":"2026-01-02T03:04:05Z","json":{"a":[null]},"tags":["a"],"scores":[1.5],"role":"user"}`))
	f.Add([]byte(`{"text":5,"flag":"true"}`))
	f.Add([]byte(`{"count":"-12"}`))
	f.Add([]byte(`{"count":1e300,"at":"+275760-09-13","scores":[1e308,"x"]}`))
	f.Add([]byte(`{"json":"\ud800","tags":["\u0000"],"upper":[]}`))
	f.Add([]byte(`{"at":0,"locked":[],"role":null}`))
	columns := []schema.Column{
		{Name: "text", Kind: schema.String}, {Name: "flag", Kind: schema.Boolean}, {Name: "count", Kind: schema.Number},
		{Name: "at", Kind: schema.Date}, {Name: "json", Kind: schema.JSON}, {Name: "tags", Kind: schema.StringArray},
		{Name: "scores", Kind: schema.NumberArray}, {Name: "role", Kind: schema.String, Enum: []string{"user", "admin"}},
		{Name: "upper", Kind: schema.String, Transform: schema.Transform{Input: func(v any) (any, error) { return v, nil }}},
	}
	for i := range columns {
		columns[i].Input, columns[i].Returned = true, true
	}
	columns = append(columns, schema.Column{Name: "locked", Kind: schema.String})
	auth, err := core.New(core.Config{
		BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), Schema: []schema.Extension{{Table: "user", Columns: columns}},
	})
	if err != nil {
		f.Fatal(err)
	}
	var n atomic.Int64
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := wire.Parse(body, wire.Limits{})
		if err != nil {
			return
		}
		rest, ok := v.(*wire.Object)
		if !ok {
			return
		}
		var refused *core.Error
		extra, err := auth.UserInput(rest, true)
		if err != nil {
			if !errors.As(err, &refused) || refused.Status != 400 {
				t.Errorf("got %v", err)
			}
			return
		}
		u, err := auth.CreateUser(t.Context(), model.User{Email: fmt.Sprint(n.Add(1)), Extra: extra})
		if err != nil {
			if !errors.As(err, &refused) || refused.Status != 422 {
				t.Errorf("got %v", err)
			}
			return
		}
		if text, err := u.AppendJSON(nil); err != nil || !json.Valid(text) {
			t.Errorf("got %s, %v", text, err)
		}
	})
}
