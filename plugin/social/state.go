package social

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// State is what a redirect to a provider remembers until the browser comes back.
type State struct {
	CallbackURL, ErrorURL, NewUserURL string
	// Link says that a signed-in user asked for the account to be linked. Nil: somebody signs in.
	Link          *LinkState
	RequestSignUp bool
	// Data is what the client sent as additionalData. It is the client's word.
	Data *wire.Object
	// Context is what plugins have put there with [SetContext]: the client could not.
	Context *wire.Object

	verifier, nonce, provider string
	requestSignUp             wire.Opt[bool]
	expiresAt                 time.Time
}

// isFor reports whether a state can be one of a redirect to a provider. Those of better-auth do not say.
func (s *State) isFor(one *provider.Provider) bool { return s.provider == "" || s.provider == one.ID }

// LinkState is who asked for a link.
type LinkState struct {
	UserID, Email string
	// session is the token of the session in which it was asked for, encrypted.
	session string
}

// The lifetimes of a state and of the cookie that binds it to a browser (formats.md §6.1).
const (
	stateLifetime       = 10 * time.Minute
	stateCookieLifetime = 5 * time.Minute
)

const statePrefix = "auth-state:"

// The names of the keys for ciphertexts (formats.md §6.1).
const (
	stateCookiePurpose = "oauth-state-cookie"
	linkPurpose        = "oauth-link-session-token"
)

// providerMember is where a state of ours says for which provider it is. better-auth has no such member, and ignores it.
const providerMember = "providerId"

// internal are the members of a state that the client cannot set.
var internal = []string{
	"callbackURL", "codeVerifier", "errorURL", "newUserURL", "expiresAt", "oauthState", "link", "requestSignUp",
	"idTokenNonce", "serverContext", providerMember,
}

// contextKey is the key of x.Value for the server's part of a state.
type contextKey struct{}

// SetContext puts something into the state of the redirect that this call is about to begin: after the callback it is in
// [State.Context]. Call it in a hook before the endpoint. Unlike additionalData it cannot come from a client.
func SetContext(x *core.Exchange, name string, value any) {
	o, _ := x.Value(contextKey{}).(*wire.Object)
	if o == nil {
		o = wire.NewObject()
		x.SetValue(contextKey{}, o)
	}
	o.Set(name, value)
}

// stateKey is the key of x.Value for the state of a callback.
type stateKey struct{}

// StateOf returns the state that a callback has brought back, for hooks after it, or nil if it has not been read.
func StateOf(x *core.Exchange) *State {
	s, _ := x.Value(stateKey{}).(*State)
	return s
}

// encode writes the state as better-auth does.
func (s *State) encode(state string) (string, error) {
	o := wire.NewObject()
	if s.Data != nil {
		for name, v := range s.Data.All() {
			if !slices.Contains(internal, name) {
				o.Set(name, v)
			}
		}
	}
	o.Set("callbackURL", s.CallbackURL)
	o.Set("codeVerifier", s.verifier)
	text := func(name, value string) {
		if value != "" {
			o.Set(name, value)
		}
	}
	text("errorURL", s.ErrorURL)
	text("newUserURL", s.NewUserURL)
	if s.Link != nil {
		link := wire.NewObject()
		link.Set("userId", s.Link.UserID)
		link.Set("email", s.Link.Email)
		link.Set("encryptedSessionToken", s.Link.session)
		o.Set("link", link)
	}
	if s.Context.Len() > 0 {
		o.Set("serverContext", s.Context)
	}
	o.Set("expiresAt", float64(s.expiresAt.UnixMilli()))
	if v, ok := s.requestSignUp.Get(); ok {
		o.Set("requestSignUp", v)
	}
	text("idTokenNonce", s.nonce)
	text(providerMember, s.provider)
	o.Set("oauthState", state)
	out, err := wire.Append(nil, o)
	return string(out), err
}

var errState = errors.New("social: malformed state")

// decodeState reads what encode, or better-auth, has written, and checks that it is the state that was asked for.
func decodeState(text, state string) (*State, error) {
	v, err := wire.Parse([]byte(text), wire.Limits{Depth: maxStateDepth})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errState, err)
	}
	o, ok := v.(*wire.Object)
	if !ok {
		return nil, errState
	}
	s := &State{
		CallbackURL: provider.Text(o, "callbackURL"), ErrorURL: provider.Text(o, "errorURL"), NewUserURL: provider.Text(o, "newUserURL"),
		verifier: provider.Text(o, "codeVerifier"), nonce: provider.Text(o, "idTokenNonce"), provider: provider.Text(o, providerMember),
		Data: wire.NewObject(),
	}
	expires, ok := o.Get("expiresAt")
	ms, isNumber := expires.(float64)
	if !ok || !isNumber || math.Abs(ms) > maxDate || s.verifier == "" || provider.Text(o, "oauthState") == "" {
		return nil, errState
	}
	s.expiresAt = time.UnixMilli(int64(ms))
	if v, ok := o.Get("requestSignUp"); ok {
		s.RequestSignUp = v == true
	}
	if v, ok := o.Get("link"); ok {
		link, ok := v.(*wire.Object)
		if !ok {
			return nil, errState
		}
		s.Link = &LinkState{provider.Text(link, "userId"), provider.Text(link, "email"), provider.Text(link, "encryptedSessionToken")}
	}
	if v, ok := o.Get("serverContext"); ok {
		if s.Context, ok = v.(*wire.Object); !ok {
			return nil, errState
		}
	}
	for name, v := range o.All() {
		if !slices.Contains(internal, name) {
			s.Data.Set(name, v)
		}
	}
	if subtle.ConstantTimeCompare([]byte(provider.Text(o, "oauthState")), []byte(state)) != 1 {
		return s, errMismatch
	}
	return s, nil
}

