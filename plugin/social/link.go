package social

import (
	"context"
	"errors"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// LinkInput is the body of POST /link-social. The members are those of [SignInInput].
type LinkInput struct {
	CallbackURL      *string       `json:"callbackURL"`
	Provider         ProviderID    `json:"provider"`
	IDToken          *IDTokenInput `json:"idToken"`
	RequestSignUp    *bool         `json:"requestSignUp"`
	Scopes           []string      `json:"scopes" optional:"true"`
	ErrorCallbackURL *string       `json:"errorCallbackURL"`
	DisableRedirect  *bool         `json:"disableRedirect"`
	LoginHint        *string       `json:"loginHint"`
	AdditionalParams Params        `json:"additionalParams" optional:"true"`
	AdditionalData   *wire.Object  `json:"additionalData" optional:"true"`
}

// LinkOutput is the answer of POST /link-social: the URL to go to, or Status for an ID token, which is linked at once.
type LinkOutput struct {
	URL      string `json:"url"`
	Status   *bool  `json:"status,omitempty"`
	Redirect bool   `json:"redirect"`
}

func (p *Plugin) link(ctx context.Context, x *core.Exchange, in LinkInput) (LinkOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return LinkOutput{}, err
	}
	inst := p.of(x)
	one := inst.load(ctx, x, string(in.Provider))
	if one == nil {
		return LinkOutput{}, ErrProviderNotFound
	}
	if in.IDToken != nil {
		if err := inst.linkIDToken(ctx, x, one, in.IDToken, s.User); err != nil {
			return LinkOutput{}, err
		}
		done := true
		return LinkOutput{Status: &done}, nil
	}
	url, err := inst.begin(ctx, x, one, Start{
		CallbackURL: text(in.CallbackURL), ErrorURL: text(in.ErrorCallbackURL), RequestSignUp: in.RequestSignUp,
		link: &LinkState{
			UserID: s.User.ID, Email: s.User.Email,
			session: inst.auth.Keys().Purpose(linkPurpose).Encrypt(s.Session.Token),
		},
		Scopes: in.Scopes, LoginHint: text(in.LoginHint), Params: orderedParams(x, in.AdditionalParams), Data: in.AdditionalData,
	})
	if err != nil {
		return LinkOutput{}, err
	}
	out := LinkOutput{URL: url, Redirect: !isTrue(in.DisableRedirect)}
	if out.Redirect {
		x.SetHeader("Location", url)
	}
	return out, nil
}

// linkError is why an account cannot be linked: for a redirect and as an answer.
type linkError struct {
	code   string
	answer *core.Error
}

func (r *linkError) Error() string { return "social: " + r.code }

var (
	errLinking      = &linkError{codeUnableToLink, ErrLinkingNotAllowed}
	errEmailDiffers = &linkError{codeEmailDiffers, ErrDifferentEmails}
	errOtherUser    = &linkError{codeOtherUsers, ErrAlreadyLinked}
)

// linkCallback links the account to the user who has asked for it, if the session in which they did is still there.
func (in *installation) linkCallback(ctx context.Context, x *core.Exchange, one *provider.Provider, identity *provider.Identity, tokens *oauth.Tokens, l *LinkState) error {
	live, err := in.live(ctx, x, l)
	if err != nil {
		return err
	}
	if !live {
		return &failure{code: codeUnableToLink, cause: errors.New("the session in which it was asked for is over")}
	}
	e := &Entry{ProviderID: one.ID, Identity: identity, Tokens: tokens}
	if err := x.ValidateUser(ctx, e.candidate("link-account", &model.User{ID: l.UserID})); err != nil {
		return asFailure(err)
	}
	err = in.attach(ctx, x, e, l.UserID, l.Email, linkRedirect)
	var refused *linkError
	switch {
	case errors.As(err, &refused):
		return &failure{code: refused.code}
	case errors.Is(err, core.ErrRefused), errors.Is(err, store.ErrNotFound):
		return &failure{code: codeUnableToLink, cause: err}
	}
	return err
}

