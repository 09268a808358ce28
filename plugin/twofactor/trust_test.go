package twofactor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memstorage"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

func TestTrustedDevices(t *testing.T) {
	t.Parallel()
	places := map[string]func(*core.Config){
		"table":   func(*core.Config) {},
		"storage": func(c *core.Config) { c.SecondaryStorage = memstorage.New(memstorage.Options{Now: c.Now}) },
		"hashed":  func(c *core.Config) { c.Verification.Identifiers = core.HashIdentifier },
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, twofactor.Options{}, place)
			first, app := r.enrolled()
			trusted := func() *browser {
				r.clock.Advance(time.Minute)
				b := r.challenged()
				b.want(200, "token", "/two-factor/verify-totp", `{"code":"`+app.code()+`","trustDevice":true}`)
				return b
			}
			passes := func(b *browser) bool { return !strings.Contains(b.signIn().body, "twoFactorRedirect") }

			b := trusted()
			old := b.copy()
			if !passes(b) || !passes(b) {
				t.Error("a trusted device is asked")
			}
			if passes(old) {
				t.Error("an id that was used is good again")
			}
			if _, ok := old.cookies["better-auth.trust_device"]; ok {
				t.Error("a cookie that is worth nothing stays")
			}
			if r.browser().signIn(); passes(r.browser()) {
				t.Error("a device without the cookie is trusted")
			}
			forged := r.browser()
			forged.cookies["better-auth.trust_device"] = first.cookies["better-auth.session_token"]
			if passes(forged) {
				t.Error("another signed value is a trusted device")
			}
			r.clock.Advance(30 * 24 * time.Hour)
			if passes(b) {
				t.Error("trust does not end")
			}

			b = trusted()
			r.clock.Advance(time.Millisecond)
			b.want(200, "", "/change-password", `{"currentPassword":"`+password+`","newPassword":"`+password+`"}`)
			if passes(b) {
				t.Error("trust outlives a change of password")
			}

			b, other := trusted(), trusted()
			r.clock.Advance(time.Millisecond)
			b.want(200, "", "/two-factor/disable", `{"password":"`+password+`"}`)
			if _, ok := b.cookies["better-auth.trust_device"]; ok {
				t.Error("the cookie stays after disabling")
			}
			if b.signIn(); !b.signedIn() {
				t.Error("a user without a second factor is not signed in")
			}
			app = b.enrol()
			b.want(200, "token", "/two-factor/verify-totp", app.input())
			if passes(other) {
				t.Error("trust outlives disabling")
			}
		})
	}
}

// TestTrustIsTheUsers: a device that Ann trusts is not one that Bob does.
func TestTrustIsTheUsers(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	_, app := r.enrolled()
	b := r.challenged()
	b.want(200, "token", "/two-factor/verify-totp", `{"code":"`+app.code()+`","trustDevice":true}`)
	bob := r.signUp("bob@example.com")
	bob.want(200, "token", "/two-factor/verify-totp", bob.enrol().input())
	b.want(200, "twoFactorRedirect", "/sign-in/email", `{"email":"bob@example.com","password":"`+password+`"}`)
}
