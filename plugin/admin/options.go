package admin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/access"
)

// Options says how the plugin behaves. The zero value is usable.
type Options struct {
	// Roles are the roles that a user may have, by name, with what they grant. They take the place of the default, which
	// is [DefaultRoles]. A name has no comma.
	Roles access.Roles
	// DefaultRole is the role of new users, and of those who have none. The default is "user".
	DefaultRole string
	// AdminRoles are the roles whose users nobody may impersonate without a right of its own. The default is "admin", if
	// there is such a role.
	AdminRoles []string
	// AdminUserIDs are users who may do anything, whatever their roles. The default is nobody.
	AdminUserIDs []string

	// BanReason is the reason of bans for which none is given. The default is "No reason".
	BanReason string
	// BanExpiresIn is how long a ban lasts for which nothing is said. The default is forever.
	BanExpiresIn time.Duration
	// BannedMessage is what a banned user is told who wants to sign in. The default is that of [ErrBanned].
	BannedMessage string
	// BannedMessageFunc makes that message from the user, in the place of BannedMessage.
	BannedMessageFunc func(ctx context.Context, u *model.User) (string, error)

	// ImpersonationExpiresIn is how long an impersonation lasts; using it does not prolong it. The default is one hour.
	ImpersonationExpiresIn time.Duration
	// AllowImpersonatingAdmins lets those who may impersonate users impersonate other admins as well. Rather give a role
	// the action [ImpersonateAdmins].
	AllowImpersonatingAdmins bool

	// MaxPageSize is how many users a list has at most, whatever limit is asked for. The default is 1000. Where none is
	// asked for it is core's Config.ListLimit.
	MaxPageSize int

	customRoles bool
}

func (o Options) withDefaults() Options {
	o.customRoles = o.Roles != nil
	if o.Roles = maps.Clone(o.Roles); o.Roles == nil {
		o.Roles = DefaultRoles()
	}
	if o.DefaultRole == "" {
		o.DefaultRole = "user"
	}
	if o.AdminRoles = slices.Clone(o.AdminRoles); o.AdminRoles == nil {
		o.AdminRoles = []string{"admin"}
		if o.customRoles && o.Roles["admin"] == nil {
			o.AdminRoles = []string{}
		}
	}
	o.AdminUserIDs = slices.Clone(o.AdminUserIDs)
	if o.BanReason == "" {
		o.BanReason = "No reason"
	}
	if o.BannedMessage == "" {
		o.BannedMessage = ErrBanned.Message
	}
	if o.ImpersonationExpiresIn == 0 {
		o.ImpersonationExpiresIn = time.Hour
	}
	if o.MaxPageSize == 0 {
		o.MaxPageSize = 1000
	}
	return o
}

// validate explains what is wrong.
func (o *Options) validate() error {
	for name, role := range o.Roles {
		if name == "" || strings.Contains(name, ",") || role == nil {
			return fmt.Errorf("the role %q in Options.Roles cannot be given to anybody: a role has a name without a comma, and is not nil", name)
		}
	}
	for _, name := range o.AdminRoles {
		known := func(other string) bool { return strings.EqualFold(other, name) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(o.Roles)), known) {
			return fmt.Errorf("the role %q in Options.AdminRoles is none of Options.Roles: add it there", name)
		}
	}
	if o.BanExpiresIn < 0 || o.ImpersonationExpiresIn < 0 || o.MaxPageSize < 0 {
		return fmt.Errorf("Options.BanExpiresIn, ImpersonationExpiresIn and MaxPageSize must not be negative: leave out what is to have its default")
	}
	return nil
}

// powers are the actions on users and sessions, those that somebody could use to get more of them.
func (o *Options) powers() []access.Action {
	all := Statements()
	for _, role := range o.Roles {
		all = all.With(role.Statements())
	}
	var powers []access.Action
	for _, resource := range []string{"session", "user"} {
		for _, name := range all[resource] {
			powers = append(powers, access.Action{Resource: resource, Name: name})
		}
	}
	return powers
}