// maxDate is the last moment that JavaScript's dates can name, in milliseconds.
const maxDate = 8.64e15

// maxStateDepth leaves room for what a request body may nest.
const maxStateDepth = 80

var errMismatch = errors.New("social: the state is not the one that was asked for")

// saveState stores a state and returns its name.
func (in *installation) saveState(ctx context.Context, x *core.Exchange, s *State) (string, error) {
	c := in.auth.Config()
	state := secret.String(32)
	s.expiresAt = x.Now().Add(stateLifetime)
	value, err := s.encode(state)
	if err != nil {
		return "", fmt.Errorf("social: state: %w", err)
	}
	x.SetValue(savedKey{}, value)
	if c.Account.StateInCookie() {
		sealed := stateCookie(x)
		sealed.Value = in.auth.Keys().Purpose(stateCookiePurpose).Encrypt(value)
		x.SetCookie(sealed)
		return state, nil
	}
	if err := in.auth.CreateVerification(ctx, statePrefix+state, value, stateLifetime); err != nil {
		return "", err
	}
	binding := bindingCookie(x)
	binding.Value = state
	x.SetSignedCookie(binding)
	return state, nil
}

func stateCookie(x *core.Exchange) cookie.Cookie {
	age := cookie.For(stateLifetime)
	return x.NewCookie("oauth_state", cookie.Patch{MaxAge: &age})
}

func bindingCookie(x *core.Exchange) cookie.Cookie {
	age := cookie.For(stateCookieLifetime)
	return x.NewCookie("state", cookie.Patch{MaxAge: &age})
}

// stateError says why a state cannot be used: a code for the error page, and the page if the state says which.
type stateError struct {
	code  string
	state *State
	cause error
}

func (e *stateError) Error() string { return "social: " + e.code + ": " + e.cause.Error() }
func (e *stateError) Unwrap() error { return e.cause }

// loadState uses a state up. Every error but one of the store's is a *stateError.
func (in *installation) loadState(ctx context.Context, x *core.Exchange, state string) (*State, error) {
	c := in.auth.Config()
	load := in.loadFromDatabase
	if c.Account.StateInCookie() {
		load = in.loadFromCookie
	}
	if _, skip := x.Value(foreignKey{}).(bool); skip {
		c.Account.SkipStateCookieCheck = true
	}
	s, err := load(ctx, x, state, &c)
	if err != nil {
		return nil, err
	}
	now := x.Now()
	if !x.Hardened() {
		now = now.Add(-time.Millisecond) // the very millisecond of expiry is still good, as upstream has it
	}
	if !now.Before(s.expiresAt) {
		return nil, &stateError{codeStateMismatch, s, errors.New("expired")}
	}
	x.SetValue(stateKey{}, s)
	return s, nil
}

// loadFromDatabase looks at the cookie first: whoever has somebody else's state must not use it up.
func (in *installation) loadFromDatabase(ctx context.Context, x *core.Exchange, state string, c *core.Config) (*State, error) {
	binding := bindingCookie(x)
	own, _ := x.SignedCookie(binding)
	if subtle.ConstantTimeCompare([]byte(own), []byte(state)) != 1 && !c.Account.SkipStateCookieCheck {
		value, err := in.auth.PeekVerification(ctx, statePrefix+state)
		if err != nil {
			return nil, noState(err)
		}
		s, _ := decodeState(value, state)
		return nil, &stateError{codeStateMismatch, s, errors.New("another browser's state")}
	}
	value, err := in.auth.ConsumeToken(ctx, statePrefix+state)
	if err != nil {
		return nil, noState(err)
	}
	s, err := decodeState(value, state)
	switch {
	case errors.Is(err, errMismatch):
		return nil, &stateError{codeStateMismatch, s, err}
	case err != nil:
		return nil, &stateError{codeInternal, nil, err}
	}
	x.ExpireCookie(binding)
	return s, nil
}

func noState(err error) error {
	if errors.Is(err, core.ErrNoVerification) {
		return &stateError{codeStateMismatch, nil, err}
	}
	return err
}

// usedPrefix is for states that were in a cookie and have been used: the browser drops the cookie, but a copy of it could
// be sent again.
const usedPrefix = "auth-state-used:"

func (in *installation) loadFromCookie(ctx context.Context, x *core.Exchange, state string, _ *core.Config) (*State, error) {
	sealed := stateCookie(x)
	raw, ok := x.Cookie(sealed.Name)
	if !ok || raw == "" {
		return nil, &stateError{codeStateMismatch, nil, errors.New("no cookie")}
	}
	value, err := in.auth.Keys().Purpose(stateCookiePurpose).Decrypt(raw)
	if err != nil {
		return nil, &stateError{codeStateInvalid, nil, err}
	}
	s, err := decodeState(value, state)
	switch {
	case errors.Is(err, errMismatch):
		return nil, &stateError{codeStateMismatch, s, err}
	case err != nil:
		return nil, &stateError{codeStateInvalid, nil, err}
	}
	x.ExpireCookie(sealed)
	if x.Hardened() {
		first, err := in.auth.ReserveVerification(ctx, usedPrefix+state, "", stateLifetime)
		switch {
		case errors.Is(err, core.ErrReserveNeedsDatabase): // the provider's code is still good only once
		case err != nil:
			return nil, err
		case !first:
			return nil, &stateError{codeStateMismatch, s, errors.New("used before")}
		}
	}
	return s, nil
}
