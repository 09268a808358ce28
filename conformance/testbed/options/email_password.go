package options

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
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
	o.Off("requireEmailVerification")
	opts.Disabled, opts.DisableAutoSignIn = !enabled, !autoSignIn

	hasher := o.Object("password")
	hash, verify := r.function(hasher, "hash"), r.function(hasher, "verify")
	if hash != nil || verify != nil {
		c.Hasher = functionHasher{hash, verify, new(password.Scrypt)}
	}
	return emailpassword.New(opts)
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
