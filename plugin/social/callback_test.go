package social_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{New: func() core.Plugin {
		return social.New(&newAcme("acme").Provider, provider.GitHub(provider.Options{ClientID: "id", ClientSecret: "secret"}))
	}})
}

// bothStorages runs a test for states in the database and in cookies.
func bothStorages(t *testing.T, run func(t *testing.T, change func(*core.Config))) {
	t.Helper()
	t.Run("database", func(t *testing.T) { t.Parallel(); run(t, func(*core.Config) {}) })
	t.Run("cookie", func(t *testing.T) { t.Parallel(); run(t, inCookie) })
}

func TestSignUpAndIn(t *testing.T) {
	t.Parallel()
	bothStorages(t, func(t *testing.T, change func(*core.Config)) {
		w := newWorld(t, change)
		b := w.browser()
		a := b.signIn("ann")
		want(t, "status", a.status, 302)
		want(t, "new user's location", a.location, "/welcome")
		want(t, "signed in", b.signedIn(), true)
		b = w.browser()
		want(t, "known user's location", b.signIn("ann").location, "/after")
		want(t, "signed in", b.signedIn(), true)
		want(t, "users", w.count("user"), 1)
		want(t, "accounts", w.count("account"), 1)
		acc := w.rows("account")[0]
		want(t, "access token", acc["accessToken"].(string), "at-ann")
		want(t, "scope", acc["scope"].(string), "a,b")
		if v := w.acme.verifier.Load().(string); len(v) != 128 {
			t.Errorf("verifier: got %q, want 128 characters", v)
		}
	})
}

// TestStateIsSingleUse: of fifty callbacks with one state at the same time, one signs in.
func TestStateIsSingleUse(t *testing.T) {
	t.Parallel()
	bothStorages(t, func(t *testing.T, change func(*core.Config)) {
		w := newWorld(t, change)
		b := w.browser()
		state := b.begin(object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"})
		results := make(chan string, 50)
		var wg sync.WaitGroup
		for range 50 {
			c := b.clone()
			wg.Go(func() { results <- c.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "").location })
		}
		wg.Wait()
		close(results)
		in := 0
		for location := range results {
			switch {
			case location == "/after":
				in++
			case !strings.HasSuffix(location, "?error=state_mismatch"):
				t.Errorf("got %q, want the error page", location)
			}
		}
		want(t, "winners", in, 1)
		want(t, "exchanges", w.acme.exchanges.Load(), 1)
		want(t, "sessions", w.count("session"), 1)
	})
}

// TestFiftyCallbacksOfOneNewIdentity: fifty browsers of one new person, whose address is just being changed, make one user.
func TestFiftyCallbacksOfOneNewIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.acme.person = func(code string) *provider.Identity { return identity("sub", code+"@example.com", true) }
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range 50 {
		b := w.browser()
		state := b.begin(object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"})
		code := []string{"ann", "anna"}[i%2] // whose address is just being changed there
		wg.Go(func() {
			<-start
			a := b.send("GET", "/callback/acme?code="+code+"&state="+url.QueryEscape(state), "")
			if a.location != "/after" || !b.signedIn() {
				t.Errorf("got %d %q, want a session", a.status, a.location)
			}
		})
	}
	close(start)
	wg.Wait()
	want(t, "users", w.count("user"), 1)
	want(t, "accounts", w.count("account"), 1)
	want(t, "sessions", w.count("session"), 50)
}

