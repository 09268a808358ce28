package social

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// Entry is somebody whom a provider has identified and who wants to come in.
type Entry struct {
	// ProviderID and Identity.Subject are who it is. Identity.User has an address.
	ProviderID string
	Identity   *provider.Identity
	// Tokens are stored with the account.
	Tokens *oauth.Tokens
	// CallbackURL is where a link to verify the address leads in the end.
	CallbackURL string
	// DisableSignUp, OverrideUserInfo and RequireEmailVerification are as in [provider.Provider].
	DisableSignUp, OverrideUserInfo, RequireEmailVerification bool
}

// Entered is somebody who has come in.
type Entered struct {
	Session *model.Session
	User    *model.User
	// Created says that the user is new.
	Created bool
}

// Reason is why somebody was not let in, in the contract's words.
type Reason string

// The reasons. In a redirect they stand with underscores for spaces.
const (
	NotLinked       Reason = "account not linked"
	UnableToLink    Reason = "unable to link account"
	SignUpDisabled  Reason = "signup disabled"
	UnableToCreate  Reason = "unable to create user"
	UnableToUpdate  Reason = "unable to update account"
	UnableToSession Reason = "unable to create session"
	// EmailNotVerified has its underscores in JSON, too.
	EmailNotVerified Reason = "email_not_verified"
)

// Refusal is the error that says why somebody was not let in.
type Refusal struct { //nolint:errname // it is an answer first
	Reason Reason
	cause  error
}

// Error says why.
func (r *Refusal) Error() string {
	if r.cause != nil {
		return "social: " + string(r.Reason) + ": " + r.cause.Error()
	}
	return "social: " + string(r.Reason)
}

// Unwrap returns what went wrong beneath, or nil.
func (r *Refusal) Unwrap() error { return r.cause }

func refuse(reason Reason, cause error) error { return &Refusal{reason, cause} }

// Enter signs somebody in whom a provider has identified, by the rules of formats.md §6.3: it finds their user by the account,
// or by the address where Config.Account.Linking lets it, or makes one; stores the tokens; and completes the sign-in.
//
// It returns a *[Refusal] where the rules say no, a [*core.Error] of Config.User.Validate or of a sign-in step, a
// [*core.Challenge], or an error that is a breakdown.
func (p *Plugin) Enter(ctx context.Context, x *core.Exchange, e Entry) (*Entered, error) {
	return p.of(x).enter(ctx, x, e)
}

// maxAttempts is how often a decision is made anew because somebody else has changed what it was based on. One request that
// is faster is enough to change the outcome, and a second to change it back.
const maxAttempts = 4

func (in *installation) enter(ctx context.Context, x *core.Exchange, e Entry) (*Entered, error) {
	if e.Identity.Subject == "" {
		return nil, errors.New("social: an identity without a subject is nobody's")
	}
	for attempt := 1; ; attempt++ {
		out, err := in.tryEnter(ctx, x, &e)
		if err == nil || attempt == maxAttempts || !errors.Is(err, store.ErrConflict) && !errors.Is(err, errChanged) {
			return out, err
		}
	}
}

// errChanged says that what a decision was based on is no longer so.
var errChanged = errors.New("social: somebody else was faster")

