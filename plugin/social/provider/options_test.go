package provider_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/recorded"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// TestEndpointOverrides sends every provider to another server.
func TestEndpointOverrides(t *testing.T) {
	t.Parallel()
	for id := range recorded.Child(record(), "providers").All() {
		row := recorded.Child(record(), "providers", id)
		p := build(id, usual(row), func(o *provider.Options) {
			o.AuthorizationEndpoint, o.TokenEndpoint, o.UserInfoEndpoint = "https://mock.example/authorize", "https://mock.example/token", "https://mock.example/me"
		})
		u, err := p.AuthorizationURL(t.Context(), nil, provider.AuthorizationRequest{State: "S", CodeVerifier: "V", RedirectURI: "https://app.example/cb"})
		if err != nil || !strings.HasPrefix(u, "https://mock.example/authorize?") {
			t.Errorf("%s: authorization: got %s, %v", id, u, err)
		}
		var hosts []string
		n := &recorded.Network{Document: func(r *http.Request) (*wire.Object, bool) {
			hosts = append(hosts, r.URL.Host)
			return recorded.Answer(200, wire.NewObject()), true
		}}
		c := recorded.Client(n, true)
		_, _ = p.Exchange(t.Context(), c, provider.ExchangeRequest{Code: "C"})
		if p.Refresh != nil {
			_, _ = p.Refresh(t.Context(), c, provider.RefreshRequest{RefreshToken: "R"})
		}
		if strings.Join(hosts, " ") != "mock.example mock.example" && !(p.Refresh == nil && strings.Join(hosts, " ") == "mock.example") {
			t.Errorf("%s: tokens were asked of %v", id, hosts)
		}
		hosts = nil
		raw := wire.NewObject()
		raw.Set("openid", "O")
		_, _ = p.UserInfo(t.Context(), c, provider.UserInfoRequest{Tokens: &oauth.Tokens{AccessToken: "AT", Raw: raw}})
		for _, host := range hosts {
			if host != "mock.example" && id != "facebook" { // which asks whose token it is first
				t.Errorf("%s: user info was asked of %s", id, host)
			}
		}
	}
}

// TestReplacedFunctions are the options that stand in for a provider's own ways.
func TestReplacedFunctions(t *testing.T) {
	t.Parallel()
	own := wire.NewObject()
	own.Set("email", "own@example.com")
	for id := range recorded.Child(record(), "providers").All() {
		row := recorded.Child(record(), "providers", id)
		n := &recorded.Network{Answers: []any{recorded.Answer(500, nil)}}
		c := recorded.Client(n, false)
		p := build(id, usual(row), func(o *provider.Options) {
			o.UserInfo = func(context.Context, *oauth.Client, *oauth.Tokens) (*provider.Identity, error) {
				return &provider.Identity{Subject: "own", User: own}, nil
			}
			o.VerifyIDToken = func(_ context.Context, token, nonce string) error {
				if token != "good" || nonce != "n" {
					return errors.New("no")
				}
				return nil
			}
			o.Refresh = func(_ context.Context, token string) (*oauth.Tokens, error) {
				return &oauth.Tokens{AccessToken: "own " + token}, nil
			}
			o.DisableSignUp, o.DisableImplicitSignUp, o.OverrideUserInfoOnSignIn, o.RequireEmailVerification = true, true, true, true
		})
		who, err := p.UserInfo(t.Context(), c, provider.UserInfoRequest{Tokens: new(oauth.Tokens)})
		if err != nil || who.Subject != "own" || who.Email() != "own@example.com" {
			t.Errorf("%s: user info: got %+v, %v", id, who, err)
		}
		if p.VerifyIDToken(t.Context(), c, "good", "n") != nil || p.VerifyIDToken(t.Context(), c, "bad", "n") == nil {
			t.Errorf("%s: VerifyIDToken is not used", id)
		}
		if tokens, err := p.Refresh(t.Context(), c, provider.RefreshRequest{RefreshToken: "R"}); err != nil || tokens.AccessToken != "own R" {
			t.Errorf("%s: refresh: got %+v, %v", id, tokens, err)
		}
		if !p.DisableSignUp || !p.DisableImplicitSignUp || !p.OverrideUserInfo || !p.RequireEmailVerification {
			t.Errorf("%s: an option got lost: %+v", id, p)
		}
		if len(n.Requests()) > 0 {
			t.Errorf("%s: requests %s", id, n.Requests())
		}
		off := build(id, usual(row), func(o *provider.Options) { o.DisableIDTokenSignIn = true })
		if off.VerifyIDToken != nil {
			t.Errorf("%s: takes ID tokens although told not to", id)
		}
	}
}

