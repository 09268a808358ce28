package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// twoFactorFixture is testdata/node_two_factor.json: a user whose second factor better-auth has set up.
type twoFactorFixture struct {
	Secret, BaseURL string
	User            struct {
		Email, Password, TOTPURI, TOTPSecretRaw string
		BackupCodes                             []string
		UsedBackupCode, BearerToken             string
		TrustedDevice                           jar
		Pending                                 struct {
			Cookies jar
			OTP     string
		}
	}
}

// openTwoFactor opens a copy of the database.
func openTwoFactor(t *testing.T) (*replay, twoFactorFixture) {
	t.Helper()
	var f twoFactorFixture
	file := copyFixture(t, "node-plugins.db", "node_two_factor.json", &f)
	i := newTestbed(t).open(map[string]any{
		"database":       map[string]any{"kind": "sqlite", "dsn": file},
		"compat":         "hardened",
		"passwordHasher": "scrypt",
		"options":        enabled(`"secret":"`+f.Secret+`"`, `"baseURL":"`+f.BaseURL+`"`),
		"plugins": []any{
			map[string]any{"id": "two-factor", "options": map[string]any{"issuer": "Contract", "otpOptions": map[string]any{"sendOTP": map[string]bool{"$record": true}}}},
			map[string]any{"id": "bearer"},
		},
	})
	i.moveClock(fmt.Sprintf(`{"now":%d}`, fixtureTime.UnixMilli()))
	r := &replay{testInstance: i, unifier: newUnifier(), jars: map[string]jar{}}
	r.second = secondFactor{f.User.TOTPSecretRaw, f.User.BackupCodes}
	return r, f
}

// post sends a request with a client's cookies and keeps what comes back in them.
func (i *testInstance) post(path, body string, client jar) response {
	i.t.Helper()
	res := i.request("POST", "/api/auth"+path, body, "Cookie", client.header(), "Origin", "http://localhost:3000")
	for _, line := range res.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		if name, value, _ := strings.Cut(pair, "="); value != "" {
			client[name] = value
		} else {
			delete(client, name)
		}
	}
	return res
}

// TestNodeSecondFactor: what better-auth has enrolled, begun and trusted works here.
func TestNodeSecondFactor(t *testing.T) {
	t.Parallel()
	r, f := openTwoFactor(t)
	signIn, err := json.Marshal(map[string]string{"email": f.User.Email, "password": f.User.Password})
	if err != nil {
		t.Fatal(err)
	}
	challenged := func() jar {
		t.Helper()
		client := jar{}
		wantBody(t, r.post("/sign-in/email", string(signIn), client), 200, `{"twoFactorRedirect":true,"twoFactorMethods":["totp","otp"]}`)
		return client
	}
	want := func(res response, status int) {
		t.Helper()
		if res.status != status {
			t.Errorf("got %d %s, want %d", res.status, res.body, status)
		}
	}
	want(r.post("/two-factor/verify-otp", `{"code":"`+f.User.Pending.OTP+`"}`, f.User.Pending.Cookies), 200)
	want(r.post("/two-factor/verify-totp", `{"code":"`+r.code(t)+`"}`, challenged()), 200)
	want(r.post("/two-factor/verify-totp", `{"code":"`+r.code(t)+`"}`, challenged()), 401) // once
	want(r.post("/two-factor/verify-backup-code", `{"code":"`+f.User.UsedBackupCode+`"}`, challenged()), 401)
	want(r.post("/two-factor/verify-backup-code", `{"code":"`+f.User.BackupCodes[3]+`"}`, challenged()), 200)
	want(r.post("/two-factor/verify-backup-code", `{"code":"`+f.User.BackupCodes[3]+`"}`, challenged()), 401)

	device := f.User.TrustedDevice
	before := device["better-auth.trust_device"]
	for range 2 {
		res := r.post("/sign-in/email", string(signIn), device)
		if res.status != 200 || device["better-auth.trust_device"] == before {
			t.Errorf("a trusted device: got %d %s", res.status, res.body)
		}
	}
	res := r.post("/two-factor/get-totp-uri", `{"password":"`+f.User.Password+`"}`, device)
	wantBody(t, res, 200, `{"totpURI":"`+f.User.TOTPURI+`"}`)
	if res := r.request("GET", "/me", "", "Authorization", "Bearer "+f.User.BearerToken); res.status != 200 {
		t.Errorf("a bearer token: got %d", res.status)
	}
}
