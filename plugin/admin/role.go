package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/access"
)

// RoleNames are the names of one or several roles. On the wire they are a string or a list of strings.
type RoleNames []string

// ReadJSON makes RoleNames a wire.Reader.
func (r *RoleNames) ReadJSON(v any) (issue string) {
	switch v := v.(type) {
	case string:
		*r = RoleNames{v}
		return ""
	case []any:
		names := make(RoleNames, len(v))
		for i, e := range v {
			name, ok := e.(string)
			if !ok {
				return "Invalid input"
			}
			names[i] = name
		}
		*r = names
		return ""
	}
	return "Invalid input"
}

// stored is how they stand in the column.
func (r RoleNames) stored() string { return strings.Join(r, ",") }

// rolesFrom reads the roles from a member that may be anything. One value stands for a list of it.
func rolesFrom(v any) (RoleNames, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	names := RoleNames{}
	if names.ReadJSON(list) != "" {
		return nil, ErrInvalidRoleType
	}
	return names, nil
}

// checkRoles refuses roles that do not exist. Upstream takes any text where it has no roles in its options.
func (p *Plugin) checkRoles(x *core.Exchange, names RoleNames) error {
	if !p.opts.customRoles && !x.Hardened() {
		return nil
	}
	for _, name := range names {
		if p.opts.Roles[name] == nil && (!x.Hardened() || name != p.opts.DefaultRole) {
			return ErrUnknownRole
		}
	}
	return nil
}

// checkGrant refuses to give somebody powers over users that the caller does not have. caller is nil where the app itself
// asks.
func (p *Plugin) checkGrant(x *core.Exchange, caller *core.ActiveSession, names RoleNames) error {
	if caller == nil || !x.Hardened() {
		return nil
	}
	beyond := func(a access.Action) bool { return p.opts.Roles.Can(names, a) && !p.Can(caller.User, a) }
	if slices.ContainsFunc(p.powers, beyond) {
		return ErrMayNotSetRole
	}
	return nil
}

// SetRoleInput is the body of POST /admin/set-role.
type SetRoleInput struct {
	UserID string    `json:"userId" coerce:"true"`
	Role   RoleNames `json:"role"`
}

func (p *Plugin) setRole(ctx context.Context, x *core.Exchange, in SetRoleInput) (UserOutput, error) {
	caller, err := p.callerWho(ctx, x, SetRoles, ErrMayNotSetRole)
	if err != nil {
		return UserOutput{}, err
	}
	if err := p.checkRoles(x, in.Role); err != nil {
		return UserOutput{}, err
	}
	if err := p.checkGrant(x, caller, in.Role); err != nil {
		return UserOutput{}, err
	}
	var out UserOutput
	err = p.change(ctx, x, caller, in.UserID, ErrMayNotSetRole, func(ctx context.Context, before *model.User) (err error) {
		out.User, err = x.Auth().UpdateUser(ctx, in.UserID, store.Record{Role.Name: in.Role.stored()})
		if err != nil {
			return err
		}
		x.Emit(ctx, RoleChanged{UserID: in.UserID, By: caller.User.ID})
		return p.endImpersonations(ctx, x, before, out.User)
	})
	return out, internal("set role", err)
}

// change runs fn in a transaction in which the user with that id stays as they are for everybody else. refusal is the answer
// if they are out of the caller's reach.
func (p *Plugin) change(ctx context.Context, x *core.Exchange, caller *core.ActiveSession, id string, refusal error,
	fn func(ctx context.Context, target *model.User) error,
) error {
	return x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		target, err := x.Auth().LockUser(ctx, id)
		if err != nil {
			return orNotFound(err)
		}
		if err := p.protected(x, caller, target, refusal); err != nil {
			return err
		}
		return fn(ctx, target)
	})
}
