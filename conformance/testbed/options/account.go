package options

import (
	"context"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

func (r reader) account(o strict.Object, c *core.AccountConfig) {
	update := true
	o.Bool("updateAccountOnSignIn", &update)
	c.KeepTokens = !update
	o.Bool("encryptOAuthTokens", &c.EncryptOAuthTokens)
	o.Bool("storeAccountCookie", &c.StoreAccountCookie)
	o.Bool("skipStateCookieCheck", &c.SkipStateCookieCheck)
	strategy := ""
	o.Choice("storeStateStrategy", &strategy, "database", "cookie")
	switch strategy {
	case "database":
		c.StateStorage = core.StateInDatabase
	case "cookie":
		c.StateStorage = core.StateInCookie
	}

	linking := o.Object("accountLinking")
	enabled, verified := true, true
	linking.Bool("enabled", &enabled)
	linking.Bool("requireLocalEmailVerified", &verified)
	c.Linking.Disabled, c.Linking.AllowUnverifiedLocal = !enabled, !verified
	linking.Bool("disableImplicitLinking", &c.Linking.DisableImplicit)
	linking.Bool("allowDifferentEmails", &c.Linking.AllowDifferentEmails)
	linking.Bool("allowUnlinkingAll", &c.AllowUnlinkingAll)
	linking.Bool("updateUserInfoOnLink", &c.Linking.UpdateUserInfo)
	if trusted := r.function(linking, "trustedProviders"); trusted != nil {
		c.Linking.TrustedProvidersFunc = func(ctx context.Context, x *core.Exchange) ([]string, error) {
			v, err := trusted(ctx, request(x.Request()))
			return texts(v), err
		}
	} else {
		linking.Strings("trustedProviders", &c.Linking.TrustedProviders)
	}
}

// validateUser is user.validateUserInfo: a function ({user, source}) that returns nothing, or {error, errorDescription}.
func (r reader) validateUser(o strict.Object) core.ValidateUserFunc {
	validate := r.function(o, "validateUserInfo")
	if validate == nil {
		return nil
	}
	return func(ctx context.Context, _ *core.Exchange, c core.UserCandidate) error {
		var argument, source wire.Object
		source.Set("action", c.Action)
		source.Set("method", c.Method)
		if c.ProviderID != "" {
			oauth := wire.NewObject()
			oauth.Set("providerId", c.ProviderID)
			oauth.Set("profile", c.Profile)
			source.Set("oauth", oauth)
		}
		argument.Set("user", c.User)
		argument.Set("source", &source)
		v, err := validate(ctx, &argument)
		if err != nil {
			return err
		}
		result, _ := v.(*wire.Object)
		code := member(result, "error")
		if code == "" {
			return nil
		}
		message := member(result, "errorDescription")
		if message == "" {
			message = code
		}
		return core.NewError(403, code, message)
	}
}

// member returns a text in an object, or "".
func member(o *wire.Object, name string) string {
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}

// texts returns the texts in a list.
func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, one := range list {
		if s, ok := one.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