// TestOwnUserInfo: an identity without a subject gets the provider's, and none is refused.
func TestOwnUserInfo(t *testing.T) {
	t.Parallel()
	profile := wire.NewObject()
	user := wire.NewObject()
	ask := func(i *provider.Identity, err error) (*provider.Identity, error) {
		p := provider.GitHub(provider.Options{ClientID: "id", UserInfo: func(context.Context, *oauth.Client, *oauth.Tokens) (*provider.Identity, error) {
			return i, err
		}})
		return p.UserInfo(t.Context(), recorded.Client(&recorded.Network{}, false), provider.UserInfoRequest{Tokens: new(oauth.Tokens)})
	}
	broken := errors.New("broken")
	for name, bad := range map[string]struct {
		i         *provider.Identity
		err, want error
	}{
		"nobody":     {nil, nil, provider.ErrNoUserInfo},
		"no user":    {&provider.Identity{Subject: "x"}, nil, provider.ErrNoUserInfo},
		"no subject": {&provider.Identity{User: user, Profile: profile}, nil, provider.ErrNoUserInfo},
		"an error":   {nil, broken, broken},
	} {
		if _, err := ask(bad.i, bad.err); !errors.Is(err, bad.want) {
			t.Errorf("%s: got %v, want %v", name, err, bad.want)
		}
	}
	profile.Set("id", float64(583231))
	if i, err := ask(&provider.Identity{User: user, Profile: profile}, nil); err != nil || i.Subject != "583231" {
		t.Errorf("got %+v, %v", i, err)
	}
}

func TestMapProfileFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	row := recorded.Child(record(), "providers", "figma")
	c := recorded.Cases(row, "people")[0]
	p := build("figma", usual(row), func(o *provider.Options) {
		o.MapProfile = func(context.Context, *wire.Object, *wire.Object) error { return broken }
	})
	_, err := p.UserInfo(t.Context(), recorded.Client(network(c), false), provider.UserInfoRequest{Tokens: &oauth.Tokens{AccessToken: "AT"}})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestTokenEndpointIDTokens: what comes from the token endpoint is verified too, unless everything is to be as upstream.
func TestTokenEndpointIDTokens(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"apple", "cognito", "google", "microsoft"} {
		row := recorded.Child(record(), "providers", id)
		bad := 0
		for i, c := range recorded.Cases(row, "idTokens") {
			token := recorded.Text(c, "token")
			// A nonce is not sent, and audience options are for apps: the code flow's token is for the client id.
			if recorded.Text(c, "nonce") != "" || strings.Count(token, ".") != 2 || recorded.Text(c, "options", "appBundleIdentifier") != "" {
				continue
			}
			p := build(id, recorded.Child(c, "options"))
			_, err := p.UserInfo(t.Context(), recorded.Client(network(nil), false), provider.UserInfoRequest{Tokens: &oauth.Tokens{IDToken: token}})
			good := recorded.Value(c, "good") == true
			if good != (err == nil) {
				t.Errorf("%s %d: got %v, want good %v", id, i, err, good)
			}
			if !good {
				bad++
			}
		}
		if bad < 5 {
			t.Errorf("%s: only %d bad tokens", id, bad)
		}
	}
}

// TestAppleAudiences: an app's audience is for tokens from apps; a code flow's token is for the Services ID all the same.
func TestAppleAudiences(t *testing.T) {
	t.Parallel()
	row := recorded.Child(record(), "providers", "apple")
	token := recorded.Text(recorded.Cases(row, "idTokens")[0], "token")
	p := provider.Apple(provider.Options{ClientID: "CLIENT_ID", ClientSecret: "s"}, provider.AppleOptions{AppBundleIdentifier: "com.example.app"})
	c := recorded.Client(network(nil), false)
	if _, err := p.UserInfo(t.Context(), c, provider.UserInfoRequest{Tokens: &oauth.Tokens{IDToken: token}}); err != nil {
		t.Errorf("code flow: %v", err)
	}
	if err := p.VerifyIDToken(t.Context(), c, token, ""); !errors.Is(err, oauth.ErrIDToken) {
		t.Errorf("from an app: got %v, want ErrIDToken", err)
	}
}

