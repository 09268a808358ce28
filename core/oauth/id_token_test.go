package oauth_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

func TestVerifyIDToken(t *testing.T) {
	t.Parallel()
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	kid := map[string]any{"kid": "k1"}
	now := p.clock().Unix()
	tests := []struct {
		name   string
		claims map[string]any
		nonce  string
		good   bool
		exact  bool // good only to upstream
	}{
		{name: "usual", good: true},
		{name: "second audience of ours", claims: map[string]any{"aud": "app"}, good: true},
		{name: "audience in a list of one", claims: map[string]any{"aud": []string{"client"}}, good: true},
		{name: "several audiences and azp", claims: map[string]any{"aud": []string{"other", "client"}, "azp": "client"}, good: true},
		{name: "several audiences without azp", claims: map[string]any{"aud": []string{"other", "client"}}, exact: true},
		{name: "azp of another", claims: map[string]any{"azp": "other"}, exact: true},
		{name: "azp of ours", claims: map[string]any{"azp": "app"}, good: true},
		{name: "azp is no text", claims: map[string]any{"azp": 1}, exact: true},
		{name: "another audience", claims: map[string]any{"aud": "other"}},
		{name: "other audiences", claims: map[string]any{"aud": []string{"other", "another"}, "azp": "client"}},
		{name: "part of an audience", claims: map[string]any{"aud": "clien"}},
		{name: "empty audience", claims: map[string]any{"aud": ""}},
		{name: "no audience", claims: map[string]any{"aud": nil}},
		{name: "audience is an object", claims: map[string]any{"aud": map[string]any{"client": true}}},
		{name: "audiences are no texts", claims: map[string]any{"aud": []any{"client", 1}, "azp": "client"}},
		{name: "another issuer", claims: map[string]any{"iss": "https://idp.example.evil.example"}},
		{name: "issuer with a slash", claims: map[string]any{"iss": "https://idp.example/"}},
		{name: "no issuer", claims: map[string]any{"iss": nil}},
		{name: "no subject", claims: map[string]any{"sub": nil}},
		{name: "empty subject", claims: map[string]any{"sub": ""}},
		{name: "subject is a number", claims: map[string]any{"sub": 7}},
		{name: "expired within the tolerance", claims: map[string]any{"exp": now - 29}, good: true},
		{name: "expired", claims: map[string]any{"exp": now - 30}},
		{name: "no expiry", claims: map[string]any{"exp": nil}},
		{name: "expiry is text", claims: map[string]any{"exp": "9999999999"}},
		{name: "expiry is infinite", claims: map[string]any{"exp": json.RawMessage("1e999")}},
		{name: "no time of issue", claims: map[string]any{"iat": nil}},
		{name: "issued soon", claims: map[string]any{"iat": now + 30}, good: true},
		{name: "issued in the future", claims: map[string]any{"iat": now + 31}},
		{name: "issued an hour ago", claims: map[string]any{"iat": now - 3630}, good: true},
		{name: "issued too long ago", claims: map[string]any{"iat": now - 3631}},
		{name: "valid soon", claims: map[string]any{"nbf": now + 30}, good: true},
		{name: "not valid yet", claims: map[string]any{"nbf": now + 31}},
		{name: "nbf is text", claims: map[string]any{"nbf": "0"}},
		{name: "nonce", claims: map[string]any{"nonce": "n"}, nonce: "n", good: true},
		{name: "nonce that nobody asked for", claims: map[string]any{"nonce": "n"}, good: true},
		{name: "another nonce", claims: map[string]any{"nonce": "m"}, nonce: "n"},
		{name: "no nonce", nonce: "n"},
		{name: "nonce is a list", claims: map[string]any{"nonce": []string{"n"}}, nonce: "n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if raw, ok := test.claims["exp"].(json.RawMessage); ok {
				test.claims = map[string]any{"exp": 424242}
				token := p.sign(t, key1(), jose.RS256, kid, test.claims)
				parts := strings.Split(token, ".")
				payload := strings.Replace(string(must(base64.RawURLEncoding.DecodeString(parts[1]))), "424242", string(raw), 1)
				signer := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key1()}, new(jose.SignerOptions).WithHeader("kid", "k1")))
				check(t, p, must(must(signer.Sign([]byte(payload))).CompactSerialize()), "", false, false)
				return
			}
			token := p.sign(t, key1(), jose.RS256, kid, test.claims)
			check(t, p, token, test.nonce, false, test.good)
			check(t, p, token, test.nonce, true, test.good || test.exact)
		})
	}
}

