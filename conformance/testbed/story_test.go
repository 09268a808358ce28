package main

import (
	"encoding/base32"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const storyOptions = `{
	"emailAndPassword":{"enabled":true,"requireEmailVerification":true},
	"emailVerification":{"sendVerificationEmail":{"$record":true},"sendOnSignUp":true,"autoSignInAfterVerification":true}}`

const storyPlugins = `[{"id":"two-factor"},{"id":"bearer"},{"id":"admin"},
	{"id":"organization","options":{"sendInvitationEmail":{"$record":true}}}]`

// TestStory walks two colleagues and an admin through all of two-factor, bearer, admin and organization, which are enabled at
// once: on every adapter and database, without secondary storage, with one in memory, and with one in Redis.
func TestStory(t *testing.T) {
	t.Parallel()
	for name, storage := range map[string]func(testing.TB) map[string]any{
		"database": func(testing.TB) map[string]any { return nil },
		"storage":  func(testing.TB) map[string]any { return map[string]any{"kind": "memory"} },
		"redis": func(t testing.TB) map[string]any {
			description, _ := freshRedis(t)
			return description
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachPair(t, databaseKinds(), func(t *testing.T, adapter, kind string) {
				database, _ := freshDatabase(t, kind)
				tell(t, newTestbed(t).open(map[string]any{
					"adapter": adapter, "database": database, "secondaryStorage": storage(t),
					"options": json.RawMessage(storyOptions), "plugins": json.RawMessage(storyPlugins),
				}))
			})
		})
	}
}

func tell(t *testing.T, i *testInstance) {
	t.Helper()
	i.call("createUser", `{"body":{"name":"Root","email":"root@example.com","password":"password-1","role":"admin","data":{"emailVerified":true}}}`)
	root := actor{i, jar{}}
	root.want(t, 200, "POST", "/sign-in/email", `{"email":"root@example.com","password":"password-1"}`)

	ann, bob := join(t, i, "ann"), join(t, i, "bob")
	enrol(t, &ann)

	// Ann founds a company and has Bob join.
	acme := field(t, ann.want(t, 200, "POST", "/organization/create", `{"name":"Acme","slug":"acme"}`), "id")
	ann.want(t, 200, "POST", "/organization/create", `{"name":"Beta","slug":"beta"}`)
	ann.want(t, 200, "POST", "/organization/set-active", `{"organizationId":"`+acme+`"}`)
	if s := ann.want(t, 200, "GET", "/get-session", ""); !strings.Contains(s, `"activeOrganizationId":"`+acme+`"`) {
		t.Errorf("the active organization is not in %s", s)
	}
	invitation := field(t, ann.want(t, 200, "POST", "/organization/invite-member", `{"email":"bob@example.com","role":"member"}`), "id")
	ann.want(t, 403, "POST", "/organization/accept-invitation", `{"invitationId":"`+invitation+`"}`)
	bob.want(t, 200, "POST", "/organization/accept-invitation", `{"invitationId":"`+invitation+`"}`)
	bob.want(t, 200, "POST", "/organization/set-active", `{"organizationId":"`+acme+`"}`)
	bob.want(t, 403, "POST", "/organization/update", `{"data":{"name":"Bob's"}}`)
	member := field(t, bob.want(t, 200, "GET", "/organization/get-active-member", ""), "id")
	ann.want(t, 200, "POST", "/organization/update-member-role", `{"memberId":"`+member+`","role":"admin"}`)
	bob.want(t, 200, "POST", "/organization/update", `{"data":{"name":"Acme & Co"}}`)

	// Root acts as Bob, and comes back.
	var session struct{ User struct{ ID string } }
	decodeJSON(t, bob.want(t, 200, "GET", "/get-session", ""), &session)
	id := session.User.ID
	bob.want(t, 403, "POST", "/admin/ban-user", `{"userId":"`+id+`"}`)
	root.want(t, 200, "POST", "/admin/impersonate-user", `{"userId":"`+id+`"}`)
	if s := root.want(t, 200, "GET", "/get-session", ""); !strings.Contains(s, `"email":"bob@example.com"`) || strings.Contains(s, `"impersonatedBy":null`) {
		t.Errorf("got %s, want an impersonation of Bob", s)
	}
	root.want(t, 403, "POST", "/admin/ban-user", `{"userId":"`+id+`"}`)
	root.want(t, 200, "POST", "/admin/stop-impersonating", "{}")

	// Bob, whose app sends a token instead of cookies, is banned: his next request is refused.
	in := bob.send(t, "POST", "/sign-in/email", `{"email":"bob@example.com","password":"password-1"}`)
	app := []string{"Authorization", "Bearer " + in.header.Get("set-auth-token")}
	if res := i.request("GET", "/me", "", app...); res.status != 200 {
		t.Errorf("with a token: got %d %s", res.status, res.body)
	}
	root.want(t, 200, "POST", "/admin/ban-user", `{"userId":"`+id+`","banReason":"spam"}`)
	if s := bob.want(t, 200, "GET", "/get-session", ""); s != "null" {
		t.Errorf("banned: got %s", s)
	}
	if res := i.request("GET", "/me", "", app...); res.status != 401 {
		t.Errorf("banned, with a token: got %d %s", res.status, res.body)
	}
	if code := field(t, bob.want(t, 403, "POST", "/sign-in/email", `{"email":"bob@example.com","password":"password-1"}`), "code"); code != "BANNED_USER" {
		t.Errorf("banned: got %s", code)
	}
	if s := ann.want(t, 200, "GET", "/organization/get-full-organization", ""); !strings.Contains(s, `"name":"Acme & Co"`) || !strings.Contains(s, `"role":"admin"`) {
		t.Errorf("got %s", s)
	}
}

