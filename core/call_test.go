package core_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func TestCallByName(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	res, err := r.Call(t.Context(), "signUpEmail", core.CallInput{
		Body: map[string]any{"name": "Ann", "email": "ann@example.com", "password": "password-1"}, Header: http.Header{"User-Agent": {"UA/1"}},
	})
	if err != nil || len(res.Cookies) != 1 || res.Cookies[0].Name != sessionCookie {
		t.Fatalf("got %+v, %v", res, err)
	}
	if _, err := wire.Append(nil, res.Value); err != nil {
		t.Errorf("the value does not encode: %v", err)
	}
	line, err := res.Cookies[0].SetCookie()
	if err != nil {
		t.Fatal(err)
	}
	c, err := http.ParseSetCookie(line)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{"Cookie": {c.Name + "=" + c.Value}}
	got, err := r.Call(t.Context(), "getSession", core.CallInput{Header: h, Query: url.Values{"disableRefresh": {"true"}}})
	s, ok := got.Value.(*core.ActiveSession)
	if err != nil || !ok || s.User.Email != "ann@example.com" || *s.Session.UserAgent != "UA/1" || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		operation string
		in        core.CallInput
		want      error
	}{
		"unknown operation": {"nope", core.CallInput{}, core.ErrNoOperation},
		"no headers":        {"getSession", core.CallInput{}, core.ErrValidation},
		"no body":           {"signInEmail", core.CallInput{}, core.ErrValidation},
		"wrong types":       {"signInEmail", core.CallInput{Body: map[string]any{"email": 1, "password": true}}, core.ErrValidation},
		"wrong password":    {"signInEmail", core.CallInput{Body: map[string]any{"email": "ann@example.com", "password": "x"}}, emailpassword.ErrInvalidEmailOrPassword},
	} {
		if _, err := r.Call(t.Context(), c.operation, c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	page, err := r.Call(t.Context(), "error", core.CallInput{Query: url.Values{"error": {"denied"}}})
	if err == nil || page.Header.Get("Location") != "/?error=denied" {
		t.Errorf("a redirect in process: got %v, %v, want its Location", page.Header, err)
	}
}

func TestTypedCallOfAnEndpointThatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	other := emailpassword.New(emailpassword.Options{})
	if _, err := other.SignIn.Call(t.Context(), r.Auth, emailpassword.SignInInput{}); err == nil {
		t.Error("an endpoint of a plugin that this Auth does not have was called")
	}
}