func check(t *testing.T, p *idp, token, nonce string, exact, good bool) {
	t.Helper()
	claims, err := p.client(exact).VerifyIDToken(t.Context(), token, policy(), nonce)
	switch {
	case good && err != nil:
		t.Errorf("exact %v: %v", exact, err)
	case good && claims == nil:
		t.Errorf("exact %v: no claims", exact)
	case !good && !errors.Is(err, oauth.ErrIDToken):
		t.Errorf("exact %v: got %v, want ErrIDToken", exact, err)
	}
}

// TestVerifyIDTokenForgeries are the ways in which a token may say how it wants to be verified.
func TestVerifyIDTokenForgeries(t *testing.T) {
	t.Parallel()
	p := newIDP(public(key1().Public(), "k1", jose.RS256), public(ecKey().Public(), "ec", jose.ES256), public(weakKey().Public(), "weak", ""),
		jose.JSONWebKey{Key: key2().Public(), KeyID: "enc", Use: "enc"})
	good := p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1"}, nil)
	check(t, p, good, "", false, true)
	part := func(i int) string { return strings.Split(good, ".")[i] }
	encoded := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	der := must(x509.MarshalPKIXPublicKey(key1().Public()))
	embedded := public(key2().Public(), "k1", jose.RS256)
	tests := map[string]string{
		"signed by another":              p.sign(t, key2(), jose.RS256, map[string]any{"kid": "k1"}, nil),
		"signed by another, no kid":      p.sign(t, key2(), jose.RS256, nil, nil),
		"kid that nobody has":            p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k9"}, nil),
		"kid of another key":             p.sign(t, key1(), jose.RS256, map[string]any{"kid": "ec"}, nil),
		"algorithm outside the policy":   p.sign(t, ecKey(), jose.ES256, map[string]any{"kid": "ec"}, nil),
		"another algorithm of the key":   p.sign(t, key1(), jose.PS256, map[string]any{"kid": "k1"}, nil),
		"key for encryption":             p.sign(t, key2(), jose.RS256, map[string]any{"kid": "enc"}, nil),
		"short key":                      p.sign(t, weakKey(), jose.RS256, map[string]any{"kid": "weak"}, nil),
		"public key as a secret":         p.sign(t, der, jose.HS256, map[string]any{"kid": "k1"}, nil),
		"jwk in the header":              p.sign(t, key2(), jose.RS256, map[string]any{"kid": "k1", "jwk": embedded}, nil),
		"jku in the header":              p.sign(t, key2(), jose.RS256, map[string]any{"kid": "k1", "jku": "https://evil.example/jwks"}, nil),
		"x5u in the header":              p.sign(t, key2(), jose.RS256, map[string]any{"kid": "k1", "x5u": "https://evil.example/x"}, nil),
		"critical extension":             p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1", "crit": []string{"x"}, "x": 1}, nil),
		"none":                           encoded(`{"alg":"none","kid":"k1"}`) + "." + part(1) + ".",
		"none in capitals":               encoded(`{"alg":"NONE","kid":"k1"}`) + "." + part(1) + ".",
		"no signature":                   part(0) + "." + part(1) + ".",
		"signature of another payload":   part(0) + "." + encoded(`{"iss":"https://idp.example","aud":"client","sub":"admin","iat":0,"exp":9999999999}`) + "." + part(2),
		"access token":                   p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1", "typ": "at+jwt"}, nil),
		"access token, full media type":  p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1", "typ": "application/at+JWT"}, nil),
		"logout token":                   p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1", "typ": "logout+jwt"}, nil),
		"JSON serialization":             `{"payload":"` + part(1) + `","protected":"` + part(0) + `","signature":"` + part(2) + `"}`,
		"four parts":                     good + ".x",
		"empty":                          "",
		"dots":                           "..",
		"huge":                           part(0) + "." + strings.Repeat("A", 1<<20) + "." + part(2),
		"claims are a list":              must(must(must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key1()}, new(jose.SignerOptions).WithHeader("kid", "k1"))).Sign([]byte("[]"))).CompactSerialize()),
		"claims are no JSON":             must(must(must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key1()}, new(jose.SignerOptions).WithHeader("kid", "k1"))).Sign([]byte("{"))).CompactSerialize()),
		"two claims of one name, latter": must(must(must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key1()}, new(jose.SignerOptions).WithHeader("kid", "k1"))).Sign([]byte(`{"iss":"https://idp.example","aud":"client","aud":"other","sub":"s","iat":1767323045,"exp":1767326645}`))).CompactSerialize()),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, p, token, "", false, false)
		})
	}
}