// join signs somebody up, whom the link in the mail signs in.
func join(t *testing.T, i *testInstance, name string) actor {
	t.Helper()
	a := actor{i, jar{}}
	a.want(t, 200, "POST", "/sign-up/email", `{"name":"`+name+`","email":"`+name+`@example.com","password":"password-1"}`)
	if s := a.want(t, 200, "GET", "/get-session", ""); s != "null" {
		t.Fatalf("signed in before the address is verified: %s", s)
	}
	a.want(t, 200, "GET", "/verify-email?token="+lastToken(t, i), "")
	if s := a.want(t, 200, "GET", "/get-session", ""); !strings.Contains(s, `"emailVerified":true`) {
		t.Fatalf("got %s", s)
	}
	return a
}

// enrol gives somebody an authenticator app, and has them sign in with it.
func enrol(t *testing.T, a *actor) {
	t.Helper()
	u, err := url.Parse(field(t, a.want(t, 200, "POST", "/two-factor/enable", `{"password":"password-1"}`), "totpURI"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	if err != nil {
		t.Fatal(err)
	}
	code := func() string {
		input, err := json.Marshal(map[string]any{"body": map[string]string{"secret": string(raw)}})
		if err != nil {
			t.Fatal(err)
		}
		return `{"code":"` + field(t, string(a.instance.call("generateTOTP", string(input)).Body), "code") + `"}`
	}
	a.want(t, 200, "POST", "/two-factor/verify-totp", code())
	a.want(t, 200, "POST", "/sign-out", "{}")
	a.instance.moveClock(`{"advanceMs":30000}`) // a code is good once

	const password = `{"email":"ann@example.com","password":"password-1"}`
	inProcess := a.instance.call("signInEmail", `{"body":`+password+`}`)
	if !strings.Contains(string(inProcess.Body), `"twoFactorRedirect":true`) {
		t.Errorf("in process: got %d %s", inProcess.Status, inProcess.Body)
	}
	for _, line := range inProcess.header("set-cookie") {
		if c, err := http.ParseSetCookie(line); err != nil || c.Name == "better-auth.session_token" && c.Value != "" {
			t.Errorf("in process: got %q, %v", line, err)
		}
	}
	if s := a.want(t, 200, "POST", "/sign-in/email", password); !strings.Contains(s, `"twoFactorRedirect":true`) {
		t.Fatalf("got %s, want a challenge", s)
	}
	if s := a.want(t, 200, "GET", "/get-session", ""); s != "null" {
		t.Fatalf("signed in without a second factor: %s", s)
	}
	a.want(t, 200, "POST", "/two-factor/verify-totp", code())
	if s := a.want(t, 200, "GET", "/get-session", ""); !strings.Contains(s, `"twoFactorEnabled":true`) {
		t.Fatalf("got %s", s)
	}
}

// actor is somebody with a browser.
type actor struct {
	instance *testInstance
	cookies  jar
}

func (a *actor) send(t *testing.T, method, path, body string) response {
	t.Helper()
	headers := []string{"Origin", a.instance.url}
	if len(a.cookies) > 0 {
		headers = append(headers, "Cookie", a.cookies.header())
	}
	res := a.instance.request(method, "/api/auth"+path, body, headers...)
	for _, line := range res.header["Set-Cookie"] {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		if c.MaxAge < 0 {
			delete(a.cookies, c.Name)
		} else {
			a.cookies[c.Name] = c.Value
		}
	}
	return res
}

func (a *actor) want(t *testing.T, status int, method, path, body string) string {
	t.Helper()
	res := a.send(t, method, path, body)
	if res.status != status {
		t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, res.status, res.body, status)
	}
	return res.body
}

// field returns a text from a JSON object.
func field(t *testing.T, body, name string) string {
	t.Helper()
	var o map[string]any
	decodeJSON(t, body, &o)
	s, ok := o[name].(string)
	if !ok {
		t.Fatalf("there is no %s in %s", name, body)
	}
	return s
}
