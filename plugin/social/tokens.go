package social

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// AccountSelection is the body of the endpoints about one account of the caller: AccountID, or UseAccountCookie.
type AccountSelection struct {
	_ struct{} `wire:"strict"`

	// AccountID is the id of the row, as in /list-accounts.
	AccountID *string `json:"accountId"`
	// UseAccountCookie takes the account that the client has signed in with (core.Config.Account.StoreAccountCookie).
	UseAccountCookie *bool `json:"useAccountCookie"`
	// UserID is whose account it is, for calls in process without a session.
	UserID *string `json:"userId"`
}

// Refine makes zod's one issue for a union of what was found.
func (s *AccountSelection) Refine(found wire.Issues) wire.Issues {
	if len(found) == 0 && (s.AccountID != nil) != isTrue(s.UseAccountCookie) && (s.UseAccountCookie == nil || *s.UseAccountCookie) {
		return nil
	}
	return wire.Issues{{Part: wire.InBody, Message: "Invalid input"}}
}

// AccountQuery is the query of GET /account-info. The members are those of [AccountSelection].
type AccountQuery struct {
	_ struct{} `wire:"strict-query"`

	AccountID        *string     `query:"accountId"`
	UseAccountCookie *cookieFlag `query:"useAccountCookie"`
	UserID           *string     `query:"userId"`
}

// cookieFlag is true, which a query, being text, never says: only calls in process can ask for the cookie there.
type cookieFlag bool

// ReadJSON takes true.
func (f *cookieFlag) ReadJSON(v any) string {
	if v != true {
		return "Invalid input"
	}
	*f = true
	return ""
}

// Refine is that of [AccountSelection].
func (q *AccountQuery) Refine(found wire.Issues) wire.Issues {
	if len(found) == 0 && (q.AccountID != nil) != (q.UseAccountCookie != nil) {
		return nil
	}
	return wire.Issues{{Part: wire.InQuery, Message: "Invalid input"}}
}

// AccessTokenOutput is the answer of POST /get-access-token.
type AccessTokenOutput struct {
	AccessToken          string     `json:"accessToken"`
	AccessTokenExpiresAt *time.Time `json:"accessTokenExpiresAt,omitempty"`
	Scopes               []string   `json:"scopes"`
	IDToken              *string    `json:"idToken,omitempty"`
}

// RefreshTokenOutput is the answer of POST /refresh-token.
type RefreshTokenOutput struct {
	AccessToken           *string    `json:"accessToken,omitempty"`
	RefreshToken          string     `json:"refreshToken"`
	AccessTokenExpiresAt  *time.Time `json:"accessTokenExpiresAt,omitempty"`
	RefreshTokenExpiresAt *time.Time `json:"refreshTokenExpiresAt"`
	Scope                 *string    `json:"scope"`
	IDToken               *string    `json:"idToken"`
	ProviderID            string     `json:"providerId"`
	// AccountID is the id of the row.
	AccountID string `json:"accountId"`
}

// AccountInfoOutput is the answer of GET /account-info.
type AccountInfoOutput struct {
	// User is what the profile was mapped to, Data the profile itself.
	User    *wire.Object  `json:"user"`
	Data    *wire.Object  `json:"data"`
	Account AccountHandle `json:"account"`
}

// AccountHandle names an account.
type AccountHandle struct {
	ID         string `json:"id"`
	ProviderID string `json:"providerId"`
	// AccountID is the subject's id at the provider.
	AccountID string `json:"accountId"`
}

// errUnauthorized has no body, unlike core's.
var errUnauthorized = core.NewError(401, "", "")

// caller returns whose accounts a call is about: the session's user, or in process whom it names.
func caller(ctx context.Context, x *core.Exchange, userID *string) (string, error) {
	s, err := x.StoredSession(ctx)
	switch {
	case err != nil:
		return "", err
	case s != nil:
		return s.User.ID, nil
	case x.FromClient():
		return "", errUnauthorized
	case text(userID) == "":
		return "", ErrNoUser
	}
	return *userID, nil
}

// selected is an account that a call is about.
type selected struct {
	account    *model.Account
	fromCookie bool
}

func (in *installation) selectAccount(ctx context.Context, x *core.Exchange, s AccountSelection) (*selected, error) {
	userID, err := caller(ctx, x, s.UserID)
	if err != nil {
		return nil, err
	}
	if s.AccountID == nil {
		if acc := x.AccountCookie(); acc != nil && acc.UserID == userID {
			return &selected{acc, true}, nil
		}
		return nil, core.ErrAccountNotFound
	}
	acc, err := in.auth.FindAccount(ctx, userID, *s.AccountID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, core.ErrAccountNotFound
	}
	return &selected{&acc, false}, err
}

func (p *Plugin) accessToken(ctx context.Context, x *core.Exchange, in AccountSelection) (AccessTokenOutput, error) {
	inst := p.of(x)
	s, err := inst.selectAccount(ctx, x, in)
	if err != nil {
		return AccessTokenOutput{}, err
	}
	one := inst.load(ctx, x, s.account.ProviderID)
	if one == nil {
		return AccessTokenOutput{}, notSupported(s.account.ProviderID)
	}
	return inst.validToken(ctx, x, one, s)
}

