package options

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// emailAndPassword returns the plugin, disabled if the options do not enable it: better-auth serves its endpoints always.
func (r reader) emailAndPassword(o strict.Object, c *core.PasswordConfig) core.Plugin {
	enabled, autoSignIn := false, true
	var opts emailpassword.Options
	o.Bool("enabled", &enabled)
	o.Bool("disableSignUp", &opts.DisableSignUp)
	o.Bool("autoSignIn", &autoSignIn)
	o.Int("minPasswordLength", &opts.MinPasswordLength) // 0 is the default in both worlds
	o.Int("maxPasswordLength", &opts.MaxPasswordLength)
	o.Bool("requireEmailVerification", &opts.RequireEmailVerification)
	opts.SendResetPassword = r.mail(o, "sendResetPassword")
	o.Seconds("resetPasswordTokenExpiresIn", &opts.ResetTokenExpiresIn) // likewise
	if o.Has("revokeSessionsOnPasswordReset") {
		opts.RevokeSessionsOnPasswordReset = onOff(o, "revokeSessionsOnPasswordReset")
	}
	r.passwordCallbacks(o, &opts)
	opts.Disabled, opts.DisableAutoSignIn = !enabled, !autoSignIn

	hasher := o.Object("password")
	hash, verify := r.function(hasher, "hash"), r.function(hasher, "verify")
	if hash != nil || verify != nil {
		c.Hasher = functionHasher{hash, verify, new(password.Scrypt)}
	}
	return emailpassword.New(opts)
}

func (r reader) passwordCallbacks(o strict.Object, opts *emailpassword.Options) {
	if reset := r.function(o, "onPasswordReset"); reset != nil {
		opts.OnPasswordReset = func(ctx context.Context, x *core.Exchange, u *model.User) error {
			_, err := reset(ctx, map[string]any{"user": u}, request(x.Request()))
			return err
		}
	}
	if existing := r.function(o, "onExistingUserSignUp"); existing != nil {
		opts.OnExistingUserSignUp = func(ctx context.Context, a emailpassword.SignUpAttempt) error {
			_, err := existing(ctx, map[string]any{"user": a.User}, request(a.Request))
			return err
		}
	}
	if custom := r.function(o, "customSyntheticUser"); custom != nil {
		opts.CustomSyntheticUser = func(u model.User) model.User { return customUser(custom, u) }
	}
}

// customUser asks for another made-up user than u. What cannot be one leaves u as it is.
func customUser(custom Function, u model.User) model.User {
	var fields, arg wire.Object
	fields.Set("name", u.Name)
	fields.Set("email", u.Email)
	fields.Set("emailVerified", u.EmailVerified)
	fields.Set("image", u.Image)
	fields.Set("createdAt", u.CreatedAt)
	fields.Set("updatedAt", u.UpdatedAt)
	additional := wire.NewObject()
	for _, v := range u.Extra {
		additional.Set(v.Name, v.Value)
	}
	arg.Set("coreFields", &fields)
	arg.Set("additionalFields", additional)
	arg.Set("id", u.ID)
	// better-auth has no context to give here, and no error to take.
	v, err := custom(context.Background(), &arg)
	made, ok := v.(*wire.Object)
	if err != nil || !ok {
		return u
	}
	for name, value := range made.All() {
		setColumn(&u, name, value)
	}
	return u
}

func setColumn(u *model.User, name string, value any) {
	s, isString := value.(string)
	switch name {
	case "id":
		u.ID = s
	case "name":
		u.Name = s
	case "email":
		u.Email = s
	case "emailVerified":
		u.EmailVerified = value == true
	case "image":
		u.Image = nil
		if isString {
			u.Image = &s
		}
	case "createdAt":
		u.CreatedAt, _ = wire.ParseTime(s)
	case "updatedAt":
		u.UpdatedAt, _ = wire.ParseTime(s)
	default:
		u.Extra.Set(name, value)
	}
}

// functionHasher hashes with the functions of emailAndPassword.password. One that is nil is the default's.
type functionHasher struct {
	hash, verify Function
	fallback     password.Hasher
}

func (h functionHasher) Hash(ctx context.Context, pw string) (string, error) {
	if h.hash == nil {
		return h.fallback.Hash(ctx, pw)
	}
	v, err := h.hash(ctx, pw)
	if err != nil {
		return "", err
	}
	encoded, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("emailAndPassword.password.hash returned %T instead of a string", v)
	}
	return encoded, nil
}

func (h functionHasher) Verify(ctx context.Context, encoded, pw string) (bool, error) {
	if h.verify == nil {
		return h.fallback.Verify(ctx, encoded, pw)
	}
	var arg wire.Object
	arg.Set("hash", encoded)
	arg.Set("password", pw)
	v, err := h.verify(ctx, &arg)
	return err == nil && v == true, err
}
