package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// recipe is what tells one provider of this package from another. Everything that they have in common is in make.
type recipe struct {
	id, name string

	authorizeAt, exchangeAt string // endpoints
	// scopes are asked for by default. callScopesFirst puts the call's scopes before those of the options, uniqueScopes
	// drops repeated ones, noScopes asks for none at all.
	scopes          []string
	callScopesFirst bool
	uniqueScopes    bool
	noScopes        bool

	pkce               bool   // the authorization URL gets a challenge, and the exchange the verifier
	needsSecret        bool   // no authorization URL without a client secret
	needsVerifier      bool   // no authorization URL without a verifier
	loginHint, display bool   // sent
	prompt             string // the default of Options.Prompt
	noPrompt           bool   // Options.Prompt is not sent
	noParams           bool   // the client's parameters are not sent

	method        oauth.AuthMethod // how the token endpoint knows us
	refreshMethod oauth.AuthMethod // the same for refreshes
	tokenHeader   http.Header      // of exchanges
	credentials   func(*oauth.Credentials)
	noRefresh     bool

	// request finishes the authorization request, and url the URL. Either may be nil.
	request func(a *oauth.Authorization)
	url     func(a oauth.Authorization) (string, error)
	// exchange and refresh replace the usual ones.
	exchange func(ctx context.Context, c *oauth.Client, r ExchangeRequest) (*oauth.Tokens, error)
	refresh  func(ctx context.Context, c *oauth.Client, refreshToken string) (*oauth.Tokens, error)
	// refreshParams are sent along with a refresh.
	refreshParams []oauth.Param

	// idToken is the policy for ID tokens that clients bring. Its Audiences and JWKS are filled from the options if empty.
	idToken *oauth.IDTokenPolicy
	// trusted says that a token endpoint's ID tokens are signed with the keys of idToken too.
	trusted bool
	// verify replaces idToken.
	verify func(ctx context.Context, c *oauth.Client, token, nonce string) error

	// profile fetches or decodes what the provider says. A nil object without an error is ErrNoUserInfo.
	profile func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error)
	// user maps a profile: name, email, image, emailVerified.
	user func(profile *wire.Object) (*wire.Object, error)
	// both replaces profile and user where the mapping needs more than the profile.
	both func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (profile, user *wire.Object, err error)
	// finish looks at the user after MapProfile.
	finish func(profile, user *wire.Object) error
	// subject is the stable id in a profile.
	subject func(profile *wire.Object) js.Value
	// beforeUserInfo is asked before Options.UserInfo.
	beforeUserInfo func(ctx context.Context, c *oauth.Client, t *oauth.Tokens) error
	invalid        error
}

// make turns a recipe and options into a provider.
func (k recipe) make(o Options) *Provider {
	p := &Provider{
		ID: k.id, Name: k.name, PKCE: k.pkce,
		DisableSignUp: o.DisableSignUp, DisableImplicitSignUp: o.DisableImplicitSignUp,
		OverrideUserInfo: o.OverrideUserInfoOnSignIn, RequireEmailVerification: o.RequireEmailVerification,
		Invalid: k.invalid,
	}
	k.authorizeAt = or(o.AuthorizationEndpoint, k.authorizeAt)
	k.exchangeAt = or(o.TokenEndpoint, k.exchangeAt)
	p.AuthorizationURL = func(_ context.Context, _ *oauth.Client, r AuthorizationRequest) (string, error) {
		return k.authorizationURL(o, r)
	}
	p.Exchange = func(ctx context.Context, c *oauth.Client, r ExchangeRequest) (*oauth.Tokens, error) {
		r.RedirectURI = or(o.RedirectURI, r.RedirectURI)
		if k.exchange != nil {
			return k.exchange(ctx, c, r)
		}
		code := oauth.CodeRequest{
			TokenEndpoint: oauth.TokenEndpoint{URL: k.exchangeAt, Credentials: k.creds(o, k.method), Header: k.tokenHeader},
			Code:          r.Code, RedirectURI: r.RedirectURI, DeviceID: r.DeviceID,
		}
		if k.pkce {
			code.CodeVerifier = r.CodeVerifier
		}
		return c.Exchange(ctx, code)
	}
	p.Refresh = k.refresher(o)
	p.VerifyIDToken = k.idTokenVerifier(o)
	p.UserInfo = func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*Identity, error) {
		return k.identity(ctx, c, o, r)
	}
	return p
}