func (in *installation) tryEnter(ctx context.Context, x *core.Exchange, e *Entry) (*Entered, error) {
	acc, user, err := in.auth.FindAccountOwner(ctx, e.ProviderID, e.Identity.Subject)
	switch {
	case err == nil:
		return in.enterKnown(ctx, x, e, acc, user)
	case errors.Is(err, core.ErrOrphanedAccount):
		return nil, refuse(UnableToLink, err)
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	user, err = in.auth.FindUserByEmail(ctx, e.Identity.Email())
	switch {
	case err == nil:
		return in.enterLinked(ctx, x, e, user)
	case errors.Is(err, store.ErrNotFound):
		return in.enterNew(ctx, x, e)
	}
	return nil, err
}

// enterKnown signs in a user who has the account.
func (in *installation) enterKnown(ctx context.Context, x *core.Exchange, e *Entry, acc *model.Account, user *model.User) (*Entered, error) {
	if err := x.ValidateUser(ctx, e.candidate("sign-in", user)); err != nil {
		return nil, err
	}
	c := in.auth.Config()
	set := store.Record{}
	if !c.Account.KeepTokens {
		set = in.tokenColumns(e.Tokens) // but not the scope, which only linking changes
		set["updatedAt"] = x.Now()
	}
	applyTokens(acc, set)
	x.SetAccountCookie(acc)
	if len(set) > 0 {
		if err := in.auth.UpdateAccount(ctx, acc.ID, set); err != nil {
			if errors.Is(err, store.ErrNotFound) {
				return nil, refuse(UnableToUpdate, err)
			}
			return nil, err
		}
	}
	user, err := in.verifyLocal(ctx, x, e, user)
	if err != nil {
		return nil, err
	}
	if e.OverrideUserInfo {
		user = in.override(ctx, x, e, user)
	}
	return in.finish(ctx, x, e, user, false)
}

// verifyLocal marks the address of a user as verified if the provider vouches for it.
func (in *installation) verifyLocal(ctx context.Context, x *core.Exchange, e *Entry, user *model.User) (*model.User, error) {
	if user.EmailVerified || !e.Identity.EmailVerified() || core.NormalizeEmail(e.Identity.Email()) != user.Email {
		return user, nil
	}
	updated, err := in.auth.UpdateUser(ctx, user.ID, store.Record{"emailVerified": true})
	if err == nil {
		x.Emit(ctx, core.EmailVerified{UserID: user.ID, Email: user.Email})
	}
	return updated, err
}

// override writes what the provider says to the user. What cannot be written leaves the user as they are: it is no reason to
// keep them out.
func (in *installation) override(ctx context.Context, x *core.Exchange, e *Entry, user *model.User) *model.User {
	set, err := in.profileColumns(x, e.Identity)
	if err == nil {
		email := core.NormalizeEmail(e.Identity.Email())
		set["email"] = email
		set["emailVerified"] = e.Identity.EmailVerified() || email == user.Email && user.EmailVerified
		var updated *model.User
		if updated, err = in.auth.UpdateUser(ctx, user.ID, set); err == nil {
			if updated.Email != user.Email {
				x.Emit(ctx, core.EmailChanged{UserID: user.ID, Old: user.Email, New: updated.Email})
			}
			return updated
		}
	}
	x.Logger().WarnContext(ctx, "what the provider says could not be written to the user", "provider", e.ProviderID, "error", err)
	return user
}

// enterLinked links the account to the user who has its address, if that may be done without asking, and signs in.
func (in *installation) enterLinked(ctx context.Context, x *core.Exchange, e *Entry, user *model.User) (*Entered, error) {
	c := in.auth.Config()
	trusted, err := in.trusts(ctx, x, e.ProviderID)
	if err != nil {
		return nil, err
	}
	if !mayLink(&c.Account.Linking, trusted, e.Identity.EmailVerified(), user.EmailVerified) {
		x.Logger().DebugContext(ctx, "a user has the address, but the account is not to be linked without asking", "provider", e.ProviderID)
		return nil, refuse(NotLinked, nil)
	}
	if err := x.ValidateUser(ctx, e.candidate("link-account", user)); err != nil {
		return nil, err
	}
	var out *Entered
	var outcome error
	err = in.auth.Store().InTx(ctx, func(ctx context.Context) error {
		locked, err := in.auth.LockUser(ctx, user.ID)
		if err != nil {
			return gone(err)
		}
		if locked.EmailVerified != user.EmailVerified || locked.Email != user.Email {
			return errChanged
		}
		if _, _, err := in.auth.FindAccountOwner(ctx, e.ProviderID, e.Identity.Subject); !errors.Is(err, store.ErrNotFound) {
			return errors.Join(errChanged, err)
		}
		if user, err = in.claim(ctx, x, e, locked); err != nil {
			return err
		}
		acc, err := in.auth.CreateAccount(ctx, in.account(e, user.ID))
		if err != nil {
			return err
		}
		if c.Account.Linking.UpdateUserInfo {
			if user, err = in.updateProfile(ctx, x, e.Identity, user); err != nil {
				return err
			}
		}
		if e.OverrideUserInfo {
			user = in.override(ctx, x, e, user)
		}
		x.Emit(ctx, core.AccountLinked{UserID: user.ID, Provider: e.ProviderID})
		out, outcome = in.finishInTx(ctx, x, e, user, &acc, false)
		return undo(outcome)
	})
	if err != nil {
		return nil, err
	}
	return out, outcome
}

// mayLink is the table of formats.md §6.3.
func mayLink(c *core.LinkingConfig, trusted, providerVerified, localVerified bool) bool {
	return !c.Disabled && !c.DisableImplicit && (trusted || providerVerified) && (localVerified || c.AllowUnverifiedLocal)
}

// claim is for a user who is about to be entered by an account that was not theirs before. If their address was never
// verified, whoever made the user may be somebody else, who must not stay.
func (in *installation) claim(ctx context.Context, x *core.Exchange, e *Entry, user *model.User) (*model.User, error) {
	switch {
	case user.EmailVerified:
		return user, nil
	case !x.Hardened():
		return in.verifyLocal(ctx, x, e, user)
	case e.Identity.EmailVerified():
		return x.ProveMailbox(ctx, user.ID)
	}
	if err := in.auth.DeleteAccounts(ctx, user.ID); err != nil {
		return nil, err
	}
	return user, in.auth.DeleteSessions(ctx, user.ID)
}

// enterNew makes user and account, all or nothing, and signs in.
func (in *installation) enterNew(ctx context.Context, x *core.Exchange, e *Entry) (*Entered, error) {
	if e.DisableSignUp {
		return nil, refuse(SignUpDisabled, nil)
	}
	extra, err := in.auth.UserInput(in.writable(e.Identity), true)
	if err != nil {
		return nil, err
	}
	candidate := e.candidate("create-user", nil)
	candidate.User.Set("createdAt", x.Now())
	candidate.User.Set("updatedAt", x.Now())
	if err := x.ValidateUser(ctx, candidate); err != nil {
		return nil, err
	}
	name, image := bounded(x, e.Identity)
	var out *Entered
	var outcome error
	err = in.auth.Store().InTx(ctx, func(ctx context.Context) error {
		user, err := in.auth.CreateUser(ctx, model.User{
			Name: name, Image: image, Email: e.Identity.Email(), EmailVerified: e.Identity.EmailVerified(), Extra: extra,
		})
		if err != nil {
			return err
		}
		acc, err := in.auth.CreateAccount(ctx, in.account(e, user.ID))
		if err != nil {
			return err
		}
		x.Emit(ctx, core.SignedUp{User: user, Method: e.ProviderID})
		out, outcome = in.finishInTx(ctx, x, e, user, &acc, true)
		return undo(outcome)
	})
	switch {
	case err == nil:
		return out, outcome
	case errors.Is(err, store.ErrConflict): // somebody else has made the same user or account: there is one now
		return nil, err
	case errors.Is(err, core.ErrFailedToCreateUser):
		return nil, refuse(UnableToCreate, err)
	}
	return nil, err
}

// undo says whether a transaction is to be undone because of how a sign-in ended: not by a further step that is asked for or
// an address that is to be verified first, after which the user goes on from what is stored.
func undo(outcome error) error {
	var challenge *core.Challenge
	var refused *Refusal
	if errors.As(outcome, &challenge) || errors.As(outcome, &refused) {
		return nil
	}
	return outcome
}

// finishInTx sends the account's cookie once the transaction has committed, and finishes.
func (in *installation) finishInTx(ctx context.Context, x *core.Exchange, e *Entry, user *model.User, acc *model.Account, created bool) (*Entered, error) {
	err := store.AfterCommit(ctx, func(context.Context) error {
		x.SetAccountCookie(acc)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return in.finish(ctx, x, e, user, created)
}

// finish sends the mails that are due and completes the sign-in.
func (in *installation) finish(ctx context.Context, x *core.Exchange, e *Entry, user *model.User, created bool) (*Entered, error) {
	c := in.auth.Config().EmailVerification
	if !user.EmailVerified {
		sends := c.SendOnSignUp == core.On || c.SendOnSignUp == core.Default && e.RequireEmailVerification
		if created && sends || !created && e.RequireEmailVerification && c.SendOnSignIn {
			x.SendVerificationEmail(ctx, user, e.CallbackURL)
		}
		if e.RequireEmailVerification {
			return nil, refuse(EmailNotVerified, nil)
		}
	}
	session, err := x.CompleteSignIn(ctx, core.SignIn{User: user, Method: e.ProviderID})
	if errors.Is(err, core.ErrFailedToCreateSession) {
		return nil, refuse(UnableToSession, err)
	}
	if err != nil {
		return nil, err
	}
	return &Entered{Session: session, User: user, Created: created}, nil
}

// trusts reports whether a provider is among the trusted ones.
func (in *installation) trusts(ctx context.Context, x *core.Exchange, id string) (bool, error) {
	c := in.auth.Config().Account.Linking
	if slices.Contains(c.TrustedProviders, id) {
		return true, nil
	}
	if c.TrustedProvidersFunc == nil {
		return false, nil
	}
	more, err := c.TrustedProvidersFunc(ctx, x)
	if err != nil {
		return false, fmt.Errorf("social: trusted providers: %w", err)
	}
	return slices.Contains(more, id), nil
}

// account is the row for a new account.
func (in *installation) account(e *Entry, userID string) model.Account {
	scope := strings.Join(e.Tokens.Scopes, ",")
	acc := model.Account{UserID: userID, ProviderID: e.ProviderID, AccountID: e.Identity.Subject}
	if e.Tokens.Scopes != nil {
		acc.Scope = &scope
	}
	applyTokens(&acc, in.tokenColumns(e.Tokens))
	return acc
}

// tokenColumns are the columns of an account that tokens set: those that the provider has sent.
func (in *installation) tokenColumns(t *oauth.Tokens) store.Record {
	set := store.Record{}
	text := func(column, value string) {
		if value != "" {
			set[column] = value
		}
	}
	text("accessToken", in.auth.SealOAuthToken(t.AccessToken))
	text("refreshToken", in.auth.SealOAuthToken(t.RefreshToken))
	text("idToken", t.IDToken)
	date := func(column string, at time.Time) {
		if !at.IsZero() {
			set[column] = at.UTC().Truncate(time.Millisecond)
		}
	}
	date("accessTokenExpiresAt", t.AccessTokenExpiresAt)
	date("refreshTokenExpiresAt", t.RefreshTokenExpiresAt)
	return set
}

// applyTokens does to an account what the columns do to its row.
func applyTokens(acc *model.Account, set store.Record) {
	text := func(column string, to **string) {
		if s, ok := set[column].(string); ok {
			*to = &s
		}
	}
	text("accessToken", &acc.AccessToken)
	text("refreshToken", &acc.RefreshToken)
	text("idToken", &acc.IDToken)
	text("scope", &acc.Scope)
	date := func(column string, to **time.Time) {
		if t, ok := set[column].(time.Time); ok {
			*to = &t
		}
	}
	date("accessTokenExpiresAt", &acc.AccessTokenExpiresAt)
	date("refreshTokenExpiresAt", &acc.RefreshTokenExpiresAt)
	if t, ok := set["updatedAt"].(time.Time); ok {
		acc.UpdatedAt = t
	}
}

// candidate is what Config.User.Validate is asked about.
func (e *Entry) candidate(action string, user *model.User) core.UserCandidate {
	o := wire.NewObject()
	for name, v := range e.Identity.User.All() {
		if name != "id" {
			o.Set(name, v)
		}
	}
	if email := e.Identity.Email(); email != "" {
		o.Set("email", core.NormalizeEmail(email))
	}
	o.Set("emailVerified", e.Identity.EmailVerified())
	if user != nil {
		o.Set("id", user.ID)
	}
	return core.UserCandidate{Action: action, Method: "oauth", ProviderID: e.ProviderID, Profile: e.Identity.Profile, User: o}
}

// gone translates that a user has been deleted in the meantime.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errors.Join(errChanged, err)
	}
	return err
}
