// Package admin lets some users look after the others: list and change them, give them roles, ban them, set their
// passwords, end their sessions, and see the app as one of them does.
//
//	adm := admin.New(admin.Options{})
//	auth, err := core.New(core.Config{…, Plugins: []core.Plugin{pw, adm}})
//
// Who may do what is a matter of roles, which are those of package access: by default "admin", who may do all of it, and
// "user". A role is given by another admin, or to the first one by the app: auth.UpdateUser(ctx, id, {"role": "admin"}), or
// Options.AdminUserIDs.
//
// It is not for roles within a team or a customer's account: those are the plugin organization's.
package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/access"
)

// Plugin serves the endpoints. Its fields are also the server-side API.
type Plugin struct {
	// GetUser is GET /admin/get-user, ListUsers is GET /admin/list-users.
	GetUser   *core.Endpoint[GetUserInput, *model.User]
	ListUsers *core.Endpoint[ListUsersInput, ListUsersOutput]
	// CreateUser is POST /admin/create-user, UpdateUser is POST /admin/update-user, RemoveUser is POST /admin/remove-user.
	CreateUser *core.Endpoint[CreateUserInput, UserOutput]
	UpdateUser *core.Endpoint[UpdateUserInput, *model.User]
	RemoveUser *core.Endpoint[UserInput, SuccessOutput]
	// SetRole is POST /admin/set-role, SetUserPassword is POST /admin/set-user-password.
	SetRole         *core.Endpoint[SetRoleInput, UserOutput]
	SetUserPassword *core.Endpoint[SetUserPasswordInput, core.StatusOutput]
	// BanUser is POST /admin/ban-user, UnbanUser is POST /admin/unban-user.
	BanUser   *core.Endpoint[BanUserInput, UserOutput]
	UnbanUser *core.Endpoint[UserInput, UserOutput]
	// ImpersonateUser is POST /admin/impersonate-user, StopImpersonating is POST /admin/stop-impersonating.
	ImpersonateUser   *core.Endpoint[UserInput, SessionOutput]
	StopImpersonating *core.Endpoint[core.None, SessionOutput]
	// ListUserSessions is POST /admin/list-user-sessions, RevokeUserSession is POST /admin/revoke-user-session,
	// RevokeUserSessions is POST /admin/revoke-user-sessions.
	ListUserSessions   *core.Endpoint[UserInput, ListUserSessionsOutput]
	RevokeUserSession  *core.Endpoint[RevokeUserSessionInput, SuccessOutput]
	RevokeUserSessions *core.Endpoint[UserInput, SuccessOutput]
	// UserHasPermission is POST /admin/has-permission.
	UserHasPermission *core.Endpoint[UserHasPermissionInput, UserHasPermissionOutput]

	opts   Options
	powers []access.Action
}

// UserInput is the body of the endpoints that need nothing but a user.
type UserInput struct {
	UserID string `json:"userId" coerce:"true"`
}

// UserOutput is the answer of the endpoints that change a user.
type UserOutput struct {
	User *model.User `json:"user"`
}

// SuccessOutput is the answer of endpoints that have nothing to say but that it is done.
type SuccessOutput struct {
	Success bool `json:"success"`
}

// New makes the plugin.
func New(o Options) *Plugin {
	p := &Plugin{opts: o.withDefaults()}
	p.powers = p.opts.powers()
	post := func(id, path, summary string) core.Spec {
		return core.Spec{ID: id, Method: "POST", Path: "/admin/" + path, Access: core.StoredSession, NoSession: errNoSession, Summary: summary}
	}
	get := func(id, path, summary string) core.Spec {
		s := post(id, path, summary)
		s.Method = "GET"
		return s
	}
	public := func(s core.Spec) core.Spec { // the handler asks for the session: the app may call without one
		s.Access = core.Public
		return s
	}
	withHeaders := func(s core.Spec) core.Spec {
		s.NeedsHeaders = true
		return s
	}
	p.GetUser = core.Define(get("getUser", "get-user", "Get a user."), p.getUser)
	p.ListUsers = core.Define(get("listUsers", "list-users", "List users, or search for some."), p.listUsers)
	p.CreateUser = core.Define(public(post("createUser", "create-user", "Create a user.")), p.createUser)
	p.UpdateUser = core.Define(post("adminUpdateUser", "update-user", "Change columns of a user."), p.updateUser)
	p.RemoveUser = core.Define(post("removeUser", "remove-user", "Delete a user with all accounts and sessions."), p.removeUser)
	p.SetRole = core.Define(withHeaders(post("setRole", "set-role", "Give a user other roles.")), p.setRole)
	p.SetUserPassword = core.Define(post("setUserPassword", "set-user-password", "Give a user another password."), p.setUserPassword)
	p.BanUser = core.Define(post("banUser", "ban-user", "Ban a user and end their sessions."), p.banUser)
	p.UnbanUser = core.Define(post("unbanUser", "unban-user", "Lift a ban."), p.unbanUser)
	p.ImpersonateUser = core.Define(post("impersonateUser", "impersonate-user", "Get a session of another user."), p.impersonateUser)
	stop := withHeaders(post("stopImpersonating", "stop-impersonating", "Go back from another user's session to the caller's own."))
	stop.NoBody = true
	p.StopImpersonating = core.Define(stop, p.stopImpersonating)
	p.ListUserSessions = core.Define(post("listUserSessions", "list-user-sessions", "List a user's sessions."), p.listUserSessions)
	p.RevokeUserSession = core.Define(post("revokeUserSession", "revoke-user-session", "End one session of a user."), p.revokeUserSession)
	p.RevokeUserSessions = core.Define(post("revokeUserSessions", "revoke-user-sessions", "End all sessions of a user."), p.revokeUserSessions)
	p.UserHasPermission = core.Define(public(post("userHasPermission", "has-permission", "Ask whether the caller may do something.")), p.userHasPermission)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID: "admin",
		Endpoints: []core.AnyEndpoint{
			p.SetRole, p.GetUser, p.CreateUser, p.UpdateUser, p.ListUsers, p.ListUserSessions, p.UnbanUser, p.BanUser,
			p.ImpersonateUser, p.StopImpersonating, p.RevokeUserSession, p.RevokeUserSessions, p.RemoveUser, p.SetUserPassword,
			p.UserHasPermission,
		},
		Hooks:    []core.Hook{core.After(core.ListSessions, hideImpersonations)},
		SignIn:   []core.SignInStep{{Name: "ban", Check: p.checkBan, Confirm: p.confirmBan}},
		Sessions: core.SessionRules{Void: ofBannedUser, Fixed: impersonation},
		Schema:   p.schema(),
		Errors:   allErrors(),
		Init:     func(context.Context, *core.Auth) error { return p.opts.validate() },
	}
}