func (k recipe) authorizationURL(o Options, r AuthorizationRequest) (string, error) {
	if o.ClientID == "" || k.needsSecret && o.ClientSecret == "" {
		return "", fmt.Errorf("%w: %s needs a client id and a client secret", ErrConfiguration, k.id)
	}
	if k.needsVerifier && r.CodeVerifier == "" {
		return "", fmt.Errorf("%w: %s needs a code verifier", ErrConfiguration, k.id)
	}
	a := oauth.Authorization{
		Endpoint: k.authorizeAt, ClientID: o.ClientID, State: r.State,
		Scopes: k.allScopes(o, r.Scopes), RedirectURI: or(o.RedirectURI, r.RedirectURI),
	}
	if k.pkce {
		a.CodeVerifier = r.CodeVerifier
	}
	if k.loginHint {
		a.LoginHint = r.LoginHint
	}
	if !k.noPrompt {
		a.Prompt = or(o.Prompt, k.prompt)
	}
	if !k.noParams {
		a.Params = r.Params
	}
	if k.display {
		a.Display = r.Display
	}
	if k.request != nil {
		k.request(&a)
	}
	if k.url != nil {
		return k.url(a)
	}
	return a.URL()
}

func (k recipe) allScopes(o Options, call []string) []string {
	if k.noScopes {
		return nil
	}
	var out []string
	if !o.DisableDefaultScope {
		out = append(out, k.scopes...)
	}
	if k.callScopesFirst {
		out = append(append(out, call...), o.Scopes...)
	} else {
		out = append(append(out, o.Scopes...), call...)
	}
	if k.uniqueScopes {
		seen := out[:0:0]
		for _, s := range out {
			if !slices.Contains(seen, s) {
				seen = append(seen, s)
			}
		}
		return seen
	}
	return out
}

func (k recipe) creds(o Options, method oauth.AuthMethod) oauth.Credentials {
	creds := oauth.Credentials{ClientID: o.ClientID, ClientSecret: o.ClientSecret, Method: method}
	if k.credentials != nil {
		k.credentials(&creds)
	}
	return creds
}

func (k recipe) refresher(o Options) func(context.Context, *oauth.Client, RefreshRequest) (*oauth.Tokens, error) {
	switch {
	case o.Refresh != nil:
		return func(ctx context.Context, _ *oauth.Client, r RefreshRequest) (*oauth.Tokens, error) {
			return o.Refresh(ctx, r.RefreshToken)
		}
	case k.noRefresh:
		return nil
	case k.refresh != nil:
		return func(ctx context.Context, c *oauth.Client, r RefreshRequest) (*oauth.Tokens, error) {
			return k.refresh(ctx, c, r.RefreshToken)
		}
	}
	return func(ctx context.Context, c *oauth.Client, r RefreshRequest) (*oauth.Tokens, error) {
		return c.Refresh(ctx, oauth.RefreshRequest{
			TokenEndpoint: oauth.TokenEndpoint{URL: k.exchangeAt, Credentials: k.creds(o, k.refreshMethod)},
			RefreshToken:  r.RefreshToken, Params: k.refreshParams,
		})
	}
}

// policy returns the policy for ID tokens with what the options say.
func (k recipe) policy(o Options) oauth.IDTokenPolicy {
	policy := *k.idToken
	policy.JWKS = or(o.JWKSEndpoint, policy.JWKS)
	if len(policy.Audiences) == 0 {
		policy.Audiences = o.clientIDs()
	}
	return policy
}

func (k recipe) idTokenVerifier(o Options) func(context.Context, *oauth.Client, string, string) error {
	switch {
	case o.DisableIDTokenSignIn:
		return nil
	case o.VerifyIDToken != nil:
		return func(ctx context.Context, _ *oauth.Client, token, nonce string) error {
			return o.VerifyIDToken(ctx, token, nonce)
		}
	case k.verify != nil:
		return k.verify
	case k.idToken == nil:
		return nil
	}
	return func(ctx context.Context, c *oauth.Client, token, nonce string) error {
		_, err := c.VerifyIDToken(ctx, token, k.policy(o), nonce)
		return err
	}
}