func TestStatesAreBound(t *testing.T) {
	t.Parallel()
	bothStorages(t, func(t *testing.T, change func(*core.Config)) {
		body := object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"}
		callback := func(b *browser, id, state string) string {
			t.Helper()
			a := b.send("GET", "/callback/"+id+"?code=ann&state="+url.QueryEscape(state), "")
			want(t, "status", a.status, 302)
			want(t, "signed in", b.signedIn(), false)
			return a.location
		}
		t.Run("another browser's", func(t *testing.T) {
			w := newWorld(t, change)
			victim, attacker := w.browser(), w.browser()
			state := attacker.begin(body)
			if got := callback(victim, "acme", state); !strings.HasSuffix(got, "?error=state_mismatch") {
				t.Errorf("got %q", got)
			}
			want(t, "then its own", attacker.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "").location, "/after")
		})
		t.Run("another flow's of the same browser", func(t *testing.T) {
			w := newWorld(t, change)
			b := w.browser()
			old := b.begin(body)
			b.begin(body)
			want(t, "location", callback(b, "acme", old), "/oops?error=state_mismatch")
		})
		t.Run("another provider's", func(t *testing.T) {
			w := newWorld(t, change)
			b := w.browser()
			want(t, "location", callback(b, "other", b.begin(body)), "/oops?error=state_mismatch")
			want(t, "exchanges", w.acme.exchanges.Load(), 0)
		})
		t.Run("an old one", func(t *testing.T) {
			w := newWorld(t, change)
			b := w.browser()
			state := b.begin(body)
			w.wait(10 * time.Minute)
			if got := callback(b, "acme", state); !strings.HasSuffix(got, "?error=state_mismatch") {
				t.Errorf("got %q", got)
			}
		})
		t.Run("made up", func(t *testing.T) {
			w := newWorld(t, change)
			b := w.browser()
			b.begin(body)
			for _, state := range []string{"zzz", "", "auth-state:x"} {
				if got := callback(b, "acme", state); !strings.HasPrefix(got, base+"/api/auth/error?error=state_") && got != "/oops?error=state_mismatch" {
					t.Errorf("%q: got %q", state, got)
				}
			}
		})
	})
}

func TestCallbackErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.acme.Issuer = "https://acme.example"
	for query, location := range map[string]string{
		"error=access_denied&error_description=no+way%21": "/oops?a=1&error=access_denied&error_description=no+way%21#f",
		"":             "/oops?a=1&error=no_code#f",
		"code=badcode": "/oops?a=1&error=invalid_code#f",
		"code=ann&iss=https%3A%2F%2Fevil.example": "/oops?a=1&error=issuer_mismatch#f",
		"code=ann&iss=https%3A%2F%2Facme.example": "/after",
	} {
		b := w.browser()
		state := b.begin(object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops?a=1#f"})
		a := b.send("GET", "/callback/acme?state="+url.QueryEscape(state)+"&"+query, "")
		want(t, query, a.location, location)
		want(t, query+": body", a.body, "")
	}
	w.acme.person = func(string) *provider.Identity { return nil }
	want(t, "nobody", w.browser().signIn("ann").location, "/oops?error=unable_to_get_user_info")
	w.acme.person = func(string) *provider.Identity { return identity("", "a@example.com", true) }
	want(t, "no subject", w.browser().signIn("ann").location, "/oops?error=unable_to_get_user_info")
	for _, email := range []string{"", "not an address", "a\x00@example.com"} {
		w.acme.person = func(string) *provider.Identity { return identity("s", email, true) }
		want(t, "address "+email, w.browser().signIn("ann").location, "/oops?error=email_not_found")
	}
	want(t, "users", w.count("user"), 1)
}

func TestPostBecomesGet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.browser().send("POST", "/callback/acme?state=q", "code=x+y&state=body&user=%7B%7D&evil=1", "Content-Type", "application/x-www-form-urlencoded")
	want(t, "status", a.status, 302)
	want(t, "location", a.location, base+"/api/auth/callback/acme?code=x+y&state=q&user=%7B%7D")
	a = w.browser().send("POST", "/callback/acme", "")
	want(t, "empty", a.location, base+"/api/auth/callback/acme?")
}

func TestRedirectsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, target := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%2f/evil.example", "http://localhost:3000@evil.example"} {
		for _, member := range []string{"callbackURL", "errorCallbackURL", "newUserCallbackURL"} {
			a := w.browser().post("/sign-in/social", object{"provider": "acme", member: target})
			want(t, member+" "+target, a.status, 403)
		}
	}
	want(t, "verifications", w.count("verification"), 0)
	// What was trusted when the state was made may not be any more: the store is not to be trusted either.
	b := w.browser()
	state := b.begin(object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"})
	row := w.rows("verification")[0]
	value := strings.ReplaceAll(row["value"].(string), `"/after"`, `"https://evil.example"`)
	value = strings.ReplaceAll(value, `"/oops"`, `"//evil.example"`)
	if err := w.auth.DeleteVerifications(t.Context(), row["identifier"].(string)); err != nil {
		t.Fatal(err)
	}
	if err := w.auth.CreateVerification(t.Context(), row["identifier"].(string), value, time.Minute); err != nil {
		t.Fatal(err)
	}
	a := b.clone().send("GET", "/callback/acme?error=no&state="+url.QueryEscape(state), "")
	want(t, "error page", a.location, base+"/api/auth/error?error=no")
	if err := w.auth.CreateVerification(t.Context(), row["identifier"].(string), value, time.Minute); err != nil {
		t.Fatal(err)
	}
	a = b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "")
	want(t, "callback", a.location, base+"/api/auth/error?error=state_invalid")
	want(t, "signed in", b.signedIn(), false)
}

func TestIDToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	a := b.post("/sign-in/social", object{"provider": "acme", "idToken": object{"token": "it-ann", "nonce": "n1", "accessToken": "at", "refreshToken": "rt"}})
	if a.status != 200 || !strings.HasPrefix(a.body, `{"redirect":false,"token":"`) || !strings.Contains(a.body, `"user":{"name":"Ann"`) {
		t.Errorf("got %d %s", a.status, a.body)
	}
	want(t, "signed in", b.signedIn(), true)
	acc := w.rows("account")[0]
	want(t, "access token", acc["accessToken"].(string), "at")
	want(t, "refresh token", acc["refreshToken"], nil)
	want(t, "scope", acc["scope"], nil)
	for body, answer := range map[string]string{
		`{"provider":"acme","idToken":{"token":"bad"}}`:                    `401 {"message":"Invalid token","code":"INVALID_TOKEN"}`,
		`{"provider":"acme","idToken":{"token":"it-ann","nonce":"other"}}`: `401 {"message":"Invalid token","code":"INVALID_TOKEN"}`,
		`{"provider":"zzz","idToken":{"token":"it-ann"}}`:                  `404 {"message":"Provider not found","code":"PROVIDER_NOT_FOUND"}`,
		`{"provider":"acme","idToken":{}}`:                                 `400 {"message":"[body.idToken.token] Invalid input: expected string, received undefined","code":"VALIDATION_ERROR"}`,
		`{}`:                                                               `400 {"message":"[body.provider] Invalid input","code":"VALIDATION_ERROR"}`,
		`{"provider":"acme","additionalParams":{"state":"x"}}`:             `400 {"message":"[body.additionalParams] additionalParams cannot include reserved OAuth parameters: state, client_id, redirect_uri, response_type, code_challenge, code_challenge_method, nonce, scope","code":"VALIDATION_ERROR"}`,
	} {
		got := w.browser().send("POST", "/sign-in/social", body)
		want(t, body, itoa(got.status)+" "+got.body, answer)
	}
	w.acme.VerifyIDToken = nil
	want(t, "unsupported", w.browser().post("/sign-in/social", object{"provider": "acme", "idToken": object{"token": "x"}}).body,
		`{"message":"id_token not supported","code":"ID_TOKEN_NOT_SUPPORTED"}`)
}

type (
	ctx         = context.Context
	oauthClient = oauth.Client
)

