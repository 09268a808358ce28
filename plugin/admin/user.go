package admin

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// GetUserInput is the query of GET /admin/get-user.
type GetUserInput struct {
	ID string `query:"id"`
}

func (p *Plugin) getUser(ctx context.Context, x *core.Exchange, in GetUserInput) (*model.User, error) {
	if _, err := p.callerWho(ctx, x, GetUsers, ErrMayNotGetUser); err != nil {
		return nil, err
	}
	user, err := x.Auth().FindUser(ctx, in.ID)
	return user, internal("get user", orNotFound(err))
}

// CreateUserInput is the body of POST /admin/create-user.
type CreateUserInput struct {
	Email string `json:"email"`
	// Password may be absent or empty, for a user who signs in in another way.
	Password *string `json:"password"`
	Name     string  `json:"name"`
	// Role is Options.DefaultRole if absent.
	Role RoleNames `json:"role" optional:"true"`
	// Data are further columns of the user, also those that clients may not set. Members that are no columns are ignored.
	Data *wire.Object `json:"data" optional:"true"`
}

// NewPassword is the password to be set; hooks that check new passwords ask for it. It may be empty.
func (in *CreateUserInput) NewPassword() string {
	if in.Password == nil {
		return ""
	}
	return *in.Password
}

// createUser makes a user for an admin, or in process without headers for the app itself, which needs no permission.
func (p *Plugin) createUser(ctx context.Context, x *core.Exchange, in CreateUserInput) (UserOutput, error) {
	caller, err := storedSession(ctx, x)
	if err != nil {
		return UserOutput{}, err
	}
	if caller == nil && x.ForClient() {
		return UserOutput{}, errNoSession
	}
	if caller != nil && !p.may(x, caller, CreateUsers) {
		return UserOutput{}, ErrMayNotCreateUsers
	}
	user, err := p.newUser(x, caller, in)
	if err != nil {
		return UserOutput{}, err
	}
	pw := in.NewPassword()
	if pw != "" {
		err := x.CheckNewPassword(ctx, pw)
		if err != nil && (x.Hardened() || !errors.Is(err, core.ErrPasswordTooShort)) {
			return UserOutput{}, err
		}
	}
	switch _, err := x.Auth().FindUserByEmail(ctx, user.Email); {
	case err == nil:
		return UserOutput{}, ErrUserExists
	case !errors.Is(err, store.ErrNotFound):
		return UserOutput{}, internal("create user", err)
	}
	hash := "" // made before the transaction begins, which would otherwise stay open for as long
	if pw != "" {
		if hash, err = x.Auth().HashPassword(ctx, pw); err != nil {
			return UserOutput{}, internal("create user", err)
		}
	}
	created, err := p.store(ctx, x, user, hash)
	return UserOutput{User: created}, err
}

// newUser puts together what is to be stored, as far as the caller may say so.
func (p *Plugin) newUser(x *core.Exchange, caller *core.ActiveSession, in CreateUserInput) (model.User, error) {
	roles, err := p.requestedRoles(x, caller, in)
	if err != nil {
		return model.User{}, err
	}
	if caller != nil && hasAny(in.Data, Banned.Name, BanReason.Name, BanExpires.Name) && !p.may(x, caller, BanUsers) {
		return model.User{}, ErrMayNotBanUsers
	}
	user := model.User{Name: in.Name, Email: core.NormalizeEmail(in.Email)}
	if !core.ValidEmail(user.Email) {
		return model.User{}, ErrInvalidEmail
	}
	columns, err := x.Auth().UserColumns(without(in.Data, "id", "name", "email", "createdAt", "updatedAt", Role.Name))
	if err != nil {
		return model.User{}, err
	}
	user.EmailVerified, _ = columns["emailVerified"].(bool)
	if image, ok := columns["image"].(string); ok {
		user.Image = &image
	}
	for name, v := range columns {
		if name != "emailVerified" && name != "image" {
			user.Extra.Set(name, v)
		}
	}
	Role.Set(&user.Extra, roles.stored())
	if x.Hardened() {
		err = core.CheckProfile(&user.Name, user.Image)
	}
	return user, err
}

// requestedRoles returns the roles that a new user is to have.
func (p *Plugin) requestedRoles(x *core.Exchange, caller *core.ActiveSession, in CreateUserInput) (RoleNames, error) {
	roles := in.Role
	other, inData := in.Data.Get(Role.Name)
	if roles == nil && !inData {
		return RoleNames{p.opts.DefaultRole}, nil
	}
	if caller != nil && !p.may(x, caller, SetRoles) {
		return nil, ErrMayNotSetRole
	}
	if roles == nil {
		var err error
		if roles, err = rolesFrom(other); err != nil {
			return nil, err
		}
	}
	if err := p.checkRoles(x, roles); err != nil {
		return nil, err
	}
	return roles, p.checkGrant(x, caller, roles)
}

// store makes user and credential, all or nothing.
func (p *Plugin) store(ctx context.Context, x *core.Exchange, u model.User, hash string) (user *model.User, err error) {
	auth := x.Auth()
	err = auth.Store().InTx(ctx, func(ctx context.Context) error {
		if user, err = auth.CreateUser(ctx, u); err != nil {
			return err
		}
		x.Emit(ctx, core.SignedUp{User: user, Method: "admin"})
		if hash == "" {
			return nil
		}
		return auth.SetPassword(ctx, user.ID, hash)
	})
	if errors.Is(err, core.ErrUserExists) { // somebody was faster, or another column has to be unique as well
		err = core.ErrFailedToCreateUser.Wrap(err)
		switch _, findErr := auth.FindUserByEmail(ctx, u.Email); {
		case findErr == nil:
			err = ErrUserExists
		case !errors.Is(findErr, store.ErrNotFound):
			err = findErr
		}
	}
	if err != nil {
		return nil, internal("create user", err)
	}
	return user, nil
}

func (p *Plugin) removeUser(ctx context.Context, x *core.Exchange, in UserInput) (SuccessOutput, error) {
	caller, err := p.callerWho(ctx, x, DeleteUsers, ErrMayNotDeleteUsers)
	if err != nil {
		return SuccessOutput{}, err
	}
	if in.UserID == caller.User.ID {
		return SuccessOutput{}, ErrRemoveSelf
	}
	auth := x.Auth()
	err = p.change(ctx, x, caller, in.UserID, ErrMayNotDeleteUsers, func(ctx context.Context, before *model.User) error {
		if err := p.endImpersonations(ctx, x, before, nil); err != nil {
			return err
		}
		if err := auth.DeleteVerificationsOf(ctx, core.ResetPasswordPrefix, in.UserID); err != nil {
			return err
		}
		if err := auth.DeleteUser(ctx, in.UserID); err != nil {
			return err
		}
		x.Emit(ctx, core.UserDeleted{UserID: in.UserID})
		return nil
	})
	if err != nil {
		return SuccessOutput{}, internal("remove user", err)
	}
	return SuccessOutput{Success: true}, nil
}

// hasAny reports whether an object has one of the members.
func hasAny(o *wire.Object, names ...string) bool {
	for _, name := range names {
		if _, ok := o.Get(name); ok {
			return true
		}
	}
	return false
}

// without returns a copy of an object that lacks some members.
func without(o *wire.Object, names ...string) *wire.Object {
	rest := wire.NewObject()
	for name, v := range o.All() {
		rest.Set(name, v)
	}
	for _, name := range names {
		rest.Delete(name)
	}
	return rest
}