// identity tells whose tokens these are.
func (k recipe) identity(ctx context.Context, c *oauth.Client, o Options, r UserInfoRequest) (*Identity, error) {
	if o.UserInfo != nil {
		if k.beforeUserInfo != nil {
			if err := k.beforeUserInfo(ctx, c, r.Tokens); err != nil {
				return nil, err
			}
		}
		i, err := o.UserInfo(ctx, c, r.Tokens)
		if err != nil {
			return nil, err
		}
		if i == nil || i.User == nil {
			return nil, ErrNoUserInfo
		}
		if i.Subject == "" {
			i.Subject, err = subject(k.subject(i.Profile))
		}
		return i, err
	}
	if k.trusted && !c.Exact() && !r.IDTokenVerified && r.Tokens.IDToken != "" {
		if err := k.verifyOwn(ctx, c, o, r.Tokens.IDToken); err != nil {
			return nil, err
		}
	}
	profile, user, err := k.describe(ctx, c, r)
	if err != nil {
		return nil, err
	}
	if o.MapProfile != nil {
		if err := o.MapProfile(ctx, profile, user); err != nil {
			return nil, fmt.Errorf("provider: MapProfile: %w", err)
		}
	}
	if k.finish != nil {
		if err := k.finish(profile, user); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoUserInfo, err)
		}
	}
	sub, err := subject(k.subject(profile))
	if err != nil {
		return nil, err
	}
	if r.IDTokenVerified && !c.Exact() && k.idToken == nil && k.verify == nil {
		if err := checkOwner(r.Tokens.IDToken, sub); err != nil {
			return nil, err
		}
	}
	return &Identity{Subject: sub, User: user, Profile: profile}, nil
}

// checkOwner ties a profile that came with an access token to the ID token beside it, which only Options.VerifyIDToken
// knows: the access token may be anybody's.
func checkOwner(idToken, subject string) error {
	claims, err := oauth.Claims(idToken)
	if sub := Text(claims, "sub"); err == nil && sub != "" && sub != subject {
		return fmt.Errorf("%w: the access token is somebody else's than the ID token", ErrNoUserInfo)
	}
	return nil
}

// describe returns what the provider says and the user that it becomes. Every failure is ErrNoUserInfo.
func (k recipe) describe(ctx context.Context, c *oauth.Client, r UserInfoRequest) (profile, user *wire.Object, err error) {
	if k.both != nil {
		profile, user, err = k.both(ctx, c, r)
	} else if profile, err = k.profile(ctx, c, r); err == nil && profile != nil {
		user, err = k.user(profile)
	}
	switch {
	case errors.Is(err, ErrNoUserInfo):
		return nil, nil, err
	case err != nil:
		return nil, nil, fmt.Errorf("%w: %w", ErrNoUserInfo, err)
	case profile == nil || user == nil:
		return nil, nil, fmt.Errorf("%w: %s did not answer with a profile", ErrNoUserInfo, k.id)
	}
	return profile, user, nil
}

// verifyOwn verifies an ID token that came from the token endpoint: it is for the client that asked for it, whatever other
// audience the options name for apps.
func (k recipe) verifyOwn(ctx context.Context, c *oauth.Client, o Options, token string) error {
	policy := k.policy(o)
	policy.Audiences = append(o.clientIDs(), policy.Audiences...)
	if _, err := c.VerifyIDToken(ctx, token, policy, ""); err != nil {
		return fmt.Errorf("%w: %w", ErrNoUserInfo, err)
	}
	return nil
}

// subject returns the text of a stable id.
func subject(v js.Value) (string, error) {
	s, ok := v.Subject()
	if !ok {
		return "", fmt.Errorf("%w: the profile has no stable id", ErrNoUserInfo)
	}
	return s, nil
}

func (o Options) clientIDs() []string {
	return slices.DeleteFunc(append([]string{o.ClientID}, o.OtherClientIDs...), func(s string) bool { return s == "" })
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