func number(o *wire.Object, path ...string) float64 {
	v, _ := provider.Value(o, path...)
	f, _ := v.(float64)
	return f
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestAdditionalDataAndParams(t *testing.T) {
	t.Parallel()
	bothStorages(t, func(t *testing.T, change func(*core.Config)) {
		var got *social.State
		w := newWorld(t, change, func(c *core.Config) {
			c.Hooks = append(c.Hooks,
				core.BeforeAny(core.Paths("/sign-in/social"), func(ctx ctx, x *core.Exchange, _ any) error {
					social.SetContext(x, "tenant", "t1")
					return nil
				}),
				core.AfterAny(core.Paths("/callback/:id"), func(ctx ctx, x *core.Exchange, out any, err error) (any, error) {
					got = social.StateOf(x)
					return out, err
				}))
		})
		b := w.browser()
		a := b.send("POST", "/sign-in/social", `{"provider":"acme","callbackURL":"/after","scopes":["x"],"loginHint":"a@b.c","additionalParams":{"zz":"1","aa":"2"},
			"additionalData":{"ref":{"a":1},"callbackURL":"https://evil.example","link":{"userId":"u","email":"e"},"serverContext":{"tenant":"evil"},"expiresAt":1,"providerId":"other"},"requestSignUp":true}`)
		state := b.stateOf(a)
		if !strings.Contains(a.location, "&login_hint=a%40b.c&") || !strings.HasSuffix(a.location, "&zz=1&aa=2") {
			t.Errorf("URL: got %s", a.location)
		}
		want(t, "location", b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "").location, "/after")
		if got == nil || got.CallbackURL != "/after" || got.Link != nil || !got.RequestSignUp {
			t.Fatalf("state: got %+v", got)
		}
		want(t, "data", number(got.Data, "ref", "a"), 1)
		want(t, "context", provider.Text(got.Context, "tenant"), "t1")
		want(t, "data that is ours", got.Data.Len(), 1)
	})
}

func TestNonceIsRequired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.acme.RequireNonce = true
	var nonce string
	info := w.acme.UserInfo
	w.acme.UserInfo = func(c ctx, o *oauthClient, r provider.UserInfoRequest) (*provider.Identity, error) {
		nonce = r.Nonce
		return info(c, o, r)
	}
	b := w.browser()
	a := b.post("/sign-in/social", object{"provider": "acme", "callbackURL": "/after"})
	u, _ := url.Parse(a.location)
	sent := u.Query().Get("nonce")
	b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(u.Query().Get("state")), "")
	if len(sent) != 32 || nonce != sent {
		t.Errorf("nonce: sent %q, checked %q", sent, nonce)
	}
	w.acme.RequireNonce = false
	b = w.browser()
	state := b.begin(object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"})
	w.acme.RequireNonce = true
	want(t, "without", b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "").location, "/oops?error=nonce_binding_missing")
}

func TestIDPInitiated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want(t, "off", w.browser().send("GET", "/callback/acme?code=ann", "").location, base+"/api/auth/error?error=state_not_found")
	w.acme.AllowIDPInitiated = true
	b := w.browser()
	a := b.send("GET", "/callback/acme?code=stolen", "")
	u, _ := url.Parse(a.location)
	want(t, "goes back to the provider", u.Host, "acme.example")
	want(t, "exchanges", w.acme.exchanges.Load(), 0)
	want(t, "then", b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(u.Query().Get("state")), "").location, base)
}

// challenger asks for a further step.
type challenger struct{}

func (challenger) Manifest() core.Manifest {
	return core.Manifest{ID: "challenger", SignIn: []core.SignInStep{{Name: "challenge", Check: func(_ ctx, x *core.Exchange, _ *core.SignIn) error {
		return &core.Challenge{Method: "two-factor", Body: map[string]any{"twoFactorRedirect": true}}
	}}}}
}

func TestChallengeInARedirect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *core.Config) { c.Plugins = append(c.Plugins, challenger{}) })
	b := w.browser()
	a := b.signIn("ann")
	want(t, "location", a.location, "/after?challenge=two-factor")
	want(t, "body", a.body, "")
	want(t, "signed in", b.signedIn(), false)
	want(t, "sessions", w.count("session"), 0)
	want(t, "users", w.count(model.UserTable), 1)
	a = b.post("/sign-in/social", object{"provider": "acme", "idToken": object{"token": "it-ann"}})
	want(t, "by ID token", a.body, `{"twoFactorRedirect":true}`)
}
