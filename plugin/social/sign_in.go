package social

import (
	"context"
	"errors"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// ProviderID is the id of a provider in a body.
type ProviderID string

// ReadJSON takes a string.
func (id *ProviderID) ReadJSON(v any) string {
	s, ok := v.(string)
	if !ok {
		return "Invalid input"
	}
	*id = ProviderID(s)
	return ""
}

// Params are further parameters for the authorization URL.
type Params map[string]string

// CheckJSON refuses the parameters that tie an answer to its request.
func (p Params) CheckJSON() string {
	for name := range p {
		if oauth.Reserved(name) {
			return "additionalParams cannot include reserved OAuth parameters: state, client_id, redirect_uri, response_type, code_challenge, code_challenge_method, nonce, scope"
		}
	}
	return ""
}

// SignInInput is the body of POST /sign-in/social.
type SignInInput struct {
	// CallbackURL is where the browser ends up: a path, or a URL of a trusted origin. The default is the base URL.
	CallbackURL *string `json:"callbackURL"`
	// NewUserCallbackURL is the same for people who are new, ErrorCallbackURL for failures.
	NewUserCallbackURL *string    `json:"newUserCallbackURL"`
	ErrorCallbackURL   *string    `json:"errorCallbackURL"`
	Provider           ProviderID `json:"provider"`
	// DisableRedirect asks for the URL only: the client will go there by itself.
	DisableRedirect *bool `json:"disableRedirect"`
	// IDToken signs in at once by what a provider's SDK has given a native app.
	IDToken *IDTokenInput `json:"idToken"`
	// Scopes are asked for besides the provider's own.
	Scopes []string `json:"scopes" optional:"true"`
	// RequestSignUp says that a new user is wanted, where a provider makes none otherwise.
	RequestSignUp *bool `json:"requestSignUp"`
	// LoginHint tells the provider which account is meant.
	LoginHint        *string `json:"loginHint"`
	AdditionalParams Params  `json:"additionalParams" optional:"true"`
	// AdditionalData comes back in the state ([State.Data]).
	AdditionalData *wire.Object `json:"additionalData" optional:"true"`
}

// IDTokenInput is an ID token that a client brings, with what came along with it.
type IDTokenInput struct {
	Token string `json:"token"`
	// Nonce is the one that the token was asked for with.
	Nonce        *string  `json:"nonce"`
	AccessToken  *string  `json:"accessToken"`
	RefreshToken *string  `json:"refreshToken"`
	ExpiresAt    *float64 `json:"expiresAt"`
	// User is what Apple tells at first sign-in only.
	User *IDTokenUser `json:"user"`
}

// IDTokenUser is the user as Apple's SDK gives it.
type IDTokenUser struct {
	Name  *IDTokenName `json:"name"`
	Email *string      `json:"email"`
}

// IDTokenName is a name as Apple's SDK gives it.
type IDTokenName struct {
	FirstName *string `json:"firstName"`
	LastName  *string `json:"lastName"`
}

func (u *IDTokenUser) object() *wire.Object {
	if u == nil {
		return nil
	}
	o := wire.NewObject()
	set := func(o *wire.Object, name string, s *string) {
		if s != nil {
			o.Set(name, *s)
		}
	}
	if u.Name != nil {
		name := wire.NewObject()
		set(name, "firstName", u.Name.FirstName)
		set(name, "lastName", u.Name.LastName)
		o.Set("name", name)
	}
	set(o, "email", u.Email)
	return o
}

// SignInOutput is the answer of POST /sign-in/social: URL and Redirect, or Token and User for an ID token.
type SignInOutput struct {
	URL      *string
	Redirect bool
	Token    *string
	User     *model.User
}

// AppendJSON writes the members that the answer has.
func (o SignInOutput) AppendJSON(dst []byte) ([]byte, error) {
	out := wire.NewObject()
	if o.URL != nil {
		out.Set("url", *o.URL)
	}
	out.Set("redirect", o.Redirect)
	if o.User != nil {
		out.Set("token", *o.Token)
		out.Set("user", o.User)
	}
	return wire.Append(dst, out)
}

func (p *Plugin) signIn(ctx context.Context, x *core.Exchange, in SignInInput) (SignInOutput, error) {
	inst := p.of(x)
	one := inst.load(ctx, x, string(in.Provider))
	if one == nil {
		return SignInOutput{}, ErrProviderNotFound
	}
	if in.IDToken != nil {
		return p.signInByIDToken(ctx, x, one, in)
	}
	url, err := inst.begin(ctx, x, one, Start{
		CallbackURL: text(in.CallbackURL), ErrorURL: text(in.ErrorCallbackURL), NewUserURL: text(in.NewUserCallbackURL),
		RequestSignUp: in.RequestSignUp, Scopes: in.Scopes, LoginHint: text(in.LoginHint),
		Params: orderedParams(x, in.AdditionalParams), Data: in.AdditionalData,
	})
	if err != nil {
		return SignInOutput{}, err
	}
	redirect := !isTrue(in.DisableRedirect)
	if redirect {
		x.SetHeader("Location", url)
	}
	return SignInOutput{URL: &url, Redirect: redirect}, nil
}

// Start is what a redirect to a provider begins with. Its URLs must have been checked ([core.Exchange.CheckCallback]).
type Start struct {
	// CallbackURL is where the browser ends up; empty is the base URL. ErrorURL and NewUserURL may be empty.
	CallbackURL, ErrorURL, NewUserURL string
	// RequestSignUp, Scopes, LoginHint, Params and Data are as of [SignInInput].
	RequestSignUp *bool
	Scopes        []string
	LoginHint     string
	Params        []oauth.Param
	Data          *wire.Object

	link *LinkState
}

// Begin stores a state, binds it to the browser by a cookie, and returns the URL of the provider to send the browser to: for
// plugins that begin a sign-in in a way of their own. It ends at /callback/:id.
func (p *Plugin) Begin(ctx context.Context, x *core.Exchange, one *provider.Provider, s Start) (string, error) {
	return p.of(x).begin(ctx, x, one, s)
}

// begin stores a state and returns the URL to send the browser to.
func (in *installation) begin(ctx context.Context, x *core.Exchange, one *provider.Provider, s Start) (string, error) {
	state := &State{
		CallbackURL: s.CallbackURL, ErrorURL: s.ErrorURL, NewUserURL: s.NewUserURL, Link: s.link, Data: s.Data,
		verifier: secret.String(verifierLength),
	}
	if state.CallbackURL == "" {
		state.CallbackURL = x.BaseOrigin()
	}
	state.Context, _ = x.Value(contextKey{}).(*wire.Object)
	if s.RequestSignUp != nil {
		state.requestSignUp = wire.Some(*s.RequestSignUp)
	}
	if one.RequireNonce {
		state.nonce = secret.String(nonceLength)
	}
	if x.Hardened() {
		state.provider = one.ID
	}
	name, err := in.saveState(ctx, x, state)
	if err != nil {
		return "", err
	}
	return one.AuthorizationURL(ctx, in.client, provider.AuthorizationRequest{
		State: name, CodeVerifier: state.verifier, RedirectURI: redirectURI(x, one.ID), Scopes: s.Scopes,
		LoginHint: s.LoginHint, Nonce: state.nonce, Params: s.Params,
	})
}

const (
	verifierLength = 128 // the most that RFC 7636 §4.1 allows
	nonceLength    = 32
)

// redirectURI is the callback of a provider, where it has none of its own.
func redirectURI(x *core.Exchange, id string) string {
	if base, ok := x.Value(callbackBaseKey{}).(string); ok {
		return base + "/callback/" + id
	}
	return x.Link("/callback/" + id)
}

// orderedParams returns parameters in the order in which the client has sent them.
func orderedParams(x *core.Exchange, params Params) []oauth.Param {
	if len(params) == 0 {
		return nil
	}
	out := make([]oauth.Param, 0, len(params))
	body, _ := x.Body()
	sent, _ := provider.Value(asObject(body), "additionalParams")
	if o, ok := sent.(*wire.Object); ok {
		for name := range o.All() {
			if v, ok := params[name]; ok {
				out = append(out, oauth.Param{Name: name, Value: v})
			}
		}
	}
	if len(out) == len(params) {
		return out
	}
	out = out[:0] // a caller in process, or a hook, has made them: they have no order
	for name, v := range params {
		out = append(out, oauth.Param{Name: name, Value: v})
	}
	slices.SortFunc(out, func(a, b oauth.Param) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

func asObject(v any) *wire.Object {
	o, _ := v.(*wire.Object)
	return o
}

// signInByIDToken signs in by a token that the provider's SDK has given to the client.
func (p *Plugin) signInByIDToken(ctx context.Context, x *core.Exchange, one *provider.Provider, in SignInInput) (SignInOutput, error) {
	inst := p.of(x)
	identity, tokens, err := inst.identifyIDToken(ctx, x, one, in.IDToken)
	if err != nil {
		return SignInOutput{}, err
	}
	tokens.RefreshToken = "" // better-auth does not store it here
	result, err := inst.enter(ctx, x, Entry{
		ProviderID: one.ID, Identity: identity, Tokens: tokens, CallbackURL: text(in.CallbackURL),
		DisableSignUp:            one.DisableSignUp || one.DisableImplicitSignUp && !isTrue(in.RequestSignUp),
		RequireEmailVerification: one.RequireEmailVerification,
	})
	var refused *Refusal
	switch {
	case errors.As(err, &refused) && refused.Reason == EmailNotVerified:
		return SignInOutput{}, core.ErrEmailNotVerified.Wrap(err)
	case errors.As(err, &refused):
		return SignInOutput{}, ErrLink.WithMessage(string(refused.Reason)).Wrap(err)
	case err != nil:
		return SignInOutput{}, err
	}
	return SignInOutput{Token: &result.Session.Token, User: result.User}, nil
}

// identifyIDToken tells whose ID token it is that a client has brought. Everything that it returns has been verified but for
// the other tokens, which are the client's word.
func (in *installation) identifyIDToken(ctx context.Context, x *core.Exchange, one *provider.Provider, sent *IDTokenInput) (*provider.Identity, *oauth.Tokens, error) {
	if one.VerifyIDToken == nil {
		return nil, nil, ErrIDTokenNotSupported
	}
	if err := one.VerifyIDToken(ctx, in.client, sent.Token, text(sent.Nonce)); err != nil {
		return nil, nil, core.ErrInvalidToken.Wrap(err)
	}
	tokens := &oauth.Tokens{IDToken: sent.Token, AccessToken: text(sent.AccessToken), RefreshToken: text(sent.RefreshToken)}
	identity, err := one.UserInfo(ctx, in.client, provider.UserInfoRequest{
		Tokens: tokens, Nonce: text(sent.Nonce), IDTokenVerified: true, User: sent.User.object(),
	})
	if err != nil {
		return nil, nil, ErrNoUserInfo.Wrap(err)
	}
	if !usableEmail(x, identity.Email()) {
		x.Logger().WarnContext(ctx, "the provider gave no address", "provider", one.ID)
		return nil, nil, ErrNoEmail
	}
	return identity, tokens, nil
}

// text returns what an optional member says, or "".
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func isTrue(b *bool) bool { return b != nil && *b }
