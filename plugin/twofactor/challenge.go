package twofactor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/secret"
)

// Challenge is the Body of the *core.Challenge in which a sign-in ends that needs a second factor, and the answer to a
// client over HTTP.
type Challenge struct {
	TwoFactorRedirect bool `json:"twoFactorRedirect"`
	// TwoFactorMethods are those that the user can use now: "totp", "otp". Backup codes are not among them.
	TwoFactorMethods []string `json:"twoFactorMethods"`
}

// The beginnings of identifiers of verification records (formats.md §5).
const (
	challengePrefix = "2fa-"
	attemptsPrefix  = "2fa-attempts-"
	otpPrefix       = "2fa-otp-"
	trustPrefix     = "trust-device-"
)

// challengeRandom is how many random characters follow challengePrefix.
const challengeRandom = 20

// isChallenge tells a challenge from the other records: what a cookie names must not be something else that is signed.
func isChallenge(id string) bool {
	random, ok := strings.CutPrefix(id, challengePrefix)
	return ok && len(random) == challengeRandom && strings.Trim(random, secret.AlphabetString) == ""
}

func (p *Plugin) challengeCookie(x *core.Exchange) cookie.Cookie {
	return x.NewCookie("two_factor", cookie.Patch{MaxAge: new(cookie.For(p.opts.ChallengeMaxAge))})
}

// decision is what the sign-in step has found, for the hook that tells the client.
type decision struct {
	userID  string
	trusted bool
}

type (
	decisionKey struct{}
	passedKey   struct{}
)

// intercept is the sign-in step: it asks for the second factor unless the device is one that the user trusts.
//
// It stores nothing. What it decides is stored and sent by afterSignIn, when the handler has returned: a handler that
// returns the challenge as its error has by then undone its transaction, if it had one.
func (p *Plugin) intercept(ctx context.Context, x *core.Exchange, s *core.SignIn) error {
	if !isEnabled(s.User) || x.Value(passedKey{}) != nil || !p.requires(x, s.Method) {
		return nil
	}
	trusted, err := p.trusts(ctx, x, s.User.ID)
	if err != nil {
		return err
	}
	x.SetValue(decisionKey{}, decision{s.User.ID, trusted})
	if trusted {
		return nil
	}
	if _, ok := x.SignedCookie(p.trustCookie(x)); ok {
		x.ExpireCookie(p.trustCookie(x))
	}
	methods := []string{}
	if !p.opts.TOTP.Disabled {
		row, err := find(ctx, x.Auth(), s.User.ID)
		if err != nil {
			return err
		}
		if row.verified() {
			methods = append(methods, methodTOTP)
		}
	}
	if p.opts.OTP.Send != nil {
		methods = append(methods, methodOTP)
	}
	return &core.Challenge{Method: "two-factor", Body: Challenge{TwoFactorRedirect: true, TwoFactorMethods: methods}}
}

// upstreamMethods are the first factors that better-auth asks for a second one after.
var upstreamMethods = []string{"email", "username", "phone-number"}

func (p *Plugin) requires(x *core.Exchange, method string) bool {
	switch {
	case p.opts.Require != nil:
		return p.opts.Require(method)
	case x.Hardened():
		return method != "passkey"
	default:
		return slices.Contains(upstreamMethods, method)
	}
}

// afterSignIn stores the challenge and gives the client its cookie, or trusts the device further under a new id.
func (p *Plugin) afterSignIn(ctx context.Context, x *core.Exchange, out any, err error) (any, error) {
	d, ok := x.Value(decisionKey{}).(decision)
	if !ok {
		return out, err
	}
	var challenge *core.Challenge
	if d.trusted {
		if x.NewSession() != nil {
			if failed := p.trust(ctx, x, d.userID); failed != nil {
				return nil, failed
			}
		}
		return out, err
	}
	if !errors.As(err, &challenge) {
		return out, err
	}
	body, ok := challenge.Body.(Challenge)
	if !ok { // another plugin's
		return out, err
	}
	c := p.challengeCookie(x)
	c.Value = challengePrefix + secret.String(challengeRandom)
	if failed := x.Auth().CreateVerification(ctx, c.Value, d.userID, p.opts.ChallengeMaxAge); failed != nil {
		return nil, failed
	}
	if failed := x.Auth().CreateVerification(ctx, attemptsPrefix+c.Value, "0", p.opts.ChallengeMaxAge); failed != nil {
		return nil, failed
	}
	x.SetSignedCookie(c)
	if p.opts.ChallengeURL != "" && x.HTTP() && x.Method() == "GET" {
		return nil, x.RedirectBack(ctx, p.opts.ChallengeURL, "twoFactorMethods", strings.Join(body.TwoFactorMethods, ","))
	}
	return out, err
}

// hooks are those around other plugins' endpoints, and those that make passwords mandatory.
func (p *Plugin) hooks() []core.Hook {
	hooks := []core.Hook{
		core.AfterAny(core.Everywhere, p.afterSignIn),
		core.OnEvent(func(ctx context.Context, x *core.Exchange, e core.PasswordChanged) {
			p.passwordChanged(ctx, x, e.UserID)
		}),
		core.OnEvent(func(ctx context.Context, x *core.Exchange, e core.PasswordReset) { p.passwordChanged(ctx, x, e.UserID) }),
	}
	if !p.opts.AllowPasswordless {
		hooks = append(hooks, demandPassword(p.Enable), demandPassword(p.Disable))
	}
	if !p.opts.passwordless(p.opts.TOTP.AllowPasswordless) {
		hooks = append(hooks, demandPassword(p.GetTOTPURI))
	}
	if !p.opts.passwordless(p.opts.BackupCodes.AllowPasswordless) {
		hooks = append(hooks, demandPassword(p.GenerateBackupCodes))
	}
	if p.opts.Mandatory != nil {
		hooks = append(hooks, core.BeforeAny(p.needsEnrolment, p.beforeEnrolment))
	}
	return hooks
}
