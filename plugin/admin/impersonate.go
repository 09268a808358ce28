package admin

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/access"
)

// SessionOutput is the answer of POST /admin/impersonate-user and /admin/stop-impersonating: the session that the caller has
// from then on.
type SessionOutput struct {
	Session *model.Session `json:"session"`
	User    *model.User    `json:"user"`
}

// adminCookie keeps the caller's own session while they impersonate: "<token>:<mark of not being remembered>", signed. It
// has the attributes of the session cookie.
func adminCookie(x *core.Exchange) cookie.Cookie {
	age := cookie.For(x.Auth().Config().Session.ExpiresIn)
	c := x.NewCookie("session_token", cookie.Patch{MaxAge: &age})
	c.Name = x.NewCookie("admin_session", cookie.Patch{}).Name
	return c
}

func (p *Plugin) impersonateUser(ctx context.Context, x *core.Exchange, in UserInput) (SessionOutput, error) {
	caller, err := p.callerWho(ctx, x, ImpersonateUsers, ErrMayNotImpersonate)
	if err != nil {
		return SessionOutput{}, err
	}
	target, err := x.Auth().FindUser(ctx, in.UserID)
	if err != nil {
		return SessionOutput{}, internal("impersonate", orNotFound(err))
	}
	if p.isAdmin(x, target) && !p.opts.AllowImpersonatingAdmins && !p.may(x, caller, ImpersonateAdmins) {
		return SessionOutput{}, ErrMayNotImpersonateAdmin
	}
	if err := p.protected(x, caller, target, ErrMayNotImpersonateAdmin); err != nil {
		return SessionOutput{}, err
	}
	if target, err = p.admitted(ctx, x, target.ID); err != nil {
		return SessionOutput{}, err
	}
	return p.impersonate(ctx, x, caller, target)
}

// isAdmin reports whether it takes a right of its own to impersonate a user.
func (p *Plugin) isAdmin(x *core.Exchange, u *model.User) bool {
	isAdminRole := func(role string) bool {
		return slices.ContainsFunc(p.opts.AdminRoles, func(r string) bool { return strings.TrimSpace(r) == role })
	}
	hasPower := slices.ContainsFunc(p.powers, func(a access.Action) bool { return p.Can(u, a) })
	return slices.ContainsFunc(p.rolesOf(u), isAdminRole) || p.isAdminID(u.ID) || x.Hardened() && hasPower
}

func (p *Plugin) impersonate(ctx context.Context, x *core.Exchange, caller *core.ActiveSession, target *model.User) (SessionOutput, error) {
	mark, _ := x.SignedCookie(x.NewCookie("dont_remember", cookie.Patch{}))
	kept := adminCookie(x)
	kept.Value = caller.Session.Token + ":" + mark
	grant := core.SessionGrant{User: target, ExpiresIn: p.opts.ImpersonationExpiresIn, DontRemember: true}
	ImpersonatedBy.Set(&grant.Extra, caller.User.ID)

	var session *model.Session
	err := x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		err := store.AfterCommit(ctx, func(context.Context) error { // before IssueSession sets cookies of its own
			x.ExpireSession()
			x.SetSignedCookie(kept)
			return nil
		})
		if err != nil {
			return err
		}
		session, err = x.IssueSession(ctx, grant)
		if err != nil {
			return err
		}
		x.Emit(ctx, Impersonated{UserID: target.ID, By: caller.User.ID, SessionID: session.ID})
		return nil
	})
	if errors.Is(err, core.ErrFailedToCreateSession) {
		err = errSessionNotCreated.Wrap(err)
	}
	if err != nil {
		return SessionOutput{}, internal("impersonate", err)
	}
	return SessionOutput{Session: session, User: target}, nil
}

func (p *Plugin) stopImpersonating(ctx context.Context, x *core.Exchange, _ core.None) (SessionOutput, error) {
	current, err := x.RequireStoredSession(ctx)
	if err != nil {
		return SessionOutput{}, err
	}
	admin, _ := ImpersonatedBy.Get(current.Session.Extra)
	if admin == "" {
		return SessionOutput{}, errNotImpersonating
	}
	if _, err := x.Auth().FindUser(ctx, admin); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = errNoAdmin.Wrap(err)
		}
		return SessionOutput{}, internal("stop impersonating", err)
	}
	own, dontRemember, err := p.ownSession(ctx, x, admin)
	if err != nil {
		return SessionOutput{}, err
	}
	err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		if err := x.Auth().DeleteSession(ctx, current.Session.Token); err != nil {
			return err
		}
		x.Emit(ctx, ImpersonationEnded{UserID: current.User.ID, By: admin, SessionID: current.Session.ID})
		if err := x.SwitchSession(ctx, own, dontRemember); err != nil {
			return err
		}
		return store.AfterCommit(ctx, func(context.Context) error {
			x.ExpireCookie(adminCookie(x))
			return nil
		})
	})
	if err != nil {
		return SessionOutput{}, internal("stop impersonating", err)
	}
	return SessionOutput{Session: own.Session, User: own.User}, nil
}

// ownSession finds the session that the caller had before they impersonated somebody. It must still be there, be good, and
// be that of the admin whom the current session names.
func (p *Plugin) ownSession(ctx context.Context, x *core.Exchange, admin string) (*core.ActiveSession, bool, error) {
	value, ok := x.SignedCookie(adminCookie(x))
	token, mark, _ := strings.Cut(value, ":")
	if !ok || token == "" {
		return nil, false, errNoAdminSession
	}
	s, err := x.Auth().FindSession(ctx, token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, errNoAdminSession.Wrap(err)
	}
	if err != nil {
		return nil, false, internal("stop impersonating", err)
	}
	if s.User.ID != admin || !x.Now().Before(s.Session.ExpiresAt) || ofBannedUser(s) {
		return nil, false, errNoAdminSession
	}
	return s, mark != "", nil
}

// endImpersonations ends the sessions that a user has made for themselves, where they were allowed to before and no longer
// are. Sessions that are in secondary storage alone cannot be found by that; they end when they were said to.
func (p *Plugin) endImpersonations(ctx context.Context, x *core.Exchange, before, after *model.User) error {
	banned := false
	if after != nil {
		banned, _ = Banned.Get(after.Extra)
	}
	if !p.Can(before, ImpersonateUsers) || after != nil && !banned && p.Can(after, ImpersonateUsers) {
		return nil
	}
	auth := x.Auth()
	rows, err := auth.Store().FindMany(ctx, store.From(auth.Schema().Table(model.SessionTable),
		store.Eq(ImpersonatedBy.Name, before.ID), store.Gt("expiresAt", x.Now())))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if token, ok := row["token"].(string); ok {
			if err := auth.DeleteSession(ctx, token); err != nil {
				return err
			}
		}
	}
	return nil
}