// TestForeignAccessTokens: whose ID token it is decides, not whose access token a client put beside it.
func TestForeignAccessTokens(t *testing.T) {
	t.Parallel()
	ms := recorded.Child(record(), "providers", "microsoft")
	token := recorded.Text(recorded.Cases(ms, "idTokens")[0], "token")
	n := network(nil)
	p := build("microsoft", usual(ms))
	_, err := p.UserInfo(t.Context(), recorded.Client(n, false), provider.UserInfoRequest{
		Tokens: &oauth.Tokens{IDToken: token, AccessToken: "FOREIGN"}, IDTokenVerified: true,
	})
	if err != nil || len(n.Requests()) != 0 {
		t.Errorf("microsoft: got %v, requests %s", err, n.Requests())
	}
	profile := wire.NewObject()
	profile.Set("id", float64(1))
	hub := provider.GitHub(provider.Options{ClientID: "id", VerifyIDToken: func(context.Context, string, string) error { return nil }})
	n = &recorded.Network{Answers: []any{recorded.Answer(200, profile)}}
	_, err = hub.UserInfo(t.Context(), recorded.Client(n, false), provider.UserInfoRequest{
		Tokens: &oauth.Tokens{IDToken: token, AccessToken: "FOREIGN"}, IDTokenVerified: true,
	})
	if !errors.Is(err, provider.ErrNoUserInfo) {
		t.Errorf("github: got %v, want ErrNoUserInfo", err)
	}
}

