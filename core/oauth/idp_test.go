package oauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-auth/cardea/core/oauth"
)

// The keys of the tests. Making one takes a while.
var (
	key1    = sync.OnceValue(newRSA)
	key2    = sync.OnceValue(newRSA)
	weakKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) })
	ecKey   = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
)

func newRSA() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// idp is the part of an identity provider that publishes keys, over a clock of its own.
type idp struct {
	mu      sync.Mutex
	now     time.Time
	keys    []jose.JSONWebKey
	status  int
	fetches atomic.Int32
	delay   chan struct{} // if not nil, answers wait for it
}

func newIDP(keys ...jose.JSONWebKey) *idp {
	return &idp{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), keys: keys, status: 200}
}

func (p *idp) client(exact bool) *oauth.Client {
	return oauth.NewClient(oauth.ClientOptions{HTTP: &http.Client{Transport: p}, Now: p.clock, Exact: exact})
}

func (p *idp) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *idp) set(fn func(p *idp)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fn(p)
}

func (p *idp) RoundTrip(r *http.Request) (*http.Response, error) {
	p.fetches.Add(1)
	if p.delay != nil {
		select {
		case <-p.delay:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	body := must(json.Marshal(jose.JSONWebKeySet{Keys: p.keys}))
	return &http.Response{StatusCode: p.status, Body: io.NopCloser(strings.NewReader(string(body))), Header: http.Header{}, Request: r}, nil
}

func public(key any, kid string, alg jose.SignatureAlgorithm) jose.JSONWebKey {
	return jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: string(alg), Use: "sig"}
}

// sign makes a token of the claims that are usual at p's time and those given; a nil one is left out.
func (p *idp) sign(t testing.TB, key any, alg jose.SignatureAlgorithm, header map[string]any, claims map[string]any) string {
	t.Helper()
	now := p.clock().Unix()
	all := map[string]any{"iss": "https://idp.example", "aud": "client", "sub": "s-1", "iat": now, "exp": now + 600}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	o := new(jose.SignerOptions)
	for k, v := range header {
		o = o.WithHeader(jose.HeaderKey(k), v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, o)
	if err != nil {
		t.Fatal(err)
	}
	return must(must(signer.Sign(must(json.Marshal(all)))).CompactSerialize())
}

func policy() oauth.IDTokenPolicy {
	return oauth.IDTokenPolicy{
		JWKS: "https://idp.example/jwks", Issuers: []string{"https://idp.example"}, Audiences: []string{"client", "app"},
		Algorithms: []string{"RS256"}, MaxAge: time.Hour,
	}
}
