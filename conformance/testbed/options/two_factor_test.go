package options

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

func TestTwoFactorOptions(t *testing.T) {
	t.Parallel()
	spy := &lastCall{}
	r := standard()
	r.functions, r.known = spy, pluginReaders
	c, err := decode(t, `{"plugins":[{"id":"two-factor","options":{
		"issuer":"I","skipVerificationOnEnable":true,"allowPasswordless":true,"twoFactorCookieMaxAge":60,"trustDeviceMaxAge":120,"twoFactorTable":"factors",
		"totpOptions":{"digits":8,"period":60,"disable":true,"allowPasswordless":false},
		"otpOptions":{"sendOTP":{"$record":true},"digits":4,"period":1.5,"allowedAttempts":2,"storeOTP":"hashed"},
		"backupCodeOptions":{"amount":3,"length":6,"customBackupCodesGenerate":{"$const":["a"]},"storeBackupCodes":"plain","allowPasswordless":true},
		"accountLockout":{"enabled":false,"maxFailedAttempts":2,"durationSeconds":5},
		"schema":{"user":{"fields":{"twoFactorEnabled":"has_2fa"}},"twoFactor":{"fields":{"secret":"seed"}}}}},
		{"id":"bearer","options":{"requireSignature":true}},{"id":"bearer"}]}`, r)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.Plugins, func(p core.Plugin) bool { return p.Manifest().ID == "two-factor" })
	if i < 0 {
		t.Fatal("no plugin")
	}
	m := c.Plugins[i].Manifest()
	var names []string
	for _, rename := range m.Rename {
		names = append(names, rename.Table+"="+rename.SQLName)
	}
	if got := strings.Join(names, " "); got != "user= twoFactor= twoFactor=factors" {
		t.Errorf("got the names %s", got)
	}

	var otp twofactor.OTPOptions
	doc, err := strict.Parse([]byte(`{"sendOTP":{"$record":true},"period":1.5,"storeOTP":{"encrypt":{"$record":true},"decrypt":{"$record":true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.otp(doc.Root(), &otp)
	if otp.Period != 90*time.Second || otp.Storage.Encrypt == nil || otp.Storage.Decrypt == nil || doc.Err() != nil {
		t.Errorf("got %+v, %v", otp, doc.Err())
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	err = otp.Send(t.Context(), twofactor.Message{User: &model.User{ID: "u1", Name: "Ann", Email: "a@b.co", CreatedAt: at, UpdatedAt: at}, Code: "123456"})
	if err != nil || !strings.HasPrefix(spy.last, `record .sendOTP [{"user":{"name":"Ann"`) || !strings.HasSuffix(spy.last, `"otp":"123456"}]`) {
		t.Errorf("got %q, %v", spy.last, err)
	}
}

func TestTwoFactorOptionsAreStrict(t *testing.T) {
	t.Parallel()
	r := standard()
	r.known = pluginReaders
	_, err := decode(t, `{"plugins":[{"id":"two-factor","options":{"otpOptions":{"storeOTP":"other","more":1},"nonsense":true}},{"id":"bearer","options":{"more":1}}]}`, r)
	var unsupported *strict.UnsupportedError
	if !errors.As(err, &unsupported) {
		t.Fatalf("got %v, want what is not supported", err)
	}
	for _, want := range []string{"plugins[0].options.otpOptions.more", "plugins[0].options.nonsense", "plugins[1].options.more"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s in it", err, want)
		}
	}
}

var _ core.Plugin = renamedPlugin{}
