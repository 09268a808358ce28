package genericoauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// discoveryTimeout is how long a request waits for a discovery document.
const discoveryTimeout = 10 * time.Second

// metadata is what a discovery document says (OpenID Connect Discovery 1.0 §3).
type metadata struct {
	authorizationURL, tokenURL, userInfoURL, endSessionURL, issuer string

	// oidc says that the server signs ID tokens with one of algorithms.
	oidc       bool
	algorithms []string
	// idToken is how to verify them; nil if the document does not tell.
	idToken *oauth.IDTokenPolicy
}

// learned returns what the configuration alone says.
func (g Config) explicit() metadata {
	return metadata{
		authorizationURL: g.AuthorizationURL, tokenURL: g.TokenURL, userInfoURL: g.UserInfoURL, endSessionURL: g.EndSessionURL,
	}
}

// discover fetches the document and returns what it and the configuration say together.
func (g Config) discover(ctx context.Context, c *oauth.Client) (metadata, error) {
	m := g.explicit()
	ctx, cancel := context.WithTimeout(ctx, discoveryTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.DiscoveryURL, nil)
	if err != nil {
		return m, errors.New("DiscoveryURL is not a URL")
	}
	for name, v := range g.DiscoveryHeader {
		req.Header.Set(name, v)
	}
	v, err := c.JSON(req)
	if err != nil {
		return m, err
	}
	document, ok := v.(*wire.Object)
	if !ok {
		return m, errors.New("the discovery document is not a JSON object")
	}
	m.issuer = provider.Text(document, "issuer")
	if u, err := url.Parse(m.issuer); m.issuer != "" && (err != nil || u.Scheme == "") {
		return m, errors.New("the issuer of the discovery document is not a URL")
	}
	fill := func(s *string, name string) {
		if *s == "" {
			*s = provider.Text(document, name)
		}
	}
	fill(&m.authorizationURL, "authorization_endpoint")
	fill(&m.tokenURL, "token_endpoint")
	fill(&m.userInfoURL, "userinfo_endpoint")
	fill(&m.endSessionURL, "end_session_endpoint")
	algorithms, _ := provider.Value(document, "id_token_signing_alg_values_supported")
	list, _ := algorithms.([]any)
	m.oidc = len(list) > 0
	for _, a := range list {
		if s, ok := a.(string); ok {
			m.algorithms = append(m.algorithms, s)
		}
	}
	return m, g.verification(&m, provider.Text(document, "jwks_uri"))
}

// verification fills in how ID tokens are verified. The headers for discovery go to the same origin only.
func (g Config) verification(m *metadata, jwksURI string) error {
	if jwksURI == "" || m.issuer == "" {
		return nil
	}
	base, err := url.Parse(g.DiscoveryURL)
	if err != nil {
		return errors.New("DiscoveryURL is not a URL")
	}
	jwks, err := base.Parse(jwksURI)
	if err != nil || jwks.Host == "" {
		return errors.New("the jwks_uri of the discovery document is not a URL")
	}
	m.idToken = &oauth.IDTokenPolicy{
		JWKS: jwks.String(), Issuers: []string{m.issuer}, Audiences: []string{g.ClientID}, Algorithms: m.algorithms,
	}
	if jwks.Scheme == base.Scheme && jwks.Host == base.Host {
		m.idToken.Header = g.DiscoveryHeader
	}
	return nil
}

// lazy makes a provider once discovery has succeeded. Until then every call tries again; calls that come while one is
// trying wait for it.
type lazy struct {
	config Config
	turn   chan struct{} // held by the call that tries

	mu    sync.Mutex
	ready *provider.Provider
}

func (l *lazy) load(ctx context.Context, c *oauth.Client) (*provider.Provider, error) {
	if p := l.known(); p != nil {
		return p, nil
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", provider.ErrUnavailable, ctx.Err())
	}
	if p := l.known(); p != nil {
		return p, nil
	}
	m, err := l.config.discover(ctx, c)
	if err != nil && c.Exact() && !l.config.RequireIDTokenVerification {
		// Upstream then does with the URLs of the configuration, and verifies no ID token.
		m, err = l.config.explicit(), nil
	}
	switch {
	case err != nil:
	case m.authorizationURL == "" || m.tokenURL == "" && l.config.GetToken == nil:
		err = errors.New("no authorization endpoint or no token endpoint")
	case m.idToken == nil && l.config.RequireIDTokenVerification:
		err = errors.New("no issuer or no jwks_uri, which RequireIDTokenVerification needs")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", provider.ErrUnavailable, l.config.ProviderID, err)
	}
	p := l.config.build(m)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready = p
	return p, nil
}

func (l *lazy) known() *provider.Provider {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ready
}
