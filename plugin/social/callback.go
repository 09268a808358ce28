package social

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// CallbackInput is what a provider sends back, in the query of GET. A POST, which Apple makes, has the same in its body and is
// answered with a redirect to GET.
type CallbackInput struct {
	// ID is the provider's.
	ID string `path:"id"`

	Code             *string `query:"code"`
	Error            *string `query:"error"`
	DeviceID         *string `query:"device_id"`
	ErrorDescription *string `query:"error_description"`
	State            *string `query:"state"`
	User             *string `query:"user"`
	Issuer           *string `query:"iss"`

	CallbackForm
	_ struct{} `wire:"optional-body"`
}

// CallbackForm is the body of a callback by POST.
type CallbackForm struct {
	PostedCode             *string `json:"code"`
	PostedError            *string `json:"error"`
	PostedDeviceID         *string `json:"device_id"`
	PostedErrorDescription *string `json:"error_description"`
	PostedState            *string `json:"state"`
	PostedUser             *string `json:"user"`
	PostedIssuer           *string `json:"iss"`
}

// The codes of failures, in the contract's words. Those of [Reason] come besides.
const (
	codeStateNotFound    = "state_not_found"
	codeInternal         = "internal_server_error"
	codeNoCode           = "no_code"
	codeNoProvider       = "oauth_provider_not_found"
	codeIssuerMismatch   = "issuer_mismatch"
	codeNonceMissing     = "nonce_binding_missing"
	codeInvalidCode      = "invalid_code"
	codeNoUserInfo       = "unable_to_get_user_info"
	codeNoCallback       = "no_callback_url"
	codeNoEmail          = "email_not_found"
	codeStateMismatch    = "state_mismatch"
	codeStateInvalid     = "state_invalid"
	codeUnableToLink     = "unable_to_link_account"
	codeEmailDiffers     = "email_does_not_match"
	codeOtherUsers       = "account_already_linked_to_different_user"
	challengeParameter   = "challenge"
	descriptionParameter = "error_description"
)

// callback ends a redirect to a provider (formats.md §6.2). Whatever happens, the browser is sent on: nobody reads JSON here.
func (p *Plugin) callback(ctx context.Context, x *core.Exchange, in CallbackInput) (core.None, error) {
	if x.Method() == "POST" {
		return core.None{}, core.Redirect(in.again(x))
	}
	target, err := p.of(x).callback(ctx, x, &in)
	var broken *failure
	switch {
	case err == nil:
		return core.None{}, target
	case !errors.As(err, &broken):
		// Something is down. The state is used up, so that the user has to begin anew in any case.
		x.Logger().ErrorContext(ctx, "the callback of a provider failed", "provider", in.ID, "error", err)
		broken = &failure{code: codeInternal}
	case broken.cause != nil:
		x.Logger().Log(ctx, broken.level(), "a sign-in by a provider was refused", "provider", in.ID, "code", broken.code, "error", broken.cause)
	}
	return core.None{}, broken.redirect(ctx, x)
}

// again returns the URL of GET with everything that POST has brought.
func (in *CallbackInput) again(x *core.Exchange) string {
	var form oauth.Form
	for _, one := range []struct {
		name   string
		values [2]*string
	}{
		{"code", [2]*string{in.Code, in.PostedCode}},
		{"error", [2]*string{in.Error, in.PostedError}},
		{"device_id", [2]*string{in.DeviceID, in.PostedDeviceID}},
		{"error_description", [2]*string{in.ErrorDescription, in.PostedErrorDescription}},
		{"state", [2]*string{in.State, in.PostedState}},
		{"user", [2]*string{in.User, in.PostedUser}},
		{"iss", [2]*string{in.Issuer, in.PostedIssuer}},
	} {
		for _, v := range one.values {
			if v != nil {
				form.Add(one.name, *v)
				break
			}
		}
	}
	return redirectURI(x, in.ID) + "?" + form.Encode()
}

