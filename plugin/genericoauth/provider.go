// Package genericoauth signs people in with any server that speaks OAuth 2.0 or OpenID Connect.
//
//	p := genericoauth.Config{
//		ProviderID:   "acme",
//		DiscoveryURL: "https://id.acme.example/.well-known/openid-configuration",
//		ClientID:     id, ClientSecret: secret,
//	}.Provider()
//
// The result is a provider like those of plugin/social/provider, reached by the same endpoints. [Auth0], [Okta], [Keycloak]
// and others fill in a [Config] for a known service. Use the provider of plugin/social/provider where there is one.
package genericoauth

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Provider returns the provider that g describes. What is wrong with g is its Invalid. With a DiscoveryURL it has to be
// loaded before use ([provider.Provider.Load]).
func (g Config) Provider() *provider.Provider {
	if err := g.validate(); err != nil {
		p := g.build(g.explicit())
		p.Invalid = err
		return p
	}
	if g.DiscoveryURL == "" {
		return g.build(g.explicit())
	}
	p := g.build(g.explicit())
	p.Discover = (&lazy{config: g, turn: make(chan struct{}, 1)}).load
	return p
}

// build makes the provider of what is known.
func (g Config) build(m metadata) *provider.Provider {
	s := server{Config: g, metadata: m}
	p := &provider.Provider{
		ID: g.ProviderID, Name: or(g.Name, g.ProviderID), Issuer: m.issuer, PKCE: !g.DisablePKCE,
		RequireNonce: m.idToken != nil && !g.DisableNonce, AllowIDPInitiated: g.AllowIDPInitiated,
		DisableSignUp: g.DisableSignUp, DisableImplicitSignUp: g.DisableImplicitSignUp,
		OverrideUserInfo: g.OverrideUserInfo, RequireEmailVerification: g.RequireEmailVerification,
		AuthorizationURL: s.authorize, Exchange: s.exchange, Refresh: s.refresh, UserInfo: s.userInfo, EndSessionURL: s.endSession,
	}
	if m.idToken != nil {
		p.VerifyIDToken = func(ctx context.Context, c *oauth.Client, token, nonce string) error {
			_, err := c.VerifyIDToken(ctx, token, *m.idToken, nonce)
			return err
		}
	}
	return p
}

// server is a configuration with everything that is known of the server.
type server struct {
	Config
	metadata
}

func (s server) authorize(_ context.Context, _ *oauth.Client, r provider.AuthorizationRequest) (string, error) {
	if s.authorizationURL == "" {
		return "", fmt.Errorf("%w: %s has no authorization endpoint", provider.ErrConfiguration, s.ProviderID)
	}
	scopes := slices.Concat(r.Scopes, s.Scopes)
	if s.oidc && !slices.Contains(scopes, "openid") {
		scopes = append([]string{"openid"}, scopes...)
	}
	params := oauth.Form(slices.Clone(s.AuthorizationParams))
	for _, p := range r.Params {
		params.Set(p.Name, p.Value)
	}
	a := oauth.Authorization{
		Endpoint: s.authorizationURL, ClientID: s.ClientID, State: r.State, Scopes: scopes,
		RedirectURI: or(s.RedirectURI, r.RedirectURI), LoginHint: r.LoginHint, Nonce: r.Nonce, Prompt: s.Prompt,
		AccessType: s.AccessType, ResponseType: s.ResponseType, ResponseMode: s.ResponseMode, Params: params,
	}
	if !s.DisablePKCE {
		a.CodeVerifier = r.CodeVerifier
	}
	return a.URL()
}

func (s server) endpoint() oauth.TokenEndpoint {
	return oauth.TokenEndpoint{URL: s.tokenURL, Credentials: s.credentials(), Header: s.TokenHeader}
}

func (s server) exchange(ctx context.Context, c *oauth.Client, r provider.ExchangeRequest) (*oauth.Tokens, error) {
	if s.GetToken != nil {
		t, err := s.GetToken(ctx, c, r)
		return s.withExpiry(c, t), err
	}
	if s.tokenURL == "" {
		return nil, provider.ErrNoTokenURL
	}
	code := oauth.CodeRequest{
		TokenEndpoint: s.endpoint(), Code: r.Code, RedirectURI: or(s.RedirectURI, r.RedirectURI), Params: s.TokenParams,
	}
	if !s.DisablePKCE {
		code.CodeVerifier = r.CodeVerifier
	}
	t, err := c.Exchange(ctx, code)
	return s.withExpiry(c, t), err
}

func (s server) refresh(ctx context.Context, c *oauth.Client, r provider.RefreshRequest) (*oauth.Tokens, error) {
	if s.tokenURL == "" {
		return nil, provider.ErrNoTokenURL
	}
	params := s.RefreshParams
	if s.RefreshParamsFunc != nil {
		var err error
		if params, err = s.RefreshParamsFunc(ctx, r.Header); err != nil {
			return nil, err
		}
	}
	t, err := c.Refresh(ctx, oauth.RefreshRequest{TokenEndpoint: s.endpoint(), RefreshToken: r.RefreshToken, Params: params})
	return s.withExpiry(c, t), err
}

// withExpiry fills in the lifetime that a server does not tell.
func (s server) withExpiry(c *oauth.Client, t *oauth.Tokens) *oauth.Tokens {
	if t != nil && t.AccessTokenExpiresAt.IsZero() && s.AccessTokenExpiresIn > 0 {
		t.AccessTokenExpiresAt = c.Now().Add(s.AccessTokenExpiresIn)
	}
	return t
}

