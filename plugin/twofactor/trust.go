package twofactor

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/secret"
)

func (p *Plugin) trustCookie(x *core.Exchange) cookie.Cookie {
	return x.NewCookie("trust_device", cookie.Patch{MaxAge: new(cookie.For(p.opts.TrustDeviceMaxAge))})
}

// trustToken ties a trusted device to its user (formats.md §9.4).
func trustToken(keys *secret.Keyring, userID, id string) string {
	mac := keys.MAC(userID + "!" + id)
	return base64.RawURLEncoding.EncodeToString(mac[:])
}

// trust makes the client a device that needs no second factor, under a new id.
func (p *Plugin) trust(ctx context.Context, x *core.Exchange, userID string) error {
	id := trustPrefix + secret.String(32)
	if err := x.Auth().CreateVerification(ctx, id, userID, p.opts.TrustDeviceMaxAge); err != nil {
		return err
	}
	c := p.trustCookie(x)
	c.Value = trustToken(x.Auth().Keys(), userID, id) + "!" + id
	x.SetSignedCookie(c)
	return nil
}

// trusts reports whether the client is a device that the user trusts, and uses its id up: of two sign-ins at once with
// one cookie, one has to show the second factor.
func (p *Plugin) trusts(ctx context.Context, x *core.Exchange, userID string) (bool, error) {
	id, ok := p.device(x, userID)
	if !ok {
		return false, nil
	}
	v, err := x.Auth().TakeVerification(ctx, id)
	if errors.Is(err, core.ErrNoVerification) {
		return false, nil
	}
	// Upstream, too, takes the moment of expiry itself for expired here.
	return err == nil && v.Value == userID && v.ExpiresAt.After(x.Now()), err
}

// device returns the id in the client's cookie if that was made for the user.
func (p *Plugin) device(x *core.Exchange, userID string) (id string, ok bool) {
	value, ok := x.SignedCookie(p.trustCookie(x))
	if !ok {
		return "", false
	}
	token, id, ok := strings.Cut(value, "!")
	ok = ok && strings.HasPrefix(id, trustPrefix) && hmac.Equal([]byte(token), []byte(trustToken(x.Auth().Keys(), userID, id)))
	return id, ok
}

// distrust ends the trust in all devices of a user; in Exact in the client's alone, whose cookie has that value.
func (p *Plugin) distrust(ctx context.Context, x *core.Exchange, userID, device string) error {
	if x.Hardened() {
		return x.Auth().DeleteVerificationsOf(ctx, trustPrefix, userID)
	}
	if _, id, ok := strings.Cut(device, "!"); ok && strings.HasPrefix(id, trustPrefix) {
		return x.Auth().DeleteVerifications(ctx, id)
	}
	return nil
}

// passwordChanged ends the trust in all devices of a user who has another password, and the sign-ins that somebody has
// begun with the old one.
func (p *Plugin) passwordChanged(ctx context.Context, x *core.Exchange, userID string) {
	if !x.Hardened() {
		return
	}
	for _, prefix := range [...]string{trustPrefix, challengePrefix} {
		if err := x.Auth().DeleteVerificationsOf(ctx, prefix, userID); err != nil {
			x.Logger().ErrorContext(ctx, "trusted devices stay trusted after a change of password", "user", userID, "error", err)
		}
	}
}