var _ core.Plugin = (*Plugin)(nil)

// caller returns the session of whoever calls, with the user as the database has it.
func caller(ctx context.Context, x *core.Exchange) (*core.ActiveSession, error) {
	s, err := storedSession(ctx, x)
	if err == nil && s == nil {
		err = core.ErrUnauthorized
	}
	return s, err
}

// storedSession is Exchange.StoredSession with the user's row where the session comes from somewhere else than the
// database: a role must be what it is now.
func storedSession(ctx context.Context, x *core.Exchange) (*core.ActiveSession, error) {
	s, err := x.StoredSession(ctx)
	c := x.Auth().Config()
	if err != nil || s == nil || c.SecondaryStorage == nil && !c.Session.Stateless {
		return s, err
	}
	user, err := x.Auth().FindUser(ctx, s.User.ID)
	if err != nil {
		return nil, orUnauthorized(err)
	}
	fresh := *s
	fresh.User = user
	if ofBannedUser(&fresh) {
		return nil, core.ErrUnauthorized
	}
	return &fresh, nil
}

// callerWho returns the caller's session if they may do a, and refusal otherwise.
func (p *Plugin) callerWho(ctx context.Context, x *core.Exchange, a access.Action, refusal error) (*core.ActiveSession, error) {
	s, err := caller(ctx, x)
	if err != nil {
		return nil, err
	}
	if !p.may(x, s, a) {
		return nil, refusal
	}
	return s, nil
}

// Can reports whether a user may do all of the actions. One of their roles alone must grant them; those whose ids are in
// Options.AdminUserIDs may do anything. u is as a session or the store has it.
func (p *Plugin) Can(u *model.User, actions ...access.Action) bool {
	return p.isAdminID(u.ID) || p.opts.Roles.Can(p.rolesOf(u), actions...)
}

// Require is a guard for endpoints and for the app's own routes: it lets those pass who have a session, confirmed by the
// store, and may do all of the actions. Others get 401 or [ErrNotAllowed].
func (p *Plugin) Require(actions ...access.Action) core.Guard {
	return func(ctx context.Context, x *core.Exchange) error {
		s, err := caller(ctx, x)
		if err != nil {
			return err
		}
		if !p.may(x, s, actions...) {
			return ErrNotAllowed
		}
		return nil
	}
}

// may is Can for whoever has a session. Who impersonates somebody has none of the powers over users, not even where that
// somebody has them: otherwise they could use them under another name.
func (p *Plugin) may(x *core.Exchange, s *core.ActiveSession, actions ...access.Action) bool {
	if x.Hardened() && impersonation(s.Session) && slices.ContainsFunc(actions, p.isPower) {
		return false
	}
	return p.Can(s.User, actions...)
}

func (p *Plugin) isPower(a access.Action) bool { return slices.Contains(p.powers, a) }

func (p *Plugin) isAdminID(id string) bool {
	return id != "" && slices.Contains(p.opts.AdminUserIDs, id)
}

// rolesOf returns the names of a user's roles. They are divided by commas alone, as upstream does it here: " admin" is not
// "admin".
func (p *Plugin) rolesOf(u *model.User) []string {
	role, _ := Role.Get(u.Extra)
	if role == "" {
		role = p.opts.DefaultRole
	}
	return strings.Split(role, ",")
}

// outranks reports whether one user has a power over users that another has not. The other then must not take their place,
// by a password, an address, a session, nor their powers from them.
func (p *Plugin) outranks(one, other *model.User) bool {
	return slices.ContainsFunc(p.powers, func(a access.Action) bool { return p.Can(one, a) && !p.Can(other, a) })
}

// protected returns refusal if a user is out of the caller's reach.
func (p *Plugin) protected(x *core.Exchange, caller *core.ActiveSession, target *model.User, refusal error) error {
	if x.Hardened() && caller != nil && target.ID != caller.User.ID && p.outranks(target, caller.User) {
		return refusal
	}
	return nil
}

// internal gives an error of the store a place; errors for clients stay as they are.
func internal(what string, err error) error {
	var e *core.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("admin: %s: %w", what, err)
}