// userInfo verifies the ID token where that can be done, and binds the user info to it.
func (s server) userInfo(ctx context.Context, c *oauth.Client, r provider.UserInfoRequest) (*provider.Identity, error) {
	t := r.Tokens
	var claims *wire.Object
	if s.idToken != nil && t.IDToken != "" {
		var err error
		if r.IDTokenVerified {
			claims, err = oauth.Claims(t.IDToken)
			t = &oauth.Tokens{IDToken: t.IDToken}
		} else {
			claims, err = c.VerifyIDToken(ctx, t.IDToken, *s.idToken, r.Nonce)
		}
		if err != nil {
			return nil, noUserInfo(err)
		}
	}
	profile, err := s.profile(ctx, c, t, claims)
	if err != nil {
		return nil, noUserInfo(err)
	}
	if profile == nil {
		return nil, noUserInfo(fmt.Errorf("%s did not answer with a profile", s.ProviderID))
	}
	// OIDC Core §5.3.2: user info about somebody else than the ID token must not be used. Upstream asks that of verified ID
	// tokens only.
	bound, sub := claims, js.Get(profile, "sub")
	if bound == nil && s.oidc && t.IDToken != "" && !c.Exact() {
		bound, _ = oauth.Claims(t.IDToken)
	}
	if bound != nil && (s.GetUserInfo == nil || sub.V != nil) && sub.Text() != provider.Text(bound, "sub") {
		return nil, noUserInfo(fmt.Errorf("the user info of %s is about somebody else than the ID token", s.ProviderID))
	}
	user := js.Object("email", js.Get(profile, "email"),
		"emailVerified", js.Get(profile, "emailVerified").Boolean().OrElse(js.Const(false)),
		"image", js.Get(profile, "image"), "name", js.Get(profile, "name"))
	if s.MapProfile != nil {
		if err := s.MapProfile(ctx, profile, user); err != nil {
			return nil, fmt.Errorf("genericoauth: MapProfile: %w", err)
		}
	}
	if v, ok := user.Get("image"); ok && v == nil {
		user.Delete("image")
	}
	subject, ok := js.Const(s.subject(t, profile, claims)).Subject()
	if !ok {
		return nil, noUserInfo(fmt.Errorf("the profile of %s has no stable id", s.ProviderID))
	}
	return &provider.Identity{Subject: subject, User: user, Profile: profile}, nil
}

func noUserInfo(err error) error { return fmt.Errorf("%w: %w", provider.ErrNoUserInfo, err) }

// subject is the stable id of the account. Which member it is depends on the configuration alone: one that changed with
// the answer would let one account be taken for another.
func (s server) subject(t *oauth.Tokens, profile, claims *wire.Object) string {
	switch {
	case s.AccountSubject != nil:
		return s.AccountSubject(t, profile)
	case !s.oidc:
		return js.Get(profile, "id").Text()
	case claims != nil:
		return provider.Text(claims, "sub")
	}
	return js.Get(profile, "sub").Text()
}

// profile reads the ID token if it tells an address, else asks for user info. claims are those of a verified ID token.
func (s server) profile(ctx context.Context, c *oauth.Client, t *oauth.Tokens, claims *wire.Object) (*wire.Object, error) {
	if s.GetUserInfo != nil {
		return s.GetUserInfo(ctx, c, t)
	}
	if claims == nil && t.IDToken != "" {
		claims, _ = oauth.Claims(t.IDToken) // straight from the token endpoint, whose keys nobody has told
	}
	if js.Get(claims, "sub").Truthy() && js.Get(claims, "email").Truthy() {
		p := js.Object("id", js.Get(claims, "sub"),
			"emailVerified", js.Get(claims, "email_verified").Boolean().OrElse(js.Const(false)), "image", js.Get(claims, "picture"))
		for k, v := range claims.All() {
			p.Set(k, v)
		}
		return p, nil
	}
	if s.userInfoURL == "" {
		return nil, nil
	}
	v, err := js.Fetch(ctx, c, http.MethodGet, s.userInfoURL, "", t)
	p := js.Const(v).Object()
	if err != nil || p == nil {
		return nil, err
	}
	p.Set("emailVerified", js.Get(p, "email_verified").Boolean().OrElse(js.Const(false)).V)
	p.Delete("image")
	if picture := js.Get(p, "picture"); picture.Defined {
		p.Set("image", picture.V)
	}
	return p, nil
}

// endSession makes a URL of OIDC RP-Initiated Logout 1.0 §2. It returns "" where there is no endpoint.
func (s server) endSession(_ context.Context, r provider.EndSessionRequest) (string, error) {
	if s.DisableProviderLogout || s.endSessionURL == "" {
		return "", nil
	}
	u, err := origin.Parse(s.endSessionURL)
	if err != nil {
		return "", fmt.Errorf("genericoauth: end session endpoint: %w", err)
	}
	if r.IDToken != "" {
		u = u.SetQuery("id_token_hint", r.IDToken)
	}
	redirect := or(r.PostLogoutRedirectURI, s.PostLogoutRedirectURI)
	switch {
	case redirect != "":
		base, err := url.Parse(r.BaseURL)
		if err != nil {
			return "", fmt.Errorf("genericoauth: base URL: %w", err)
		}
		target, err := base.Parse(redirect)
		if err != nil {
			return "", fmt.Errorf("genericoauth: post logout redirect URI: %w", err)
		}
		u = u.SetQuery("post_logout_redirect_uri", target.String()).SetQuery("client_id", s.ClientID)
		if r.State != "" {
			u = u.SetQuery("state", r.State)
		}
	case r.IDToken == "":
		u = u.SetQuery("client_id", s.ClientID)
	}
	return u.String(), nil
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