// failure is why a callback ends at the error page.
type failure struct {
	code, description string
	// page is where; empty for the default.
	page  string
	cause error
}

// level is that of the log: what a provider refuses may be a mistake in the configuration. Everything else anybody can cause.
func (f *failure) level() slog.Level {
	if f.code == codeInvalidCode || f.code == codeNoUserInfo {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

func (f *failure) Error() string { return "social: callback: " + f.code }
func (f *failure) Unwrap() error { return f.cause }

// redirect sends the browser to the page for the failure, or to the default one if that cannot be trusted.
func (f *failure) redirect(ctx context.Context, x *core.Exchange) error {
	params := []string{"error", f.code}
	if f.description != "" {
		params = append(params, descriptionParameter, f.description)
	}
	if f.page != "" && x.CheckCallback(ctx, f.page) == nil {
		if err := x.RedirectBack(ctx, f.page, params...); !errors.Is(err, core.ErrInvalidCallbackURL) {
			return err
		}
	}
	c := x.Auth().Config()
	page := c.Errors.URL // the app's own, which need not be of a trusted origin
	if page == "" {
		page = x.Link("/error")
	}
	return core.Redirect(origin.AppendQuery(page, params...))
}

// callback returns where to send the browser, as the error that does so.
func (in *installation) callback(ctx context.Context, x *core.Exchange, q *CallbackInput) (redirect, err error) {
	if q.State == nil && text(q.Code) != "" {
		if one := in.load(ctx, x, q.ID); one != nil && one.AllowIDPInitiated {
			url, err := in.begin(ctx, x, one, Start{})
			if err != nil {
				return nil, err
			}
			return core.Redirect(url), nil
		}
	}
	if text(q.State) == "" {
		return nil, &failure{code: codeStateNotFound}
	}
	state, err := in.loadState(ctx, x, *q.State)
	var broken *stateError
	if errors.As(err, &broken) {
		f := &failure{code: broken.code, cause: broken.cause}
		if broken.state != nil {
			f.page = broken.state.ErrorURL
		}
		return nil, f
	}
	if err != nil {
		return nil, err
	}
	redirect, err = in.arrive(ctx, x, q, state)
	var f *failure
	if err != nil && !errors.As(err, &f) {
		x.Logger().ErrorContext(ctx, "the callback of a provider failed", "provider", q.ID, "error", err)
		f = &failure{code: codeInternal}
		err = f
	}
	if f != nil {
		f.page = state.ErrorURL
	}
	return redirect, err
}

// arrive is for a callback that belongs to a state.
func (in *installation) arrive(ctx context.Context, x *core.Exchange, q *CallbackInput, state *State) (redirect, err error) {
	if text(q.Error) != "" {
		return nil, &failure{code: *q.Error, description: text(q.ErrorDescription)}
	}
	if text(q.Code) == "" {
		return nil, &failure{code: codeNoCode}
	}
	one := in.load(ctx, x, q.ID)
	if one == nil {
		return nil, &failure{code: codeNoProvider}
	}
	if !state.isFor(one) {
		return nil, &failure{code: codeStateMismatch, cause: errors.New("another provider's state")}
	}
	// Asked here, too, and before anything is done: what was trusted when the state was made need not be any more.
	if err := errors.Join(x.CheckCallback(ctx, state.CallbackURL), x.CheckCallback(ctx, state.NewUserURL)); err != nil {
		return nil, &failure{code: codeStateInvalid, cause: err}
	}
	identity, tokens, err := in.exchange(ctx, x, one, q, state)
	if err != nil {
		return nil, err
	}
	return in.finishCallback(ctx, x, one, identity, tokens, state)
}

// finishCallback links or signs in, and returns where to send the browser.
func (in *installation) finishCallback(ctx context.Context, x *core.Exchange, one *provider.Provider, identity *provider.Identity, tokens *oauth.Tokens, state *State) (redirect, err error) {
	if state.CallbackURL == "" {
		return nil, &failure{code: codeNoCallback}
	}
	if state.Link != nil {
		if err := in.linkCallback(ctx, x, one, identity, tokens, state.Link); err != nil {
			return nil, err
		}
		return x.RedirectBack(ctx, state.CallbackURL), nil
	}
	return in.signInCallback(ctx, x, one, identity, tokens, state)
}

// exchange turns the code into tokens and asks whose they are.
func (in *installation) exchange(ctx context.Context, x *core.Exchange, one *provider.Provider, q *CallbackInput, state *State) (*provider.Identity, *oauth.Tokens, error) {
	if iss := text(q.Issuer); iss != "" && one.Issuer != "" && iss != one.Issuer {
		return nil, nil, &failure{code: codeIssuerMismatch}
	}
	if one.RequireNonce && state.nonce == "" {
		return nil, nil, &failure{code: codeNonceMissing}
	}
	tokens, err := one.Exchange(ctx, in.client, provider.ExchangeRequest{
		Code: *q.Code, CodeVerifier: state.verifier, RedirectURI: redirectURI(x, one.ID), DeviceID: text(q.DeviceID),
	})
	if err != nil || tokens == nil {
		return nil, nil, &failure{code: codeInvalidCode, cause: err}
	}
	identity, err := one.UserInfo(ctx, in.client, provider.UserInfoRequest{
		Tokens: tokens, Nonce: state.nonce, User: parseUser(text(q.User)),
	})
	if err != nil || identity == nil || identity.Subject == "" {
		return nil, nil, &failure{code: codeNoUserInfo, cause: err}
	}
	return identity, tokens, nil
}

// maxUserDepth is how deep the object may nest that Apple sends along: a name has two levels.
const maxUserDepth = 8

// parseUser reads what Apple sends along; what is no object is nothing.
func parseUser(s string) *wire.Object {
	if s == "" {
		return nil
	}
	v, err := wire.Parse([]byte(s), wire.Limits{Depth: maxUserDepth})
	if err != nil {
		return nil
	}
	return asObject(v)
}

func (in *installation) signInCallback(ctx context.Context, x *core.Exchange, one *provider.Provider, identity *provider.Identity, tokens *oauth.Tokens, state *State) (redirect, err error) {
	if !usableEmail(x, identity.Email()) {
		x.Logger().WarnContext(ctx, "the provider gave no address", "provider", one.ID)
		return nil, &failure{code: codeNoEmail}
	}
	entered, err := in.enter(ctx, x, Entry{
		ProviderID: one.ID, Identity: identity, Tokens: tokens, CallbackURL: state.CallbackURL,
		DisableSignUp:    SignUpDisabledBy(one, state),
		OverrideUserInfo: one.OverrideUserInfo, RequireEmailVerification: one.RequireEmailVerification,
	})
	var challenge *core.Challenge
	switch {
	case errors.As(err, &challenge):
		// The browser has what it needs for the further step in its cookies; the app's page has to ask for it.
		return x.RedirectBack(ctx, state.CallbackURL, challengeParameter, challenge.Method), nil
	case err != nil:
		return nil, asFailure(err)
	case entered.Created && state.NewUserURL != "":
		return x.RedirectBack(ctx, state.NewUserURL), nil
	}
	return x.RedirectBack(ctx, state.CallbackURL), nil
}

// asFailure turns what Enter returns into a failure of the callback. What is a breakdown stays one.
func asFailure(err error) error {
	var refused *Refusal
	var client *core.Error
	switch {
	case errors.As(err, &refused):
		return &failure{code: refused.Reason.code(), cause: refused.cause}
	case errors.As(err, &client) && client.Code != "" && client.Status < 500:
		return &failure{code: client.Code, description: client.Message}
	}
	return err
}

// code is the reason as it stands in a redirect.
func (r Reason) code() string { return strings.ReplaceAll(string(r), " ", "_") }

// usableEmail reports whether an address can be that of a user.
func usableEmail(x *core.Exchange, email string) bool {
	return email != "" && (!x.Hardened() || core.ValidEmail(core.NormalizeEmail(email)))
}