func TestVerifyIDTokenPolicies(t *testing.T) {
	t.Parallel()
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	token := p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1"}, map[string]any{"nonce": "1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9"})
	tests := map[string]struct {
		change func(*oauth.IDTokenPolicy)
		nonce  string
		good   bool
	}{
		"no audience":         {func(p *oauth.IDTokenPolicy) { p.Audiences = nil }, "", false},
		"empty audience":      {func(p *oauth.IDTokenPolicy) { p.Audiences = []string{""} }, "", false},
		"symmetric only":      {func(p *oauth.IDTokenPolicy) { p.Algorithms = []string{"HS256", "none"} }, "", false},
		"any algorithm":       {func(p *oauth.IDTokenPolicy) { p.Algorithms = nil }, "", true},
		"several algorithms":  {func(p *oauth.IDTokenPolicy) { p.Algorithms = []string{"HS256", "ES256", "RS256"} }, "", true},
		"any issuer":          {func(p *oauth.IDTokenPolicy) { p.Issuers = nil }, "", true},
		"several issuers":     {func(p *oauth.IDTokenPolicy) { p.Issuers = []string{"https://a", "https://idp.example"} }, "", true},
		"hashed nonce":        {func(p *oauth.IDTokenPolicy) { p.HashedNonce = true }, "n", true},
		"another hashed":      {func(p *oauth.IDTokenPolicy) { p.HashedNonce = true }, "m", false},
		"no hashed nonce":     {func(*oauth.IDTokenPolicy) {}, "n", false},
		"claims not accepted": {func(p *oauth.IDTokenPolicy) { p.Check = func(*wire.Object) error { return errors.New("no") } }, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules := policy()
			test.change(&rules)
			_, err := p.client(false).VerifyIDToken(t.Context(), token, rules, test.nonce)
			if test.good && err != nil || !test.good && !errors.Is(err, oauth.ErrIDToken) {
				t.Errorf("got %v, want good %v", err, test.good)
			}
		})
	}
}

// TestVerifyIDTokenWithoutKid takes the only key there is, and never guesses among several.
func TestVerifyIDTokenWithoutKid(t *testing.T) {
	t.Parallel()
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	check(t, p, p.sign(t, key1(), jose.RS256, nil, nil), "", false, true)
	p.set(func(p *idp) { p.keys = append(p.keys, public(key2().Public(), "k2", jose.RS256)) })
	check(t, p, p.sign(t, key1(), jose.RS256, nil, nil), "", false, false)
}

func TestClaims(t *testing.T) {
	t.Parallel()
	p := newIDP()
	claims, err := oauth.Claims(p.sign(t, key1(), jose.RS256, nil, map[string]any{"name": "Ada"}))
	if name, _ := claims.Get("name"); err != nil || name != "Ada" {
		t.Errorf("got %v, %v", name, err)
	}
	for _, bad := range []string{"", "a.b", "a.!.c", "a.W10.c", "a.e30", "a.e30.c.d", strings.Repeat("a", 1<<20) + ".e30."} {
		if _, err := oauth.Claims(bad); !errors.Is(err, oauth.ErrIDToken) {
			t.Errorf("%.20q: got %v, want ErrIDToken", bad, err)
		}
	}
}

func FuzzVerifyIDToken(f *testing.F) {
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	good := p.sign(f, key1(), jose.RS256, map[string]any{"kid": "k1"}, nil)
	f.Add(good)
	f.Add(strings.ToUpper(good))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("..")
	client := p.client(false)
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := client.VerifyIDToken(t.Context(), token, policy(), "")
		if err == nil && token != good {
			// The signature's own base64 has bits to spare; all before it must be ours.
			if i := strings.LastIndexByte(good, '.'); !strings.HasPrefix(token, good[:i]) {
				t.Errorf("accepted %q", token)
			}
		}
		if err == nil && claims == nil {
			t.Error("no claims and no error")
		}
		if c, err := oauth.Claims(token); (c == nil) == (err == nil) {
			t.Errorf("Claims: got %v, %v", c, err)
		}
	})
}
