package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// This file replays what the transcripts of plugins leave out.

// pluginOptions are what the transcripts' words for options of a plugin mean; the id of the plugin stands before them.
var pluginOptions = map[string]string{
	"two-factor: defaults":           `{}`,
	"two-factor: otpOptions.sendOTP": `{"otpOptions":{"sendOTP":{"$record":true}}}`,
	"two-factor: otpOptions.sendOTP, accountLockout.enabled=false": `{
		"otpOptions":{"sendOTP":{"$record":true}},"accountLockout":{"enabled":false}}`,
	"two-factor: otpOptions.sendOTP, accountLockout defaults": `{"otpOptions":{"sendOTP":{"$record":true}}}`,
	"bearer: defaults":         `{}`,
	"bearer: requireSignature": `{"requireSignature":true}`,
}

// describePlugin returns the plugins of a scenario, nil for one that is core's.
func (s *scenario) describePlugin() any {
	text, ok := pluginOptions[s.Options]
	if !ok {
		return nil
	}
	id, _, _ := strings.Cut(s.Options, ":")
	return []any{map[string]any{"id": id, "options": json.RawMessage(text)}}
}

// secondFactor is what the client of a replay knows about its second factor.
type secondFactor struct {
	secret      string // raw
	backupCodes []string
}

// learn keeps what an answer shows of the second factor.
func (r *replay) learn(t *testing.T, got response) {
	t.Helper()
	var body struct {
		TOTPURI     string
		BackupCodes []string
	}
	if json.Unmarshal([]byte(got.body), &body) != nil {
		return
	}
	if body.TOTPURI != "" {
		uri, err := url.Parse(body.TOTPURI)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(uri.Query().Get("secret"))
		if err != nil {
			t.Fatal(err)
		}
		r.second.secret = string(raw)
	}
	if body.BackupCodes != nil {
		r.second.backupCodes = body.BackupCodes
	}
}

// code returns the code of this moment.
func (r *replay) code(t *testing.T) string {
	t.Helper()
	input, err := json.Marshal(map[string]any{"body": map[string]string{"secret": r.second.secret}})
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Code string }
	decodeJSON(t, string(r.call("generateTOTP", string(input)).Body), &made)
	return made.Code
}

var sentCode = regexp.MustCompile(`"otp":"(\d+)"`)

// secondFactorBody puts the codes of a row in: right ones where it succeeds, but for one that was used.
func (r *replay) secondFactorBody(t *testing.T, row *transcript, body string) string {
	t.Helper()
	right := row.Response.Status == 200 || strings.Contains(row.Name, "correct")
	switch {
	case strings.Contains(body, "<alnum:5>-<alnum:5>"):
		code := r.second.backupCodes[0]
		if strings.Contains(row.Name, "disableSession") {
			code = r.second.backupCodes[1]
		}
		return strings.Replace(body, "<alnum:5>-<alnum:5>", code, 1)
	case !strings.Contains(body, "<digits:6>"):
		return body
	case !right:
		return strings.Replace(body, "<digits:6>", "x00000", 1) // which no code is
	case strings.Contains(row.Name, "verify-otp"):
		sent := sentCode.FindAllStringSubmatch(r.outbox(""), -1)
		return strings.Replace(body, "<digits:6>", sent[len(sent)-1][1], 1)
	default:
		return strings.Replace(body, "<digits:6>", r.code(t), 1)
	}
}

// enrolled makes Ann, with an authenticator app.
func enrolled(t *testing.T, r *replay) {
	t.Helper()
	r.keep(r.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`), nil)
	session := r.jars[r.order[len(r.order)-1]]
	r.learn(t, r.request("POST", "/api/auth/two-factor/enable", `{"password":"password1234"}`, "Cookie", session.header(), "Origin", "http://localhost:3000"))
	r.request("POST", "/api/auth/two-factor/verify-totp", `{"code":"`+r.code(t)+`"}`, "Cookie", session.header(), "Origin", "http://localhost:3000")
}

// challenged has Ann sign in as far as the second factor.
func challenged(t *testing.T, r *replay) {
	t.Helper()
	r.keep(r.request("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password1234"}`), nil)
}

func enrolledAndChallenged(t *testing.T, r *replay) {
	t.Helper()
	enrolled(t, r)
	challenged(t, r)
}

// guessed has a code sent and guesses four times.
func guessed(t *testing.T, r *replay) {
	t.Helper()
	challenge := r.jars[r.order[len(r.order)-1]]
	r.request("POST", "/api/auth/two-factor/send-otp", `{}`, "Cookie", challenge.header(), "Origin", "http://localhost:3000")
	for range 4 {
		r.request("POST", "/api/auth/two-factor/verify-otp", `{"code":"x00000"}`, "Cookie", challenge.header(), "Origin", "http://localhost:3000")
	}
}

// signedUp binds the token of a session that the transcript has from elsewhere.
func signedUp(t *testing.T, r *replay) {
	t.Helper()
	r.keep(r.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`), nil)
	if err := r.text("<str:32#1>", r.order[len(r.order)-1]); err != nil {
		t.Fatal(err)
	}
}

// preparations are what happens before a row, by its name, that the transcript does not show.
var preparations = map[string]func(t *testing.T, r *replay){
	"/two-factor/send-otp success":                                                                  challenged,
	"/two-factor/verify-backup-code invalid code":                                                   challenged,
	"/two-factor/verify-backup-code used code":                                                      challenged,
	"/two-factor/verify-otp otp too many attempts (attempt 5)":                                      guessed,
	"/two-factor/verify-totp totp failures in one challenge, lockout off (attempt 1)":               enrolledAndChallenged,
	"/two-factor/verify-backup-code backup code failures in one challenge, lockout off (attempt 1)": challenged,
	"/two-factor/verify-totp totp failures, 4 per challenge, lockout default (failure 1)":           enrolledAndChallenged,
	"/two-factor/verify-totp totp failures, 4 per challenge, lockout default (failure 5)":           challenged,
	"/two-factor/verify-totp totp failures, 4 per challenge, lockout default (failure 9)":           challenged,
	"/get-session raw token rejected":                                                               signedUp,
}

var signedPlaceholder = regexp.MustCompile(`(<str:32#\d+>)\.<hmac:base64:44>`)

// header puts values into a request header: a signed token among them.
func (r *replay) headerValue(text string) string {
	text = signedPlaceholder.ReplaceAllStringFunc(text, func(m string) string {
		token := r.substitute(signedPlaceholder.FindStringSubmatch(m)[1])
		mac := hmac.New(sha256.New, []byte(transcriptSecret))
		mac.Write([]byte(token))
		return token + "." + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	})
	return r.substitute(text)
}
