package oauth_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-auth/cardea/core/oauth"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	assertion := func(_ context.Context, r oauth.AssertionRequest) (string, error) {
		return r.ClientID + "|" + r.TokenEndpoint + "|" + r.GrantType, nil
	}
	custom := func(_ context.Context, r *oauth.CustomRequest) error {
		r.Form.Set("key", r.GrantType)
		r.Header.Set("Authorization", "Custom "+r.TokenEndpoint)
		return nil
	}
	manual := []oauth.Param{{Name: "client_assertion", Value: "a"}, {Name: "client_assertion_type", Value: "t"}}
	const base = "grant_type=refresh_token&refresh_token=R"
	tests := map[string]struct {
		creds         oauth.Credentials
		params        []oauth.Param
		form, header  string
		bad           error
		validAtFirst  bool // wrong only with the parameters
		withoutClient bool
	}{
		"post by default":   {creds: oauth.Credentials{ClientID: "id", ClientSecret: "s"}, form: "client_id=id&client_secret=s&" + base},
		"none by default":   {creds: oauth.Credentials{ClientID: "id"}, form: "client_id=id&" + base},
		"post":              {creds: oauth.Credentials{ClientID: "id", ClientSecret: "s", Method: oauth.AuthPost}, form: "client_id=id&client_secret=s&" + base},
		"basic":             {creds: oauth.Credentials{ClientID: "i:d", ClientSecret: "s s", Method: oauth.AuthBasic}, form: base, header: "Basic aSUzQWQ6cytz"},
		"none":              {creds: oauth.Credentials{ClientID: "id", Method: oauth.AuthNone}, form: "client_id=id&" + base},
		"private_key_jwt":   {creds: oauth.Credentials{ClientID: "id", Method: oauth.AuthPrivateKeyJWT, Assertion: assertion}, form: "client_assertion=id%7Chttps%3A%2F%2Fidp.example%2Ftoken%7Crefresh_token&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_id=id&" + base},
		"custom":            {creds: oauth.Credentials{Method: oauth.AuthCustom, Customize: custom}, form: "grant_type=refresh_token&key=refresh_token&refresh_token=R", header: "Custom https://idp.example/token"},
		"own assertion":     {creds: oauth.Credentials{ClientID: "id"}, params: manual, form: "client_assertion=a&client_assertion_type=t&client_id=id&" + base},
		"post, no secret":   {creds: oauth.Credentials{ClientID: "id", Method: oauth.AuthPost}, bad: oauth.ErrCredentials},
		"basic, no secret":  {creds: oauth.Credentials{ClientID: "id", Method: oauth.AuthBasic}, bad: oauth.ErrCredentials},
		"none, with secret": {creds: oauth.Credentials{ClientID: "id", ClientSecret: "s", Method: oauth.AuthNone}, bad: oauth.ErrCredentials},
		"jwt, with secret":  {creds: oauth.Credentials{ClientID: "id", ClientSecret: "s", Method: oauth.AuthPrivateKeyJWT, Assertion: assertion}, bad: oauth.ErrCredentials},
		"jwt, no key":       {creds: oauth.Credentials{ClientID: "id", Method: oauth.AuthPrivateKeyJWT}, bad: oauth.ErrCredentials},
		"custom, no func":   {creds: oauth.Credentials{ClientID: "id", Method: oauth.AuthCustom}, bad: oauth.ErrCredentials},
		"unknown":           {creds: oauth.Credentials{ClientID: "id", Method: "magic"}, bad: oauth.ErrCredentials},
		"half an assertion": {creds: oauth.Credentials{ClientID: "id"}, params: manual[:1], bad: oauth.ErrCredentials, validAtFirst: true},
		"two assertions":    {creds: oauth.Credentials{ClientID: "id", Method: oauth.AuthPrivateKeyJWT, Assertion: assertion}, params: manual, bad: oauth.ErrCredentials, validAtFirst: true},
		"secret, assertion": {creds: oauth.Credentials{ClientID: "id", ClientSecret: "s"}, params: manual, bad: oauth.ErrCredentials, validAtFirst: true},
		"no client id":      {creds: oauth.Credentials{ClientSecret: "s"}, bad: oauth.ErrClientID, withoutClient: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := new(echo)
			c := oauth.NewClient(oauth.ClientOptions{HTTP: &http.Client{Transport: e}})
			_, err := c.Refresh(t.Context(), oauth.RefreshRequest{
				TokenEndpoint: oauth.TokenEndpoint{URL: "https://idp.example/token", Credentials: test.creds}, RefreshToken: "R", Params: test.params,
			})
			if !errors.Is(err, test.bad) || e.form != test.form || e.authorization != test.header {
				t.Errorf("got %v\n%s\n%s\nwant %v\n%s\n%s", err, e.form, e.authorization, test.bad, test.form, test.header)
			}
			if want := test.bad != nil && !test.validAtFirst && !test.withoutClient; want != (test.creds.Validate() != nil) {
				t.Errorf("Validate: got %v, want an error %v", test.creds.Validate(), want)
			}
		})
	}
}