func TestLINEVerifies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		nonce  string
		good   bool
	}{
		"good":                {200, `{"aud":"CLIENT_ID","sub":"U1"}`, "", true},
		"good, nonce":         {200, `{"aud":"CLIENT_ID","nonce":"n"}`, "n", true},
		"another channel":     {200, `{"aud":"OTHER"}`, "", false},
		"another nonce":       {200, `{"aud":"CLIENT_ID","nonce":"m"}`, "n", false},
		"nonce nobody wanted": {200, `{"aud":"CLIENT_ID","nonce":"m"}`, "", false},
		"refused":             {400, `{"error":"invalid_request"}`, "", false},
		"nonsense":            {200, `OK`, "", false},
	}
	for name, test := range tests {
		n := &recorded.Network{Answers: []any{recorded.Answer(test.status, test.body)}}
		p := provider.LINE(provider.Options{ClientID: "CLIENT_ID"})
		if err := p.VerifyIDToken(t.Context(), recorded.Client(n, false), "TOKEN", test.nonce); (err == nil) != test.good {
			t.Errorf("%s: got %v, want good %v", name, err, test.good)
		}
		want := "POST https://api.line.me/oauth2/v2.1/verify\nmap[content-type:application/x-www-form-urlencoded]\nid_token=TOKEN&client_id=CLIENT_ID"
		if test.nonce != "" {
			want += "&nonce=" + test.nonce
		}
		if got := strings.Join(n.Requests(), ""); got != want+"\n" {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestFacebookOwnUserInfo: a replacement is asked only for access tokens that were made for this application.
func TestFacebookOwnUserInfo(t *testing.T) {
	t.Parallel()
	asked := false
	p := provider.Facebook(provider.Options{ClientID: "CLIENT_ID", ClientSecret: "s", UserInfo: func(context.Context, *oauth.Client, *oauth.Tokens) (*provider.Identity, error) {
		asked = true
		return nil, nil
	}})
	foreign, err := wire.Parse([]byte(`{"data":{"is_valid":true,"app_id":"OTHER","user_id":"1"}}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tokens := range []*oauth.Tokens{{AccessToken: "AT"}, {IDToken: "opaque"}} {
		n := &recorded.Network{Answers: []any{recorded.Answer(200, foreign)}}
		_, err := p.UserInfo(t.Context(), recorded.Client(n, false), provider.UserInfoRequest{Tokens: tokens})
		if asked || !errors.Is(err, provider.ErrNoUserInfo) {
			t.Errorf("got %v, asked %v", err, asked)
		}
	}
}

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	with := provider.Options{ClientID: "id", ClientSecret: "s"}
	without := provider.Options{ClientID: "id"}
	sign := func(context.Context, oauth.AssertionRequest) (string, error) { return "JWT", nil }
	for name, test := range map[string]struct {
		p   *provider.Provider
		bad bool
	}{
		"cognito without a domain":        {provider.Cognito(with, provider.CognitoOptions{Region: "r", UserPoolID: "p"}), true},
		"cognito":                         {provider.Cognito(with, provider.CognitoOptions{Domain: "d", Region: "r", UserPoolID: "p"}), false},
		"microsoft, secret and assertion": {provider.Microsoft(with, provider.MicrosoftOptions{Assertion: sign}), true},
		"microsoft, assertion":            {provider.Microsoft(without, provider.MicrosoftOptions{Assertion: sign}), false},
		"vercel, none and a secret":       {provider.Vercel(with, provider.VercelOptions{TokenAuth: oauth.AuthNone}), true},
		"vercel, basic without a secret":  {provider.Vercel(without, provider.VercelOptions{TokenAuth: oauth.AuthBasic}), true},
		"vercel":                          {provider.Vercel(without), false},
		"cloudflare, post, no secret":     {provider.Cloudflare(without, provider.CloudflareOptions{TokenAuth: oauth.AuthPost}), true},
		"cloudflare":                      {provider.Cloudflare(without), false},
	} {
		if (test.p.Invalid != nil) != test.bad {
			t.Errorf("%s: got %v", name, test.p.Invalid)
		}
	}
	n := &recorded.Network{Answers: []any{recorded.Answer(200, wire.NewObject())}}
	_, _ = provider.Microsoft(without, provider.MicrosoftOptions{Assertion: sign}).Exchange(t.Context(), recorded.Client(n, false), provider.ExchangeRequest{Code: "C"})
	if got := strings.Join(n.Requests(), ""); !strings.Contains(got, "client_assertion=JWT&client_assertion_type=urn%3A") {
		t.Errorf("microsoft: got %s", got)
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	v, err := wire.Parse([]byte(`{"id":"x","name":"Ada","email":"Ada@Example.com","image":"","emailVerified":"true","b":1,"a":null}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	user, _ := v.(*wire.Object)
	i := &provider.Identity{User: user}
	if i.Name() != "Ada" || i.Email() != "Ada@Example.com" || i.Image() == nil || *i.Image() != "" || !i.EmailVerified() {
		t.Errorf("got %q, %q, %v, %v", i.Name(), i.Email(), i.Image(), i.EmailVerified())
	}
	var extra []string
	for k := range i.Extra() {
		extra = append(extra, k)
	}
	if strings.Join(extra, " ") != "b a" {
		t.Errorf("got %q", extra)
	}
	for _, untrue := range []any{false, "false", "yes", 1.0, nil, "TRUE", "", []any{true}} {
		user.Set("emailVerified", untrue)
		if i.EmailVerified() {
			t.Errorf("%v counts as verified", untrue)
		}
	}
	user.Set("image", nil)
	empty := &provider.Identity{}
	if i.Image() != nil || empty.Name() != "" || empty.EmailVerified() {
		t.Error("nothing is something")
	}
}

// TestTikTokMaps: upstream does not call mapProfileToUser for TikTok.
func TestTikTokMaps(t *testing.T) {
	t.Parallel()
	row := recorded.Child(record(), "providers", "tiktok")
	c := recorded.Cases(row, "people")[0]
	email := wire.NewObject()
	email.Set("email", "mapped@example.com")
	p := build("tiktok", usual(row), func(o *provider.Options) { o.MapProfile = mapped(email) })
	i, err := p.UserInfo(t.Context(), recorded.Client(network(c), true), provider.UserInfoRequest{Tokens: &oauth.Tokens{AccessToken: "AT"}})
	if err != nil || i.Email() != "mapped@example.com" {
		t.Errorf("got %+v, %v", i, err)
	}
}
