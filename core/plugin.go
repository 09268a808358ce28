package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/schema"
)

// Plugin adds to an [Auth]. It is data: Manifest gives the same answer every time and does no I/O, so it can be read
// before anything runs.
type Plugin interface{ Manifest() Manifest }

// Manifest is what a plugin adds. A zero field means that it adds nothing of that kind.
type Manifest struct {
	// ID names the plugin, as upstream does: "two-factor". It is mandatory.
	ID string
	// Requires are the ids of plugins that must be there too.
	Requires []string
	// Endpoints are the operations it serves.
	Endpoints []AnyEndpoint
	// Hooks run before or after endpoints, its own or others'.
	Hooks []Hook
	// DatabaseHooks step in where core writes rows of its tables.
	DatabaseHooks DatabaseHooks
	// Observe is told of every call of an endpoint, of any plugin, and of how it ended: for traces and metrics.
	Observe Observer
	// SignIn are asked in order whenever a sign-in completes, before a session exists.
	SignIn []SignInStep
	// Sessions judge sessions that are there already.
	Sessions SessionRules
	// Schema are tables of its own and columns on others'.
	Schema []schema.Extension
	// RateLimits are rules for its endpoints; the first that matches a path counts. Those of the app come before them,
	// core's after them, and of several plugins with a rule for one path the first in Config.Plugins has its way.
	RateLimits []ratelimit.PathRule
	// Rename are other names in the database for its tables and columns.
	Rename []schema.Rename
	// CheckPassword tells whether pw is the password of a user, if the plugin is the one that knows passwords; see
	// [Exchange.CheckPassword]. It returns nil if it is, and otherwise the error to answer with. Of several plugins with
	// one, the first is asked.
	CheckPassword func(ctx context.Context, x *Exchange, userID, pw string) error
	// CheckNewPassword tells what is wrong with a password that is to be set, such as that it is too short; see
	// [Exchange.CheckNewPassword]. Every plugin with one is asked.
	CheckNewPassword func(ctx context.Context, x *Exchange, pw string) error
	// UserVerifications are the beginnings of the identifiers of those of its verification records whose value is the id of
	// the user they are for, such as "trust-device-". These records go with their user, and [Auth.DeleteVerificationsOf]
	// can void them wherever they are kept.
	UserVerifications []string
	// Errors are the errors that its endpoints return, for the API description.
	Errors []*Error
	// Init runs once, at the end of New, in the order of Config.Plugins. It may keep the Auth. What it starts, Close
	// stops.
	Init func(ctx context.Context, a *Auth) error
	// Close runs in Auth.Close, in reverse order.
	Close func(ctx context.Context) error
}

// SignInStep is asked when somebody has proved who they are and a session is about to be made.
type SignInStep struct {
	// Name says what it checks, for logs.
	Name string
	// Check returns nil to let the sign-in pass, an [*Error] to refuse it, or a [*Challenge] to ask for more. It may
	// add columns to the session through s.
	Check func(ctx context.Context, x *Exchange, s *SignIn) error
	// Confirm, if there is one, is asked again when the session is there, before the client gets it: for what may have
	// changed meanwhile and does not find the sessions that are just being made. An [*Error] ends the session and is the
	// answer.
	Confirm func(ctx context.Context, x *Exchange, s *SignIn, made *model.Session) error
}

// SessionRules judge sessions each time one is looked up, in the store or in the cookie cache. They are asked at every
// request and must do no I/O. A nil rule says no.
type SessionRules struct {
	// Void reports that a session counts for nothing because of what its row or its user's says: whoever has it is taken
	// for somebody without a session, and its cookies for expired.
	Void func(s *ActiveSession) bool
	// Fixed reports that a session ends when it was said to: using it does not prolong it, and one that is made in its
	// place ([Exchange.RenewSession]) ends then as well and has its additional columns.
	Fixed func(s *model.Session) bool
}

// Guard is a condition on a request, asked after validation and the endpoint's Access, and by an adapter's Require. It
// returns nil to let the request pass, or the error to answer with.
type Guard func(ctx context.Context, x *Exchange) error

// RedirectTo is a Guard for pages: a visitor without a session is sent to target, a path on this origin, with 302
// instead of being answered 401.
func RedirectTo(target string) Guard {
	return func(ctx context.Context, x *Exchange) error {
		s, err := x.Session(ctx)
		if err == nil && s == nil {
			return Redirect(target)
		}
		return err
	}
}
