package admin

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/access"
)

// UserHasPermissionInput is the body of POST /admin/has-permission.
type UserHasPermissionInput struct {
	// UserID and Role say about whom the app asks, in process and without a session: a user, or whoever has these roles.
	// A client asks about itself.
	UserID *string `json:"userId" coerce:"true"`
	Role   *string `json:"role"`
	// Permissions are actions by resource. All of them are asked for.
	Permissions map[string][]string `json:"permissions" optional:"true"`
	// Permission is an older name that is taken and then refused.
	Permission map[string][]string `json:"permission" optional:"true"`
}

// Refine makes the two names a choice of one, as the contract has it.
func (in *UserHasPermissionInput) Refine(found wire.Issues) wire.Issues {
	isChoice := func(i wire.Issue) bool {
		return i.Path == "permission" || i.Path == "permissions" ||
			strings.HasPrefix(i.Path, "permission.") || strings.HasPrefix(i.Path, "permissions.")
	}
	var rest wire.Issues
	for _, i := range found {
		if !isChoice(i) {
			rest = append(rest, i)
		}
	}
	switch {
	case in.Permissions == nil && in.Permission == nil:
		rest = append(rest, wire.Issue{Part: wire.InBody, Message: "Invalid input"})
	case in.Permissions != nil && in.Permission != nil:
		rest = append(rest, wire.Issue{Part: wire.InBody, Message: "Invalid input: more than one option matched"})
	}
	return rest
}

// UserHasPermissionOutput is the answer of POST /admin/has-permission.
type UserHasPermissionOutput struct {
	// Error is always nil; the contract has it.
	Error   *string `json:"error"`
	Success bool    `json:"success"`
}

func (p *Plugin) userHasPermission(ctx context.Context, x *core.Exchange, in UserHasPermissionInput) (UserHasPermissionOutput, error) {
	if in.Permissions == nil {
		return UserHasPermissionOutput{}, errNoPermissions
	}
	s, err := storedSession(ctx, x)
	if err != nil {
		return UserHasPermissionOutput{}, err
	}
	if s != nil {
		limited := x.Hardened() && impersonation(s.Session) && p.asksForPower(in.Permissions)
		return UserHasPermissionOutput{Success: !limited && p.authorize(s.User, in.Permissions)}, nil
	}
	if x.ForClient() {
		return UserHasPermissionOutput{}, errNoSession
	}
	user, err := p.asked(ctx, x, in)
	if err != nil {
		return UserHasPermissionOutput{}, err
	}
	return UserHasPermissionOutput{Success: p.authorize(user, in.Permissions)}, nil
}

// asked returns the user that the app asks about.
func (p *Plugin) asked(ctx context.Context, x *core.Exchange, in UserHasPermissionInput) (*model.User, error) {
	var id, role string
	if in.UserID != nil {
		id = *in.UserID
	}
	if in.Role != nil {
		role = *in.Role
	}
	switch {
	case role != "":
		user := &model.User{ID: id}
		Role.Set(&user.Extra, role)
		return user, nil
	case id == "":
		return nil, errUserOrRole
	}
	user, err := x.Auth().FindUser(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNobody
	}
	return user, internal("has permission", err)
}

// authorize is Can for actions by name.
func (p *Plugin) authorize(u *model.User, s access.Statements) bool {
	return p.isAdminID(u.ID) || p.opts.Roles.Authorize(p.rolesOf(u), access.All(s))
}

func (p *Plugin) asksForPower(s access.Statements) bool {
	return slices.ContainsFunc(p.powers, func(a access.Action) bool { return slices.Contains(s[a.Resource], a.Name) })
}
