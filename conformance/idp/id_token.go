package idp

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// An idTokenFault spoils an ID token: its claims before they are signed, or the way in which it is signed.
type idTokenFault struct {
	claims func(c map[string]any, now time.Time)
	sign   func(s *signing)
}

var idTokenFaults = map[string]idTokenFault{
	// Claims (OIDC Core §3.1.3.7).
	"wrong-issuer":   {claims: func(c map[string]any, _ time.Time) { c["iss"] = "https://evil.example" }},
	"wrong-audience": {claims: func(c map[string]any, _ time.Time) { c["aud"] = "somebody-else" }},
	"more-audiences": {claims: func(c map[string]any, _ time.Time) { c["aud"] = []any{c["aud"], "somebody-else"} }},
	"foreign-azp": {claims: func(c map[string]any, _ time.Time) {
		c["aud"], c["azp"] = []any{c["aud"], "somebody-else"}, "somebody-else"
	}},
	"expired": {claims: func(c map[string]any, now time.Time) {
		c["iat"], c["exp"] = now.Add(-2*time.Hour).Unix(), now.Add(-time.Hour).Unix()
	}},
	"not-yet-valid": {claims: func(c map[string]any, now time.Time) { c["nbf"] = now.Add(30 * time.Minute).Unix() }},
	"from-tomorrow": {claims: func(c map[string]any, now time.Time) {
		c["iat"], c["exp"] = now.Add(24*time.Hour).Unix(), now.Add(25*time.Hour).Unix()
	}},
	"old":         {claims: func(c map[string]any, now time.Time) { c["iat"] = now.Add(-2 * time.Hour).Unix() }},
	"no-issuer":   {claims: without("iss")},
	"no-audience": {claims: without("aud")},
	"no-exp":      {claims: without("exp")},
	"no-iat":      {claims: without("iat")},
	"no-sub":      {claims: without("sub")},
	"empty-sub":   {claims: func(c map[string]any, _ time.Time) { c["sub"] = "" }},
	"no-nonce":    {claims: without("nonce")},
	"wrong-nonce": {claims: func(c map[string]any, _ time.Time) { c["nonce"] = "the-nonce-of-another-sign-in" }},

	// Signatures.
	"other-key":   {sign: func(s *signing) { s.key = reissued(s.attacker, s.key.KeyID) }},
	"unknown-kid": {sign: func(s *signing) { s.key = s.attacker }},
	"no-kid":      {sign: func(s *signing) { s.key = reissued(s.key, "") }},
	"embedded-key": {sign: func(s *signing) {
		s.key = reissued(s.attacker, s.key.KeyID)
		s.header["jwk"] = s.attacker.Public()
	}},
	"key-url": {sign: func(s *signing) {
		s.key = reissued(s.attacker, s.key.KeyID)
		s.header["jku"] = "https://evil.example/jwks"
	}},
	"alg-none":         {sign: func(s *signing) { s.algorithm = "none" }},
	"hs256-public-key": {sign: func(s *signing) { s.hmac(publicPEM(s.key)) }},
	"hs256-secret":     {sign: func(s *signing) { s.hmac([]byte(s.secret)) }},
	"hs256-empty":      {sign: func(s *signing) { s.hmac(make([]byte, 32)) }},
	"access-token":     {sign: func(s *signing) { s.header["typ"] = "at+jwt" }},
	"tampered":         {sign: func(s *signing) { s.tamper = true }},
	"no-signature":     {sign: func(s *signing) { s.strip = true }},
	"opaque":           {sign: func(s *signing) { s.opaque = true }},
}

func without(name string) func(map[string]any, time.Time) {
	return func(c map[string]any, _ time.Time) { delete(c, name) }
}

// IDTokenFaults returns the ways to spoil an ID token, sorted: Fault.IDToken is one of them.
func IDTokenFaults() []string { return slices.Sorted(maps.Keys(idTokenFaults)) }

// check says what is wrong with a fault.
func (f *Fault) check() error {
	endpoints := []Endpoint{Discovery, JWKS, Authorize, Token, UserInfo, Emails, EndSession, Elsewhere}
	if !slices.Contains(endpoints, f.Endpoint) {
		return fmt.Errorf("idp: a fault at %q; the endpoints are %q", f.Endpoint, endpoints)
	}
	if _, ok := idTokenFaults[f.IDToken]; f.IDToken != "" && !ok {
		return fmt.Errorf("idp: an ID token that is %q; the ways to spoil one are %q", f.IDToken, IDTokenFaults())
	}
	return nil
}

// signing is how an ID token gets its signature.
type signing struct {
	algorithm string
	key       jose.JSONWebKey
	attacker  jose.JSONWebKey
	secret    string // the client's
	header    map[string]any
	tamper    bool
	strip     bool
	opaque    bool
}

func (s *signing) hmac(key []byte) {
	s.algorithm = string(jose.HS256)
	s.key = jose.JSONWebKey{Key: key, KeyID: s.key.KeyID}
}

func reissued(key jose.JSONWebKey, kid string) jose.JSONWebKey {
	key.KeyID = kid
	return key
}

func publicPEM(key jose.JSONWebKey) []byte {
	public := key.Public()
	der, err := x509.MarshalPKIXPublicKey(public.Key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// idToken makes the ID token of a grant, as the fault says. The caller holds the lock.
func (s *Server) idToken(g *grant, c *Client, f *Fault) string {
	now := s.now()
	claims := map[string]any{
		"iss": g.face.issuer,
		"sub": g.user.Subject,
		"aud": c.ID,
		"exp": now.Add(time.Hour).Unix(),
		"iat": now.Unix(),
	}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	if !c.ThinIDToken {
		maps.Copy(claims, g.user.profile())
	}
	how := &signing{algorithm: c.algorithm(), attacker: s.keys.attacker, secret: c.Secret, header: map[string]any{"typ": "JWT"}}
	how.key = s.keys.signing(how.algorithm)
	if spoil, ok := idTokenFaults[f.IDToken]; ok {
		if spoil.claims != nil {
			spoil.claims(claims, now)
		}
		if spoil.sign != nil {
			spoil.sign(how)
		}
	}
	override(claims, f.Claims)
	return how.token(encode(claims))
}

// profile returns the claims about a person.
func (u *User) profile() map[string]any {
	claims := map[string]any{}
	for name, v := range map[string]string{"name": u.Name, "email": u.Email, "picture": u.Picture} {
		if v != "" {
			claims[name] = v
		}
	}
	if u.EmailVerified != nil {
		claims["email_verified"] = u.EmailVerified
	}
	maps.Copy(claims, u.Claims)
	return claims
}

func (s *signing) token(payload []byte) string {
	if s.opaque {
		return "opaque-id-token"
	}
	segment := base64.RawURLEncoding.EncodeToString
	if s.algorithm == "none" {
		return segment([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + segment(payload) + "."
	}
	options := new(jose.SignerOptions)
	for name, v := range s.header {
		options.WithHeader(jose.HeaderKey(name), v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(s.algorithm), Key: s.key}, options)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	parts := strings.Split(token, ".")
	if s.tamper {
		var claims map[string]any
		if err := json.Unmarshal(payload, &claims); err != nil {
			panic(err)
		}
		claims["sub"] = "somebody-else"
		parts[1] = segment(encode(claims))
	}
	if s.strip {
		parts[2] = ""
	}
	return strings.Join(parts, ".")
}
