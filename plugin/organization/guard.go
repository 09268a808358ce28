package organization

import (
	"context"
	"errors"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/access"
)

// ErrForbidden is the answer of the guards to a member without the right role.
var ErrForbidden = core.NewError(403, "FORBIDDEN", "You are not allowed to do this in the organization")

var errNoPlugin = errors.New("organization: a guard is in use, but the plugin is not in Config.Plugins")

// RequireMember is a guard for routes of the app: it lets pass who is a member of the active organization and, if roles are
// named, has one of them. It asks the store. Others are answered 401 without a session and 403 otherwise.
func RequireMember(roles ...string) core.Guard {
	return func(ctx context.Context, x *core.Exchange) error {
		_, c, err := guarded(ctx, x)
		if err != nil {
			return err
		}
		if len(roles) > 0 && !slices.ContainsFunc(c.Roles(), func(r string) bool { return slices.Contains(roles, r) }) {
			return ErrForbidden
		}
		return nil
	}
}

// RequirePermission is a guard for routes of the app: it lets pass who is a member of the active organization with a role
// that grants all of the actions. It asks the store, also for roles that the organization has made for itself. Others are
// answered 401 without a session and 403 otherwise.
//
// It panics without an action, which would let nobody pass: that is a mistake in the program.
func RequirePermission(actions ...access.Action) core.Guard {
	if len(actions) == 0 {
		panic("organization: RequirePermission needs an action")
	}
	s := access.Statements{}
	for _, a := range actions {
		s[a.Resource] = append(s[a.Resource], a.Name)
	}
	want := access.All(s)
	return func(ctx context.Context, x *core.Exchange) error {
		p, c, err := guarded(ctx, x)
		if err != nil {
			return err
		}
		return p.require(ctx, x, c, want, ErrForbidden)
	}
}

// guarded finds the plugin and the caller, as a member of the active organization.
func guarded(ctx context.Context, x *core.Exchange) (*Plugin, *caller, error) {
	for _, plugin := range x.Auth().Config().Plugins {
		if p, ok := plugin.(*Plugin); ok {
			c, err := p.caller(ctx, x, "", withStatus(ErrNoActiveOrganization, 403), ErrNotMember)
			return p, c, err
		}
	}
	return nil, nil, errNoPlugin
}