func TestPrivateKeyAssertion(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	clock := func() time.Time { return now }
	rsaPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key1()))})
	ecJWK := must(json.Marshal(jose.JSONWebKey{Key: ecKey(), KeyID: "e1", Algorithm: "ES256"}))
	tests := map[string]struct {
		key      oauth.PrivateKey
		alg, kid string
		public   any
	}{
		"PEM":             {oauth.PrivateKey{PEM: rsaPEM, Now: clock}, "RS256", "", key1().Public()},
		"PEM, PS512, kid": {oauth.PrivateKey{PEM: rsaPEM, Algorithm: "PS512", KeyID: "x", Now: clock}, "PS512", "x", key1().Public()},
		"JWK":             {oauth.PrivateKey{JWK: ecJWK, Now: clock}, "ES256", "e1", ecKey().Public()},
		"JWK, own kid":    {oauth.PrivateKey{JWK: ecJWK, KeyID: "x", Now: clock}, "ES256", "x", ecKey().Public()},
		"JWK, in vain":    {oauth.PrivateKey{JWK: ecJWK, Algorithm: "ES384", Now: clock}, "", "", nil},
		"PEM, wrong kind": {oauth.PrivateKey{PEM: rsaPEM, Algorithm: "ES256", Now: clock}, "", "", nil},
		"symmetric":       {oauth.PrivateKey{PEM: rsaPEM, Algorithm: "HS256", Now: clock}, "", "", nil},
		"no key":          {oauth.PrivateKey{}, "", "", nil},
		"no PEM":          {oauth.PrivateKey{PEM: []byte("x")}, "", "", nil},
		"no PKCS #8":      {oauth.PrivateKey{PEM: []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}, "", "", nil},
		"no JWK":          {oauth.PrivateKey{JWK: []byte("{}")}, "", "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sign, err := test.key.Assertion()
			if test.public == nil {
				if err == nil {
					t.Error("got no error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r := oauth.AssertionRequest{ClientID: "id", TokenEndpoint: "https://idp.example/token", GrantType: "authorization_code"}
			token, other := must(sign(t.Context(), r)), must(sign(t.Context(), r))
			jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(test.alg)})
			if err != nil {
				t.Fatal(err)
			}
			payload, err := jws.Verify(test.public)
			if h := jws.Signatures[0].Protected; err != nil || h.KeyID != test.kid || h.ExtraHeaders[jose.HeaderType] != "JWT" {
				t.Errorf("got header %+v, %v", h, err)
			}
			want := `{"iss":"id","sub":"id","aud":"https://idp.example/token","iat":1767323045,"exp":1767323165,"jti":"`
			if got := string(payload); !strings.HasPrefix(got, want) || len(got) < len(want)+26 {
				t.Errorf("got %s, want %s…", got, want)
			}
			if token == other {
				t.Error("two assertions are the same")
			}
		})
	}
}

func TestAuthorizationURL(t *testing.T) {
	t.Parallel()
	all := oauth.Authorization{
		Endpoint: "https://idp.example?scope=old&keep=%20a&=x&&hd#top", ResponseType: "code id_token", ClientID: "id", State: "s",
		Scopes: []string{"a", "b"}, RedirectURI: "https://app.example/cb", Duration: "d", Display: "page", LoginHint: "h", Nonce: "n",
		Prompt: "p", HostedDomain: "hd", AccessType: "at", ResponseMode: "rm", CodeVerifier: "v", Claims: []string{"email", "x"},
		Params: []oauth.Param{{Name: "x", Value: "1"}, {Name: "nonce", Value: "EVIL"}, {Name: "prompt", Value: "mine"}},
	}
	tests := map[string]struct {
		a    oauth.Authorization
		want string
		bad  bool
	}{
		"everything": {a: all, want: "https://idp.example/?keep=%20a&=x&response_type=code+id_token&client_id=id&state=s&scope=a+b" +
			"&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&duration=d&display=page&login_hint=h&nonce=n&prompt=mine&hd=hd&access_type=at" +
			"&response_mode=rm&code_challenge_method=S256&code_challenge=TJRIXgwhrmxBzh3-e2v6zupato5AokdvUCCOUm9QYIA" +
			"&claims=%7B%22id_token%22%3A%7B%22email%22%3Anull%2C%22email_verified%22%3Anull%2C%22x%22%3Anull%7D%7D&x=1#top"},
		"nearly nothing": {a: oauth.Authorization{Endpoint: "https://idp.example/a", ClientID: "id"},
			want: "https://idp.example/a?response_type=code&client_id=id&state=&redirect_uri="},
		"no client id":    {a: oauth.Authorization{Endpoint: "https://idp.example/a"}, bad: true},
		"no endpoint":     {a: oauth.Authorization{ClientID: "id"}, bad: true},
		"relative":        {a: oauth.Authorization{Endpoint: "/a", ClientID: "id"}, bad: true},
		"scope separator": {a: oauth.Authorization{Endpoint: "https://idp.example/a", ClientID: "id", Scopes: []string{"a", "b"}, ScopeSeparator: ","}, want: "https://idp.example/a?response_type=code&client_id=id&state=&scope=a%2Cb&redirect_uri="},
	}
	for name, test := range tests {
		got, err := test.a.URL()
		if (err != nil) != test.bad || got != test.want {
			t.Errorf("%s: %v\n got %s\nwant %s", name, err, got, test.want)
		}
	}
	for _, name := range []string{"state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope"} {
		if !oauth.Reserved(name) {
			t.Errorf("%s is not reserved", name)
		}
	}
	if oauth.Reserved("prompt") {
		t.Error("prompt is reserved")
	}
	if _, err := url.Parse(must(all.URL())); err != nil {
		t.Error(err)
	}
}