// live reports whether the session in which a link was asked for is still there and that user's.
func (in *installation) live(ctx context.Context, x *core.Exchange, l *LinkState) (bool, error) {
	if in.auth.Config().Session.Stateless {
		s, err := x.Session(ctx)
		return s != nil && s.User.ID == l.UserID, err
	}
	if l.session == "" {
		return !x.Hardened(), nil // better-auth has made such states
	}
	token, err := in.auth.Keys().Purpose(linkPurpose).Decrypt(l.session)
	if err != nil {
		return false, nil //nolint:nilerr // it is nobody's session
	}
	s, err := in.auth.FindSession(ctx, token)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.User.ID == l.UserID && x.Now().Before(s.Session.ExpiresAt), err
}

// linkIDToken links the account whose ID token a client has brought to its user.
func (in *installation) linkIDToken(ctx context.Context, x *core.Exchange, one *provider.Provider, sent *IDTokenInput, user *model.User) error {
	identity, tokens, err := in.identifyIDToken(ctx, x, one, sent)
	if err != nil {
		return err
	}
	e := &Entry{ProviderID: one.ID, Identity: identity, Tokens: tokens}
	if x.Hardened() { // better-auth asks here only where a redirect links
		if err := x.ValidateUser(ctx, e.candidate("link-account", user)); err != nil {
			return err
		}
	}
	err = in.attach(ctx, x, e, user.ID, user.Email, linkByIDToken)
	var refused *linkError
	switch {
	case errors.As(err, &refused):
		return refused.answer
	case errors.Is(err, core.ErrRefused), errors.Is(err, store.ErrNotFound):
		return ErrLinkingFailed.Wrap(err)
	}
	return err
}

// The two ways to link differ in what they look at first and in what becomes of scopes.
type linkWay uint8

const (
	linkRedirect linkWay = iota
	linkByIDToken
)

// attach gives a user an account, or the account they have new tokens.
func (in *installation) attach(ctx context.Context, x *core.Exchange, e *Entry, userID, email string, way linkWay) error {
	if e.Identity.Subject == "" {
		return errors.New("social: an identity without a subject is nobody's")
	}
	c := in.auth.Config().Account.Linking
	trusted, err := in.trusts(ctx, x, e.ProviderID)
	if err != nil {
		return err
	}
	allowed := func() error {
		switch {
		case c.Disabled || !trusted && !e.Identity.EmailVerified():
			return errLinking
		case core.NormalizeEmail(e.Identity.Email()) != core.NormalizeEmail(email) && !c.AllowDifferentEmails:
			return errEmailDiffers
		}
		return nil
	}
	if way == linkRedirect {
		if err := allowed(); err != nil {
			return err
		}
	}
	return in.auth.Store().InTx(ctx, func(ctx context.Context) error {
		user, err := in.auth.LockUser(ctx, userID)
		if err != nil {
			return err
		}
		acc, _, err := in.auth.FindAccountOwner(ctx, e.ProviderID, e.Identity.Subject)
		switch {
		case err == nil && acc.UserID != userID, errors.Is(err, core.ErrOrphanedAccount):
			return errOtherUser
		case err == nil:
			err = in.refreshLinked(ctx, acc, e.Tokens, way)
		case errors.Is(err, store.ErrNotFound):
			if way == linkByIDToken {
				if err := allowed(); err != nil {
					return err
				}
			}
			_, err = in.auth.CreateAccount(ctx, in.account(e, userID))
			if errors.Is(err, store.ErrConflict) { // somebody else was faster
				return errOtherUser
			}
			x.Emit(ctx, core.AccountLinked{UserID: userID, Provider: e.ProviderID})
		}
		if err != nil {
			return err
		}
		if c.UpdateUserInfo {
			_, err = in.updateProfile(ctx, x, e.Identity, user)
		}
		return err
	})
}

// refreshLinked stores new tokens in an account that is linked already. What was granted before stays granted.
func (in *installation) refreshLinked(ctx context.Context, acc *model.Account, t *oauth.Tokens, way linkWay) error {
	set := in.tokenColumns(t)
	if way == linkRedirect {
		if merged := oauth.MergeScopes(text(acc.Scope), t.Scopes); merged != "" {
			set["scope"] = merged
		}
	}
	return in.auth.UpdateAccount(ctx, acc.ID, set)
}

// splitScopes reads the stored form of scopes. It is never nil.
func splitScopes(stored *string) []string {
	out := []string{}
	for s := range strings.SplitSeq(text(stored), ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
