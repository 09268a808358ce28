package oauth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
)

// server answers by path.
func server(t *testing.T) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var stolen atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"access_token":"AT","expires_in":60}`)
	})
	mux.HandleFunc("/redirect/", func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/redirect/%d", &status)
		w.Header().Set("Location", "/stolen")
		w.WriteHeader(status)
	})
	mux.HandleFunc("/stolen", func(http.ResponseWriter, *http.Request) { stolen.Add(1) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":"%s"}`, strings.Repeat("A", 1<<20))
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/refused", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"the code SECRET is used"}`)
	})
	mux.HandleFunc("/rude", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"code SECRET\r\n is used"}`)
	})
	mux.HandleFunc("/empty", func(http.ResponseWriter, *http.Request) {})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s, &stolen
}

func exchange(t *testing.T, c *oauth.Client, u string) (*oauth.Tokens, error) {
	t.Helper()
	return c.Exchange(t.Context(), oauth.CodeRequest{
		TokenEndpoint: oauth.TokenEndpoint{URL: u, Credentials: oauth.Credentials{ClientID: "id", ClientSecret: "SECRET"}}, Code: "SECRET",
	})
}

func TestRedirectsAreRefused(t *testing.T) {
	t.Parallel()
	s, stolen := server(t)
	follow := &http.Client{} // would follow
	for _, status := range []int{301, 302, 303, 307, 308} {
		_, err := exchange(t, oauth.NewClient(oauth.ClientOptions{HTTP: follow}), fmt.Sprintf("%s/redirect/%d", s.URL, status))
		if !errors.Is(err, oauth.ErrRedirect) {
			t.Errorf("%d: got %v, want ErrRedirect", status, err)
		}
	}
	if stolen.Load() != 0 {
		t.Error("a redirect was followed")
	}
	if follow.CheckRedirect != nil || follow.Timeout != 0 {
		t.Error("the caller's client was changed")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	s, _ := server(t)
	c := oauth.NewClient(oauth.ClientOptions{})
	for _, path := range []string{"/huge", "/endless"} {
		if _, err := exchange(t, c, s.URL+path); !errors.Is(err, oauth.ErrTooLarge) {
			t.Errorf("%s: got %v, want ErrTooLarge", path, err)
		}
	}
}

// TestErrorsTellNoSecrets: what ends in a log names the host, not the URL, the form or the answer.
func TestErrorsTellNoSecrets(t *testing.T) {
	t.Parallel()
	s, _ := server(t)
	c := oauth.NewClient(oauth.ClientOptions{})
	host := strings.TrimPrefix(s.URL, "http://")
	tests := map[string]string{
		s.URL + "/refused?secret=SECRET":        "oauth: token endpoint: oauth: " + host + " answered 400 (invalid_grant)",
		s.URL + "/rude/../rude?secret=SECRET":   "",
		s.URL + "/redirect/302?secret=SECRET":   "",
		s.URL + "/huge?secret=SECRET":           "",
		"http://127.0.0.1:1/?secret=SECRET":     "",
		"http://127.0.0.1:1/SECRET\x7f":         "",
		"unknown://127.0.0.1:1/SECRET?a=SECRET": "",
	}
	for u, want := range tests {
		_, err := exchange(t, c, u)
		if err == nil || strings.Contains(err.Error(), "SECRET") || want != "" && err.Error() != want {
			t.Errorf("%q: got %q, want %q", u, err, want)
		}
	}
	var status *oauth.StatusError
	if _, err := exchange(t, c, s.URL+"/refused"); !errors.As(err, &status) || status.Status != 400 || status.Code != "invalid_grant" {
		t.Errorf("got %+v", status)
	}
}

func TestExchangeAndRefresh(t *testing.T) {
	t.Parallel()
	s, _ := server(t)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := oauth.NewClient(oauth.ClientOptions{Now: func() time.Time { return now }})
	tokens, err := exchange(t, c, s.URL+"/token")
	if err != nil || tokens.AccessToken != "AT" || !tokens.AccessTokenExpiresAt.Equal(now.Add(time.Minute)) {
		t.Errorf("got %+v, %v", tokens, err)
	}
	endpoint := oauth.TokenEndpoint{URL: s.URL + "/empty", Credentials: oauth.Credentials{ClientID: "id"}}
	if tokens, err = c.Exchange(t.Context(), oauth.CodeRequest{TokenEndpoint: endpoint}); err != nil || tokens.AccessToken != "" || tokens.Scopes == nil {
		t.Errorf("an empty answer: got %+v, %v", tokens, err)
	}
	if _, err = c.Refresh(t.Context(), oauth.RefreshRequest{TokenEndpoint: endpoint, RefreshToken: "RT"}); !errors.Is(err, oauth.ErrNoAccessToken) {
		t.Errorf("got %v, want ErrNoAccessToken", err)
	}
}

// echo answers every token request and keeps its form and Authorization header.
type echo struct {
	form, authorization string
}

func (e *echo) RoundTrip(r *http.Request) (*http.Response, error) {
	_ = r.ParseForm()
	e.form, e.authorization = r.PostForm.Encode(), r.Header.Get("Authorization")
	w := httptest.NewRecorder()
	fmt.Fprint(w, `{"access_token":"AT"}`)
	return w.Result(), nil
}

func TestRequestParameters(t *testing.T) {
	t.Parallel()
	e := new(echo)
	c := oauth.NewClient(oauth.ClientOptions{HTTP: &http.Client{Transport: e}})
	endpoint := oauth.TokenEndpoint{URL: "https://idp.example/token", Credentials: oauth.Credentials{ClientID: "id"}}
	params := []oauth.Param{{Name: "grant_type", Value: "EVIL"}, {Name: "code", Value: "EVIL"}, {Name: "refresh_token", Value: "EVIL"}, {Name: "x", Value: "1"}}
	_, err := c.Exchange(t.Context(), oauth.CodeRequest{TokenEndpoint: endpoint, Code: "C", RedirectURI: "https://app.example/cb", Resources: []string{"r1", "r2"}, Params: params})
	want := "client_id=id&code=C&grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&refresh_token=EVIL&resource=r1&resource=r2&x=1"
	if err != nil || e.form != want {
		t.Errorf("exchange: %v\n got %s\nwant %s", err, e.form, want)
	}
	_, err = c.Refresh(t.Context(), oauth.RefreshRequest{TokenEndpoint: endpoint, RefreshToken: "R", Resources: []string{"r1"}, Params: params})
	want = "client_id=id&code=EVIL&grant_type=refresh_token&refresh_token=R&resource=r1&x=1"
	if err != nil || e.form != want {
		t.Errorf("refresh: %v\n got %s\nwant %s", err, e.form, want)
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	f := oauth.Form{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}, {Name: "a", Value: "3"}}
	f.Set("a", "é *~")
	f.Set("c", "")
	f.Add("b", "&=")
	if got, want := f.Encode(), "a=%C3%A9+*%7E&b=2&c=&b=%26%3D"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if f.Get("b") != "2" || f.Get("z") != "" || f.Has("z") || !f.Has("c") {
		t.Errorf("got %v", f)
	}
	parsed, err := url.ParseQuery(f.Encode())
	if err != nil || !slices.Equal(parsed["b"], []string{"2", "&="}) {
		t.Errorf("got %v, %v", parsed, err)
	}
}
