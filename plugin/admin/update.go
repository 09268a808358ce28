package admin

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/access"
)

// UpdateUserInput is the body of POST /admin/update-user.
type UpdateUserInput struct {
	UserID string `json:"userId" coerce:"true"`
	// Data are columns of the user, also those that clients may not set. Members that are no columns are ignored.
	Data *wire.Object `json:"data"`
}

// ownPermissions are the columns that take more than the permission to update users.
var ownPermissions = []struct {
	columns []string
	action  access.Action
	refusal error
}{
	{[]string{"role"}, SetRoles, ErrMayNotSetRole},
	{[]string{"banned", "banReason", "banExpires"}, BanUsers, ErrMayNotBanUsers},
	{[]string{"email", "emailVerified"}, SetEmails, ErrMayNotSetEmail},
	{[]string{"phoneNumber", "phoneNumberVerified"}, SetPhones, ErrMayNotSetPhone},
}

func (p *Plugin) updateUser(ctx context.Context, x *core.Exchange, in UpdateUserInput) (*model.User, error) {
	caller, err := p.callerWho(ctx, x, UpdateUsers, ErrMayNotUpdateUsers)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Data.Len() == 0:
		return nil, ErrNoData
	case hasAny(in.Data, "password"):
		return nil, ErrPasswordInUpdate
	case hasAny(in.Data, "id"):
		return nil, ErrIDInUpdate
	}
	set, err := p.changes(ctx, x, caller, in)
	if err != nil {
		return nil, err
	}
	var user *model.User
	err = p.change(ctx, x, caller, in.UserID, ErrMayNotUpdateUsers, func(ctx context.Context, before *model.User) (err error) {
		p.complete(x, before, set)
		if user, err = x.Auth().UpdateUser(ctx, in.UserID, set); err != nil {
			return err
		}
		return p.updated(ctx, x, caller, before, user)
	})
	switch {
	case errors.Is(err, store.ErrConflict):
		err = core.ErrFailedToUpdateUser.Wrap(err)
		if hasAny(in.Data, "email") {
			err = ErrUserExists.Wrap(err)
		}
	case errors.Is(err, store.ErrInvalid):
		err = core.ErrFailedToUpdateUser.Wrap(err)
	}
	if err != nil {
		return nil, internal("update user", err)
	}
	return user, nil
}

// changes returns the columns to set, as far as the caller may.
func (p *Plugin) changes(ctx context.Context, x *core.Exchange, caller *core.ActiveSession, in UpdateUserInput) (store.Record, error) {
	data := without(in.Data, "createdAt", "updatedAt")
	for _, own := range ownPermissions {
		if !hasAny(data, own.columns...) {
			continue
		}
		if !p.may(x, caller, own.action) {
			return nil, own.refusal
		}
		var err error
		switch own.action {
		case SetRoles:
			err = p.readRole(x, caller, data)
		case BanUsers:
			if v, _ := data.Get(Banned.Name); v == true && in.UserID == caller.User.ID {
				err = ErrBanSelf
			}
		case SetEmails:
			err = readEmail(ctx, x, in.UserID, data)
		}
		if err != nil {
			return nil, err
		}
	}
	set, err := x.Auth().UserColumns(data)
	if err != nil {
		return nil, err
	}
	if x.Hardened() {
		name, _ := set["name"].(string)
		image, _ := set["image"].(string)
		err = core.CheckProfile(&name, &image)
	}
	return set, err
}

// readRole puts the role into the form in which it is stored.
func (p *Plugin) readRole(x *core.Exchange, caller *core.ActiveSession, data *wire.Object) error {
	v, _ := data.Get(Role.Name)
	roles, err := rolesFrom(v)
	if err != nil {
		return err
	}
	if err := p.checkRoles(x, roles); err != nil {
		return err
	}
	data.Set(Role.Name, roles.stored())
	return p.checkGrant(x, caller, roles)
}

// readEmail normalises an address and refuses one that somebody else has.
func readEmail(ctx context.Context, x *core.Exchange, userID string, data *wire.Object) error {
	v, sent := data.Get("email")
	if !sent {
		return nil
	}
	text, _ := v.(string)
	email := core.NormalizeEmail(text)
	if !core.ValidEmail(email) {
		return ErrInvalidEmail
	}
	data.Set("email", email)
	switch other, err := x.Auth().FindUserByEmail(ctx, email); {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return internal("update user", err)
	case other.ID != userID:
		return ErrUserExists
	}
	return nil
}

// complete adds what follows from a change: another address is not verified because the old one was, and a ban for which
// no end is given has none, whatever an old one had.
func (p *Plugin) complete(x *core.Exchange, before *model.User, set store.Record) {
	if !x.Hardened() {
		return
	}
	if email, ok := set["email"]; ok && email != before.Email {
		if _, ok := set["emailVerified"]; !ok {
			set["emailVerified"] = false
		}
	}
	if was, _ := Banned.Get(before.Extra); set[Banned.Name] == true && !was {
		if _, ok := set[BanExpires.Name]; !ok {
			set[BanExpires.Name] = nil
		}
	}
}

// updated does what follows from a change, in its transaction.
func (p *Plugin) updated(ctx context.Context, x *core.Exchange, caller *core.ActiveSession, before, after *model.User) error {
	x.Emit(ctx, core.UserUpdated{UserID: after.ID})
	if before.Email != after.Email {
		if x.Hardened() { // what was sent to the old address must not open the account any more
			if err := x.Auth().DeleteVerificationsOf(ctx, core.ResetPasswordPrefix, after.ID); err != nil {
				return err
			}
		}
		x.Emit(ctx, core.EmailChanged{UserID: after.ID, Old: before.Email, New: after.Email})
	}
	oldRole, _ := Role.Get(before.Extra)
	newRole, _ := Role.Get(after.Extra)
	if oldRole != newRole {
		x.Emit(ctx, RoleChanged{UserID: after.ID, By: caller.User.ID})
	}
	was, _ := Banned.Get(before.Extra)
	is, _ := Banned.Get(after.Extra)
	switch {
	case is:
		return p.banned(ctx, x, caller, before, after)
	case was:
		x.Emit(ctx, UserUnbanned{UserID: after.ID, By: caller.User.ID})
		return x.Auth().DeleteSessions(ctx, after.ID)
	}
	return p.endImpersonations(ctx, x, before, after)
}