func notSupported(id string) error {
	return ErrProviderNotSupported.WithMessage("Provider " + id + " is not supported.")
}

// almostExpired is how soon a token must run out to be replaced at once.
const almostExpired = 5 * time.Second

// validToken returns an account's access token, a new one if the one that is stored is about to run out.
func (in *installation) validToken(ctx context.Context, x *core.Exchange, one *provider.Provider, s *selected) (AccessTokenOutput, error) {
	acc := s.account
	due := acc.AccessTokenExpiresAt != nil && acc.AccessTokenExpiresAt.Sub(x.Now()) < almostExpired
	if due && text(acc.RefreshToken) != "" && one.Refresh != nil {
		renewed, err := in.renew(ctx, x, one, acc)
		if err != nil {
			return AccessTokenOutput{}, asClientError(err, ErrAccessToken)
		}
		acc = renewed.account
		x.SetAccountCookie(acc)
	}
	token, err := in.auth.OpenOAuthToken(text(acc.AccessToken))
	if err != nil {
		return AccessTokenOutput{}, ErrAccessToken.Wrap(err)
	}
	return AccessTokenOutput{
		AccessToken: token, AccessTokenExpiresAt: acc.AccessTokenExpiresAt, Scopes: splitScopes(acc.Scope), IDToken: acc.IDToken,
	}, nil
}

// providerError is a refresh that the provider refused, or that cannot be asked for.
type providerError struct{ error }

func (e *providerError) Unwrap() error { return e.error }

// asClientError answers a failed refresh with e. A breakdown of ours stays one.
func asClientError(err error, e *core.Error) error {
	var failed *providerError
	if errors.As(err, &failed) {
		return e.Wrap(err)
	}
	return err
}

func (p *Plugin) refreshToken(ctx context.Context, x *core.Exchange, in AccountSelection) (RefreshTokenOutput, error) {
	inst := p.of(x)
	s, err := inst.selectAccount(ctx, x, in)
	if err != nil {
		return RefreshTokenOutput{}, err
	}
	one := inst.load(ctx, x, s.account.ProviderID)
	switch {
	case one == nil:
		return RefreshTokenOutput{}, notSupported(s.account.ProviderID)
	case one.Refresh == nil:
		return RefreshTokenOutput{}, ErrRefreshNotSupported.WithMessage("Provider " + one.ID + " does not support token refreshing.")
	case text(s.account.RefreshToken) == "":
		return RefreshTokenOutput{}, ErrNoRefreshToken
	}
	renewed, err := inst.renew(ctx, x, one, s.account)
	if err != nil {
		return RefreshTokenOutput{}, asClientError(err, ErrRefresh)
	}
	acc := renewed.account
	if s.fromCookie {
		x.SetAccountCookie(acc)
	} else if kept := x.AccountCookie(); kept != nil && kept.ID == acc.ID && x.Hardened() { // it has tokens that are void now
		x.SetAccountCookie(acc)
	}
	refresh, err := inst.auth.OpenOAuthToken(text(acc.RefreshToken))
	if err != nil {
		return RefreshTokenOutput{}, ErrRefresh.Wrap(err)
	}
	out := RefreshTokenOutput{
		RefreshToken: refresh, RefreshTokenExpiresAt: acc.RefreshTokenExpiresAt, Scope: acc.Scope, IDToken: acc.IDToken,
		ProviderID: acc.ProviderID, AccountID: acc.ID,
	}
	if t := renewed.tokens; t.AccessToken != "" {
		out.AccessToken = &t.AccessToken
	}
	if t := renewed.tokens; !t.AccessTokenExpiresAt.IsZero() {
		out.AccessTokenExpiresAt = &t.AccessTokenExpiresAt
	}
	return out, nil
}

func (p *Plugin) accountInfo(ctx context.Context, x *core.Exchange, q AccountQuery) (*AccountInfoOutput, error) {
	inst := p.of(x)
	s, err := inst.selectAccount(ctx, x, AccountSelection{AccountID: q.AccountID, UserID: q.UserID})
	if err != nil {
		return nil, err
	}
	one := inst.load(ctx, x, s.account.ProviderID)
	if one == nil {
		return nil, ErrProviderNotConfigured
	}
	tokens, err := inst.validToken(ctx, x, one, s)
	if err != nil {
		return nil, err
	}
	if tokens.AccessToken == "" {
		return nil, ErrNoAccessToken
	}
	asked := &oauth.Tokens{AccessToken: tokens.AccessToken, IDToken: text(tokens.IDToken), Scopes: tokens.Scopes}
	if tokens.AccessTokenExpiresAt != nil {
		asked.AccessTokenExpiresAt = *tokens.AccessTokenExpiresAt
	}
	identity, err := one.UserInfo(ctx, inst.client, provider.UserInfoRequest{Tokens: asked})
	if err != nil || identity == nil {
		return nil, ErrNoUserInfo.Wrap(err)
	}
	return &AccountInfoOutput{
		User: identity.User, Data: identity.Profile, Account: AccountHandle{s.account.ID, s.account.ProviderID, s.account.AccountID},
	}, nil
}
