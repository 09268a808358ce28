package genericoauth_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/genericoauth"
	"github.com/cardea-auth/cardea/plugin/internal/recorded"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

func discovered(change func(*genericoauth.Config)) *provider.Provider {
	g := genericoauth.Config{ProviderID: "idp", DiscoveryURL: wellKnown, ClientID: "CLIENT_ID", ClientSecret: "s"}
	if change != nil {
		change(&g)
	}
	return g.Provider()
}

const wellKnown = "https://idp.example/.well-known/openid-configuration"

// site serves the discovery document of the recorded cases, after failures.
func site(failures int, requests *[]string) *recorded.Network {
	row := recorded.Child(record(), "cases", "discovered")
	return &recorded.Network{Document: func(r *http.Request) (*wire.Object, bool) {
		if requests != nil {
			*requests = append(*requests, r.URL.String()+" "+r.Header.Get("X-Key"))
		}
		if failures > 0 {
			failures--
			return recorded.Answer(503, "down"), true
		}
		a := recorded.Child(row, "documents", r.URL.String())
		return a, a != nil
	}}
}

// TestDiscoveryIsRetried: a provider is missing while its document cannot be had, and there when it can.
func TestDiscoveryIsRetried(t *testing.T) {
	t.Parallel()
	var requests []string
	c := recorded.Client(site(2, &requests), false)
	p := discovered(nil)
	for range 2 {
		if _, err := p.Load(t.Context(), c); !errors.Is(err, provider.ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
	}
	for range 3 {
		if ready, err := p.Load(t.Context(), c); err != nil || ready.Issuer != "https://idp.example" {
			t.Errorf("got %+v, %v", ready, err)
		}
	}
	if len(requests) != 3 {
		t.Errorf("got %d requests, want 3", len(requests))
	}
}

// TestDiscoveryFailsClosed: what an outage leaves out is the verification of ID tokens, so that explicit URLs are not enough
// but to upstream.
func TestDiscoveryFailsClosed(t *testing.T) {
	t.Parallel()
	explicit := func(g *genericoauth.Config) {
		g.AuthorizationURL, g.TokenURL = "https://idp.example/a", "https://idp.example/t"
	}
	if _, err := discovered(explicit).Load(t.Context(), recorded.Client(site(9, nil), false)); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if p, err := discovered(explicit).Load(t.Context(), recorded.Client(site(9, nil), true)); err != nil || p.VerifyIDToken != nil {
		t.Errorf("exact: got %+v, %v", p, err)
	}
}

// slow answers when told to.
type slow struct {
	fetches atomic.Int32
	answer  chan struct{}
	then    http.RoundTripper
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.fetches.Add(1)
	select {
	case <-s.answer:
		return s.then.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func TestDiscoveryIsShared(t *testing.T) {
	t.Parallel()
	s := &slow{answer: make(chan struct{}), then: site(0, nil)}
	c := oauth.NewClient(oauth.ClientOptions{HTTP: &http.Client{Transport: s}})
	p := discovered(nil)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := p.Load(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Load(gone, c); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("a caller that has gone: got %v", err)
	}
	close(s.answer)
	wg.Wait()
	if n := s.fetches.Load(); n > 2 { // the one that had gone may have come first
		t.Errorf("%d fetches", n)
	}
}

func TestDiscoveryTimesOut(t *testing.T) {
	t.Parallel()
	var deadline time.Duration
	c := oauth.NewClient(oauth.ClientOptions{HTTP: &http.Client{Timeout: time.Hour, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		at, _ := r.Context().Deadline()
		deadline = time.Until(at)
		return nil, context.DeadlineExceeded
	})}})
	if _, err := discovered(nil).Load(t.Context(), c); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if deadline <= 0 || deadline > 10*time.Second {
		t.Errorf("a request waits for %v", deadline)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestDiscoveryRedirects: not followed, headers or none.
func TestDiscoveryRedirects(t *testing.T) {
	t.Parallel()
	moved := recorded.Answer(302, "")
	location := wire.NewObject()
	location.Set("location", "https://evil.example/")
	moved.Set("headers", location)
	n := &recorded.Network{Answers: []any{moved}}
	_, err := discovered(nil).Load(t.Context(), recorded.Client(n, false))
	if !errors.Is(err, provider.ErrUnavailable) || !errors.Is(err, oauth.ErrRedirect) || len(n.Requests()) != 1 {
		t.Errorf("got %v after %d requests", err, len(n.Requests()))
	}
}

// TestDiscoveryHeadersStay: they go with the document and with keys of the same origin, not to another.
func TestDiscoveryHeadersStay(t *testing.T) {
	t.Parallel()
	row := recorded.Child(record(), "cases", "discovered")
	token := recorded.Text(recorded.Cases(row, "people")[0], "tokens", "idToken")
	for name, test := range map[string]struct {
		url  string
		want []string
	}{
		"same origin":  {wellKnown, []string{wellKnown + " secret", "https://idp.example/jwks secret"}},
		"other origin": {"https://meta.example/openid", []string{"https://meta.example/openid secret", "https://idp.example/jwks "}},
	} {
		var requests []string
		n := site(0, &requests)
		known := n.Document
		n.Document = func(r *http.Request) (*wire.Object, bool) {
			a, ok := known(r)
			if r.URL.Host == "meta.example" {
				return recorded.Child(row, "documents", wellKnown), true
			}
			return a, ok
		}
		c := recorded.Client(n, false)
		p, err := discovered(func(g *genericoauth.Config) {
			g.DiscoveryURL, g.DiscoveryHeader = test.url, map[string]string{"X-Key": "secret"}
		}).Load(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.VerifyIDToken(t.Context(), c, token, ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(requests, test.want) {
			t.Errorf("%s: got %q, want %q", name, requests, test.want)
		}
	}
}

// TestSymmetricAlgorithms: a document that offers nothing but HS256 or none makes no token acceptable.
func TestSymmetricAlgorithms(t *testing.T) {
	t.Parallel()
	row := recorded.Child(record(), "cases", "discovered")
	token := recorded.Text(recorded.Cases(row, "people")[0], "tokens", "idToken")
	document, err := wire.Parse([]byte(strings.Replace(recorded.JSON(recorded.Value(row, "documents", wellKnown, "body")), `["RS256"]`, `["HS256","none"]`, 1)), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	n := site(0, nil)
	known := n.Document
	n.Document = func(r *http.Request) (*wire.Object, bool) {
		if r.URL.String() == wellKnown {
			return recorded.Answer(200, document), true
		}
		return known(r)
	}
	c := recorded.Client(n, false)
	p, err := discovered(nil).Load(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.VerifyIDToken(t.Context(), c, token, ""); !errors.Is(err, oauth.ErrIDToken) {
		t.Errorf("got %v, want ErrIDToken", err)
	}
}

// TestUnverifiedSubjectIsBound: even where no keys are known, user info about somebody else is refused.
func TestUnverifiedSubjectIsBound(t *testing.T) {
	t.Parallel()
	row := recorded.Child(record(), "cases", "discovered")
	without := recorded.Child(record(), "cases", "discovered, no keys")
	var token string
	for _, c := range recorded.Cases(row, "people") {
		if claims, err := oauth.Claims(recorded.Text(c, "tokens", "idToken")); err == nil && recorded.Text(claims, "email") == "" {
			token = recorded.Text(c, "tokens", "idToken") // sub s-1, no address
		}
	}
	other := wire.NewObject()
	other.Set("sub", "s-2")
	other.Set("email", "mallory@example.com")
	n := network(without, nil)
	n.Answers = []any{recorded.Answer(200, other)}
	for _, exact := range []bool{true, false} {
		c := recorded.Client(n, exact)
		p, err := discovered(nil).Load(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.UserInfo(t.Context(), c, provider.UserInfoRequest{Tokens: &oauth.Tokens{AccessToken: "AT", IDToken: token}})
		if (err == nil) != exact {
			t.Errorf("exact %v: got %v", exact, err)
		}
	}
}

func TestRefreshParameters(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	g := genericoauth.Config{
		ProviderID: "acme", AuthorizationURL: "https://a.example/", TokenURL: "https://a.example/t", ClientID: "id",
		RefreshParamsFunc: func(_ context.Context, h http.Header) ([]oauth.Param, error) {
			if h.Get("X-Tenant") == "" {
				return nil, broken
			}
			return []oauth.Param{{Name: "tenant", Value: h.Get("X-Tenant")}}, nil
		},
	}
	answer := wire.NewObject()
	answer.Set("access_token", "AT")
	n := &recorded.Network{Answers: []any{recorded.Answer(200, answer)}}
	c := recorded.Client(n, false)
	_, err := g.Provider().Refresh(t.Context(), c, provider.RefreshRequest{RefreshToken: "R", Header: http.Header{"X-Tenant": {"t1"}}})
	if got := strings.Join(n.Requests(), ""); err != nil || !strings.Contains(got, "refresh_token=R&tenant=t1&client_id=id") {
		t.Errorf("got %v, %s", err, got)
	}
	if _, err := g.Provider().Refresh(t.Context(), c, provider.RefreshRequest{RefreshToken: "R"}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestInvalidConfigs(t *testing.T) {
	t.Parallel()
	explicit := genericoauth.Config{ProviderID: "acme", AuthorizationURL: "https://a.example/", TokenURL: "https://a.example/t", ClientID: "id"}
	tests := map[string]func(*genericoauth.Config){
		"no id":                         func(g *genericoauth.Config) { g.ProviderID = "" },
		"no client id":                  func(g *genericoauth.Config) { g.ClientID = "" },
		"basic without a secret":        func(g *genericoauth.Config) { g.TokenAuth = oauth.AuthBasic },
		"none with a secret":            func(g *genericoauth.Config) { g.TokenAuth, g.ClientSecret = oauth.AuthNone, "s" },
		"verification without a source": func(g *genericoauth.Config) { g.RequireIDTokenVerification = true },
	}
	if err := explicit.Provider().Invalid; err != nil {
		t.Error(err)
	}
	for name, change := range tests {
		g := explicit
		change(&g)
		if err := g.Provider().Invalid; !errors.Is(err, provider.ErrConfiguration) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, g := range map[string]genericoauth.Config{
		"entra, common":  genericoauth.MicrosoftEntraID("common", genericoauth.Config{ClientID: "id"}),
		"auth0, no host": genericoauth.Auth0("", genericoauth.Config{ClientID: "id"}),
	} {
		if err := g.Provider().Invalid; !errors.Is(err, provider.ErrConfiguration) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	bare := genericoauth.Config{ProviderID: "acme", ClientID: "id"}.Provider()
	if _, err := bare.AuthorizationURL(t.Context(), nil, provider.AuthorizationRequest{}); !errors.Is(err, provider.ErrConfiguration) {
		t.Errorf("got %v, want ErrConfiguration", err)
	}
	if _, err := bare.Exchange(t.Context(), nil, provider.ExchangeRequest{}); !errors.Is(err, provider.ErrNoTokenURL) {
		t.Errorf("got %v, want ErrNoTokenURL", err)
	}
	if _, err := bare.Refresh(t.Context(), nil, provider.RefreshRequest{}); !errors.Is(err, provider.ErrNoTokenURL) {
		t.Errorf("got %v, want ErrNoTokenURL", err)
	}
}

// TestPresetsLeaveAlone: a preset fills what is empty.
func TestPresetsLeaveAlone(t *testing.T) {
	t.Parallel()
	own := genericoauth.Config{
		ProviderID: "mine", ClientID: "id", Scopes: []string{}, AuthorizationURL: "https://a.example/", TokenURL: "https://a.example/t",
		AccountSubject: func(*oauth.Tokens, *wire.Object) string { return "own" },
	}
	g := genericoauth.Patreon(own)
	if g.ProviderID != "mine" || g.Scopes == nil || len(g.Scopes) != 0 || g.AuthorizationURL != "https://a.example/" || g.AccountSubject(nil, nil) != "own" || g.GetUserInfo == nil {
		t.Errorf("got %+v", g)
	}
}
