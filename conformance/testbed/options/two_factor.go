package options

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

func (r reader) twoFactor(o strict.Object) core.Plugin {
	var opts twofactor.Options
	o.String("issuer", &opts.Issuer)
	o.Bool("skipVerificationOnEnable", &opts.SkipVerificationOnEnable)
	o.Bool("allowPasswordless", &opts.AllowPasswordless)
	o.Seconds("twoFactorCookieMaxAge", &opts.ChallengeMaxAge)
	o.Seconds("trustDeviceMaxAge", &opts.TrustDeviceMaxAge)

	totp := o.Object("totpOptions")
	totp.Bool("disable", &opts.TOTP.Disabled)
	totp.Int("digits", &opts.TOTP.Digits) // 0 is the default in both worlds
	totp.Seconds("period", &opts.TOTP.Period)
	if totp.Has("allowPasswordless") {
		opts.TOTP.AllowPasswordless = onOff(totp, "allowPasswordless")
	}

	r.otp(o.Object("otpOptions"), &opts.OTP)
	r.backupCodes(o.Object("backupCodeOptions"), &opts.BackupCodes)

	lockout, enabled := o.Object("accountLockout"), true
	lockout.Bool("enabled", &enabled)
	opts.Lockout.Disabled = !enabled
	lockout.Int("maxFailedAttempts", &opts.Lockout.MaxFailedAttempts)
	lockout.Seconds("durationSeconds", &opts.Lockout.Duration)

	var names renamed
	names.table(o.Object("schema").Object("user"), "user")
	names.table(o.Object("schema").Object("twoFactor"), twofactor.Table)
	names.named(o, "twoFactorTable", twofactor.Table)
	return names.plugin(twofactor.New(opts))
}

func (r reader) otp(o strict.Object, opts *twofactor.OTPOptions) {
	if send := r.function(o, "sendOTP"); send != nil {
		opts.Send = func(ctx context.Context, m twofactor.Message) error {
			arg := wire.NewObject()
			arg.Set("user", m.User)
			arg.Set("otp", m.Code)
			_, err := send(ctx, arg) // better-auth's second argument is its context, which no JSON says
			return err
		}
	}
	o.Int("digits", &opts.Digits)
	o.Int("allowedAttempts", &opts.AllowedAttempts)
	var minutes float64
	o.Number("period", &minutes)
	opts.Period = time.Duration(minutes * float64(time.Minute))
	opts.Storage = r.codeStorage(o, "storeOTP", "plain", "encrypted", "hashed")
}

func (r reader) backupCodes(o strict.Object, opts *twofactor.BackupCodeOptions) {
	o.Int("amount", &opts.Amount)
	o.Int("length", &opts.Length)
	if generate := r.function(o, "customBackupCodesGenerate"); generate != nil {
		opts.Generate = func() []string {
			v, _ := generate(context.Background())
			list, _ := v.([]any)
			codes := make([]string, len(list))
			for i := range list {
				codes[i], _ = list[i].(string)
			}
			return codes
		}
	}
	opts.Storage = r.codeStorage(o, "storeBackupCodes", "plain", "encrypted")
	if o.Has("allowPasswordless") {
		opts.AllowPasswordless = onOff(o, "allowPasswordless")
	}
}

var codeForms = map[string]twofactor.Form{"plain": twofactor.Plain, "encrypted": twofactor.Encrypted, "hashed": twofactor.Hashed}

// codeStorage reads the form in which codes are stored: a name, or an object of functions.
func (r reader) codeStorage(o strict.Object, name string, forms ...string) (s twofactor.Storage) {
	if !o.IsObject(name) {
		form := ""
		o.Choice(name, &form, forms...)
		s.Form = codeForms[form]
		return s
	}
	own := o.Object(name)
	s.Hash, s.Encrypt, s.Decrypt = textFunction(r.function(own, "hash")), textFunction(r.function(own, "encrypt")), textFunction(r.function(own, "decrypt"))
	return s
}

// textFunction makes a function of texts; nil of none.
func textFunction(f Function) func(context.Context, string) (string, error) {
	if f == nil {
		return nil
	}
	return func(ctx context.Context, text string) (string, error) {
		v, err := f(ctx, text)
		s, ok := v.(string)
		if err == nil && !ok {
			err = fmt.Errorf("got %T instead of a string", v)
		}
		return s, err
	}
}
