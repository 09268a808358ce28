package social_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// roundTrip is a transport of the test's own.
type roundTrip func(r *http.Request) (status int, body string)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := f(r)
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader([]byte(body))), Request: r,
	}, nil
}

// callbackCase is one of better-auth's, with its outcome.
type callbackCase struct {
	Case, Location string
	SetCookieNames []string
	Account        []map[string]any
	User           []map[string]any
}

// TestCallbackVectors: the cases of the contract that one database after the other goes through, GitHub being the provider.
func TestCallbackVectors(t *testing.T) {
	t.Parallel()
	var v struct {
		OauthCallbacks struct{ Cases []callbackCase }
	}
	readVectors(t, &v)
	seen := 0
	for _, mode := range []core.Compat{core.Exact, core.Hardened} {
		for _, storage := range []string{"database", "cookie"} {
			t.Run(storage, func(t *testing.T) {
				w := githubWorld(t, mode, storage == "cookie")
				for _, c := range v.OauthCallbacks.Cases {
					if name, ok := strings.CutPrefix(c.Case, storage+": "); ok && name != "start" {
						seen++
						t.Run(name, func(t *testing.T) { w.t = t; c.run(t, w, name) })
					}
				}
			})
		}
	}
	if seen != 4*11 {
		t.Errorf("saw %d cases", seen)
	}
}

func githubWorld(t *testing.T, mode core.Compat, cookies bool) *world {
	t.Helper()
	return newWorldOf(t, []*provider.Provider{provider.GitHub(provider.Options{ClientID: "c", ClientSecret: "s"})}, func(c *core.Config) {
		c.Compat = mode
		if cookies {
			inCookie(c)
		}
		c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (int, string) {
			switch r.URL.Path {
			case "/login/oauth/access_token":
				body, _ := io.ReadAll(r.Body)
				if strings.Contains(string(body), "code=bad") {
					return 400, `{"error":"bad_verification_code"}`
				}
				return 200, `{"access_token":"gho_1","scope":"read:user user:email","token_type":"bearer"}`
			case "/user":
				return 200, `{"id":1,"login":"l","name":"N","email":"n@x.co","avatar_url":"https://a/p.png"}`
			default:
				return 200, `[{"email":"n@x.co","primary":true,"verified":true}]`
			}
		})}
	})
}

func (c *callbackCase) run(t *testing.T, w *world, name string) {
	t.Helper()
	b := w.browser()
	start := object{"provider": "github", "callbackURL": "/after"}
	page := map[string]string{"state without its cookie": "/oops", "provider error": "/oops?a=1"}[name]
	if page != "" {
		start["errorCallbackURL"] = page
	}
	if strings.HasSuffix(name, "user") {
		start["newUserCallbackURL"] = "/welcome"
	}
	query, id, method := "code=good", "github", "GET"
	state := ""
	switch name {
	case "no state":
	case "unknown state":
		state = "q"
	case "POST callback becomes GET":
		method = "POST"
	default:
		state = b.begin(start)
	}
	switch name {
	case "state without its cookie":
		b = w.browser()
	case "provider error":
		query = "error=access_denied&error_description=no+way"
	case "no code, default error page":
		query = "x=1"
	case "wrong provider id":
		id = "nope"
	case "token exchange failed":
		query = "code=bad"
	case "replayed state":
		b.send("GET", "/callback/github?x=1&state="+url.QueryEscape(state), "")
	}
	if state != "" {
		query += "&state=" + url.QueryEscape(state)
	}
	var a answer
	if method == "POST" {
		a = b.send("POST", "/callback/github", "code=x&state=q", "Content-Type", "application/x-www-form-urlencoded")
	} else {
		a = b.send("GET", "/callback/"+id+"?"+query, "")
	}
	want(t, "location", a.location, c.Location)
	var cookies []string
	for _, one := range a.cookies {
		if one.MaxAge < 0 {
			one.Name += "(expired)"
		}
		cookies = append(cookies, one.Name)
	}
	want(t, "cookies", strings.Join(cookies, " "), strings.Join(c.SetCookieNames, " "))
	if c.Account != nil {
		got := w.rows("account")[0]
		for column, v := range c.Account[0] {
			want(t, column, got[column], v)
		}
		user := w.rows("user")[0]
		want(t, "name", user["name"], c.User[0]["name"])
		want(t, "image", user["image"], c.User[0]["image"])
		want(t, "verified", user["emailVerified"], true)
	}
}

// TestStateCookieOfNode: what better-auth has put into a cookie, or into a state, can be read, and the other way round.
func TestCiphertextVectors(t *testing.T) {
	t.Parallel()
	var v struct {
		OauthStateCookie, OauthLinkSessionToken []struct {
			Secret, State, Payload, Ciphertext, SessionToken string
		}
		OauthTokenEncryption []struct{ Secret, Token, Stored string }
		OauthTokenReading    []struct {
			EncryptOAuthTokens bool
			Stored, Value      string
			OK                 bool
		}
	}
	readVectors(t, &v)
	for _, c := range v.OauthStateCookie {
		keys, err := secret.New(c.Secret)
		if err != nil {
			t.Fatal(err)
		}
		got, err := keys.Purpose("oauth-state-cookie").Decrypt(c.Ciphertext)
		if err != nil || got != c.Payload {
			t.Errorf("state cookie: got %q, %v, want %q", got, err, c.Payload)
		}
	}
	for _, c := range v.OauthLinkSessionToken {
		keys, err := secret.New(c.Secret)
		if err != nil {
			t.Fatal(err)
		}
		got, err := keys.Purpose("oauth-link-session-token").Decrypt(c.Ciphertext)
		if err != nil || got != c.SessionToken {
			t.Errorf("session token: got %q, %v, want %q", got, err, c.SessionToken)
		}
	}
	newAuth := func(secret string, encrypt bool) *core.Auth {
		auth, err := core.New(core.Config{
			BaseURL: base, Secret: secret, Store: memdb.New(), Account: core.AccountConfig{EncryptOAuthTokens: encrypt},
		})
		if err != nil {
			t.Fatal(err)
		}
		return auth
	}
	for _, c := range v.OauthTokenEncryption {
		auth := newAuth(c.Secret, true)
		for _, stored := range []string{c.Stored, auth.SealOAuthToken(c.Token)} {
			if got, err := auth.OpenOAuthToken(stored); err != nil || got != c.Token {
				t.Errorf("token %q: got %q, %v", c.Token, got, err)
			}
		}
	}
	for _, c := range v.OauthTokenReading {
		got, err := newAuth(v.OauthTokenEncryption[0].Secret, c.EncryptOAuthTokens).OpenOAuthToken(c.Stored)
		if (err == nil) != c.OK || got != c.Value {
			t.Errorf("%q: got %q, %v, want %q, %v", c.Stored, got, err, c.Value, c.OK)
		}
	}
	// A state cookie of better-auth's is taken: the browser came to Node and comes back to us.
	c := v.OauthStateCookie[0]
	var payload struct{ ExpiresAt int64 }
	if err := json.Unmarshal([]byte(c.Payload), &payload); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, inCookie, func(conf *core.Config) { conf.Secret = c.Secret })
	w.now.Store(payload.ExpiresAt - 1000)
	b := w.browser()
	b.jar["better-auth.oauth_state"] = c.Ciphertext
	want(t, "location", b.send("GET", "/callback/acme?code=ann&state="+c.State, "").location, "/after")
}
