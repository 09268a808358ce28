package options

import (
	"context"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/wire"
)

// mail reads a callback that sends a message: it is called with {user, newEmail?, url, token} and the request.
func (r reader) mail(o strict.Object, name string) core.MailFunc {
	send := r.function(o, name)
	if send == nil {
		return nil
	}
	return func(ctx context.Context, m core.Mail) error {
		arg := wire.NewObject()
		arg.Set("user", m.User)
		if m.NewEmail != "" {
			arg.Set("newEmail", m.NewEmail)
		}
		arg.Set("url", m.URL)
		arg.Set("token", m.Token)
		_, err := send(ctx, arg, request(m.Request))
		return err
	}
}

// user reads a callback about a user: it is called with the user and the request.
func (r reader) user(o strict.Object, name string) core.UserFunc {
	fn := r.function(o, name)
	if fn == nil {
		return nil
	}
	return func(ctx context.Context, x *core.Exchange, u *model.User) error {
		_, err := fn(ctx, u, request(x.Request()))
		return err
	}
}

func (r reader) emailVerification(o strict.Object, c *core.EmailVerificationConfig) {
	c.Send = r.mail(o, "sendVerificationEmail")
	if o.Has("sendOnSignUp") {
		c.SendOnSignUp = onOff(o, "sendOnSignUp")
	}
	o.Bool("sendOnSignIn", &c.SendOnSignIn)
	o.Bool("autoSignInAfterVerification", &c.AutoSignIn)
	o.Seconds("expiresIn", &c.ExpiresIn)
	if o.Has("expiresIn") {
		c.ExpiresIn = explicit(c.ExpiresIn) // links that are never good
	}
	c.Before = r.user(o, "beforeEmailVerification")
	c.After = r.user(o, "afterEmailVerification")
}

func (r reader) users(o strict.Object, c *core.UserConfig) {
	change := o.Object("changeEmail")
	change.Bool("enabled", &c.ChangeEmail.Enabled)
	c.ChangeEmail.SendConfirmation = r.mail(change, "sendChangeEmailConfirmation")
	change.Bool("updateEmailWithoutVerification", &c.ChangeEmail.UpdateWithoutVerification)

	remove := o.Object("deleteUser")
	remove.Bool("enabled", &c.DeleteUser.Enabled)
	c.DeleteUser.SendVerification = r.mail(remove, "sendDeleteAccountVerification")
	c.DeleteUser.Before = r.user(remove, "beforeDelete")
	c.DeleteUser.After = r.user(remove, "afterDelete")
	remove.Seconds("deleteTokenExpiresIn", &c.DeleteUser.TokenExpiresIn) // 0 is the default in both worlds
}

// onOff reads a boolean that has a default of its own besides true and false.
func onOff(o strict.Object, name string) core.Switch {
	on := false
	o.Bool(name, &on)
	if on {
		return core.On
	}
	return core.Off
}
