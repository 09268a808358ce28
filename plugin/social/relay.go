package social

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// What is in this file is for plugins that let the two ends of a redirect be on two servers, such as plugin/oauthproxy.

type (
	callbackBaseKey struct{} // of x.Value, for SetCallbackBase
	savedKey        struct{} // for SavedState
	foreignKey      struct{} // for LoadState
)

// SetCallbackBase makes the redirect that this call begins end at another server: base is its base URL, with the base path.
func SetCallbackBase(x *core.Exchange, base string) { x.SetValue(callbackBaseKey{}, base) }

// SavedState returns the state that this call has stored, as JSON, or "". It has the verifier in it: it must not leave the
// server but encrypted.
func SavedState(x *core.Exchange) string {
	s, _ := x.Value(savedKey{}).(string)
	return s
}

// ReadState reads a state as SavedState returns it. name is its oauthState, the value of the state parameter; another one's is
// an error.
func ReadState(text, name string) (*State, error) { return decodeState(text, name) }

// LoadState uses up a state of this server and returns it. foreign takes it from a browser that has no cookie for it.
func (p *Plugin) LoadState(ctx context.Context, x *core.Exchange, name string, foreign bool) (*State, error) {
	if foreign {
		x.SetValue(foreignKey{}, true)
	}
	return p.of(x).loadState(ctx, x, name)
}

// Identify does with a callback's code what the callback itself does: it checks issuer and nonce, exchanges the code and asks
// who it is. Its errors are for Fail.
func (p *Plugin) Identify(ctx context.Context, x *core.Exchange, one *provider.Provider, in *CallbackInput, s *State) (*provider.Identity, *oauth.Tokens, error) {
	if !s.isFor(one) {
		return nil, nil, &failure{code: codeStateMismatch}
	}
	identity, tokens, err := p.of(x).exchange(ctx, x, one, in, s)
	if err == nil && !usableEmail(x, identity.Email()) {
		err = &failure{code: codeNoEmail}
	}
	return identity, tokens, err
}

// Finish ends a callback: it links or signs in, as the state says, and returns the error that sends the browser on.
func (p *Plugin) Finish(ctx context.Context, x *core.Exchange, one *provider.Provider, identity *provider.Identity, tokens *oauth.Tokens, s *State) error {
	if !s.isFor(one) {
		return p.Fail(ctx, x, s.ErrorURL, &failure{code: codeStateMismatch})
	}
	redirect, err := p.of(x).finishCallback(ctx, x, one, identity, tokens, s)
	if err != nil {
		return p.Fail(ctx, x, s.ErrorURL, err)
	}
	return redirect
}

// FailureCode makes an error for Fail of a code.
func FailureCode(code string) error { return &failure{code: code} }

// Fail returns the error that sends the browser to the page for what went wrong: page, if that is trusted, or the default one.
func (p *Plugin) Fail(ctx context.Context, x *core.Exchange, page string, err error) error {
	var f *failure
	if !errors.As(err, &f) {
		x.Logger().ErrorContext(ctx, "the callback of a provider failed", "error", err)
		f = &failure{code: codeInternal}
	}
	own := *f
	own.page = page
	return own.redirect(ctx, x)
}

// SignUpDisabledBy reports whether a provider makes no new user at the end of a redirect.
func SignUpDisabledBy(one *provider.Provider, s *State) bool {
	return one.DisableSignUp || one.DisableImplicitSignUp && !s.RequestSignUp
}
