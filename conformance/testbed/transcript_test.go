package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/wire"
)

// scenario is a part of testdata/transcripts.json: requests to one instance, in order.
type scenario struct {
	Options string
	Rows    []transcript
}

type transcript struct {
	Name    string
	Request struct {
		Method, Path string
		Headers      map[string]*string // null takes away the one that would be sent
		Body         json.RawMessage
		RawBody      *string `json:"raw_body"`
		Form         map[string]string
		Cookies      []string // names; the values are those of some session
	}
	Response struct {
		Status     int
		Headers    map[string]string
		Body       json.RawMessage
		BodyAbsent bool `json:"body_absent"`
		SetCookie  []struct {
			Name, Value string
			Attributes  []string
		} `json:"set_cookie"`
		// Verifications are the rows that the request has made in the verification table, where it has made any.
		Verifications []verificationRow `json:"db_verification_rows_created"`
	}
}

// scenarioOptions are what the transcripts' words for options mean, as members of what every scenario has: a base URL,
// a secret, and email and password.
var scenarioOptions = map[string]string{
	"": `{}`,
	"emailAndPassword.sendResetPassword, emailVerification.sendVerificationEmail, user.changeEmail.enabled, user.deleteUser.enabled": `{
		"emailAndPassword":{"enabled":true,"sendResetPassword":{"$record":true}},
		"emailVerification":{"sendVerificationEmail":{"$record":true}},
		"user":{"changeEmail":{"enabled":true},"deleteUser":{"enabled":true}}}`,
	"user.deleteUser.enabled, user.deleteUser.sendDeleteAccountVerification": `{
		"user":{"deleteUser":{"enabled":true,"sendDeleteAccountVerification":{"$record":true}}}}`,
	"user.deleteUser.enabled": `{"user":{"deleteUser":{"enabled":true}}}`,
	"emailAndPassword.requireEmailVerification, emailVerification.autoSignInAfterVerification": `{
		"emailAndPassword":{"enabled":true,"requireEmailVerification":true},
		"emailVerification":{"sendVerificationEmail":{"$record":true},"autoSignInAfterVerification":true}}`,
	"emailAndPassword.autoSignIn=false": `{"emailAndPassword":{"enabled":true,"autoSignIn":false}}`,
	"emailAndPassword.enabled=false":    `{"emailAndPassword":{"enabled":false}}`,
	"emailAndPassword.disableSignUp":    `{"emailAndPassword":{"enabled":true,"disableSignUp":true}}`,
	`disabledPaths=["/sign-up/email"]`:  `{"disabledPaths":["/sign-up/email"]}`,
	"user.additionalFields{plan,role2(input:false),age(required),hidden(returned:false)}, session.additionalFields{device}": `{
		"user":{"additionalFields":{
			"plan":{"type":"string","required":false,"defaultValue":"free"},
			"role2":{"type":"string","required":false,"input":false},
			"age":{"type":"number","required":true},
			"hidden":{"type":"string","required":false,"returned":false}}},
		"session":{"additionalFields":{"device":{"type":"string","required":false}}}}`,
	"session.cookieCache.enabled, strategy=compact":    `{"session":{"cookieCache":{"enabled":true,"strategy":"compact"}}}`,
	"session.cookieCache.enabled, strategy=jwt":        `{"session":{"cookieCache":{"enabled":true,"strategy":"jwt"}}}`,
	"session.cookieCache.enabled, strategy=jwe":        `{"session":{"cookieCache":{"enabled":true,"strategy":"jwe"}}}`,
	"session.deferSessionRefresh, session.updateAge=0": `{"session":{"deferSessionRefresh":true,"updateAge":0}}`,
	"session.updateAge=0":                              `{"session":{"updateAge":0}}`,
	"session.freshAge=1":                               `{"session":{"freshAge":1}}`,
	"baseURL=https://app.example.com":                  `{"baseURL":"https://app.example.com"}`,
	"https baseURL, advanced.crossSubDomainCookies{enabled,domain:example.com}, advanced.cookiePrefix=myapp, defaultCookieAttributes{sameSite:none,partitioned}": `{
		"baseURL":"https://app.example.com","advanced":{
			"crossSubDomainCookies":{"enabled":true,"domain":"example.com"},"cookiePrefix":"myapp",
			"defaultCookieAttributes":{"sameSite":"none","partitioned":true}}}`,
	"session.expiresIn=1":               `{"session":{"expiresIn":1}}`,
	"rateLimit.enabled":                 `{"rateLimit":{"enabled":true}}`,
	"advanced.database.generateId=uuid": `{"advanced":{"database":{"generateId":"uuid"}}}`,
	"advanced.database.generateId=serial": `{
		"advanced":{"database":{"generateId":"serial"}}}`,
}

const transcriptSecret = "transcript-secret-0123456789-0123456789"

// TestTranscripts replays what better-auth was asked and compares every answer, on every adapter and every database. With TRANSCRIPTS_CONTROL,
// the control address of a testbed that runs already, it asks that one, once: the reference passes, too, but for what its
// HTTP server and the protocol cannot say.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/transcripts.json")
	if err != nil {
		t.Fatal(err)
	}
	var scenarios []scenario
	decodeJSON(t, string(data), &scenarios)
	if have := len(scenarioOptions) + len(pluginOptions); len(scenarios) != have {
		t.Errorf("got %d scenarios and options for %d", len(scenarios), have)
	}
	if control := os.Getenv("TRANSCRIPTS_CONTROL"); control != "" {
		replayAll(t, connect(t, control), adapters[0].name, "sqlite", scenarios, []pendingFeature{
			{Feature: "a body without a type from Node's HTTP server", Rows: []string{
				"/sign-in/email missing content-type", "/change-password missing content-type on a JSON-only endpoint",
			}},
		})
		return
	}
	pending := readPending(t)
	eachPair(t, databaseKinds(), func(t *testing.T, adapter, kind string) {
		replayAll(t, newTestbed(t), adapter, kind, scenarios, pending)
	})
}

func replayAll(t *testing.T, b *testbed, adapter, kind string, scenarios []scenario, pending []pendingFeature) {
	t.Helper()
	replayed, waiting := 0, map[string]int{}
	for _, s := range scenarios {
		r, feature := openReplay(t, b, adapter, kind, &s, pending)
		if r == nil {
			waiting[feature] += len(s.Rows)
			continue
		}
		for i := range s.Rows {
			row := &s.Rows[i]
			if feature := pendingRow(pending, row); feature != "" {
				waiting[feature]++
				continue
			}
			replayed++
			got := r.send(t, row)
			if err := r.compare(t, row, got); err != nil {
				t.Errorf("%q: %s: %v\n%d %v %s", s.Options, row.Name, err, got.status, got.header, got.body)
			}
		}
	}
	t.Logf("%d rows replayed", replayed)
	for feature, rows := range waiting {
		t.Logf("%d rows wait for %s", rows, feature)
	}
}

// openReplay opens an instance for a scenario; without one, it names the feature that the scenario waits for.
func openReplay(t *testing.T, b *testbed, adapter, kind string, s *scenario, pending []pendingFeature) (r *replay, feature string) {
	t.Helper()
	text, ok := scenarioOptions[s.Options]
	plugins := s.describePlugin()
	if plugins != nil {
		text = `{}`
	} else if !ok {
		t.Fatalf("no options for %q", s.Options)
	}
	options := map[string]json.RawMessage{ // not decoded further: the order of fields is the order of columns
		"baseURL": json.RawMessage(`"http://localhost:3000"`), "secret": json.RawMessage(`"` + transcriptSecret + `"`),
		"emailAndPassword": json.RawMessage(`{"enabled":true}`),
	}
	decodeJSON(t, text, &options)
	description := map[string]any{"adapter": adapter, "passwordHasher": "fast", "options": options}
	if plugins != nil {
		description["plugins"] = plugins
	}
	r = &replay{unifier: newUnifier(), jars: map[string]jar{}}
	if kind == "memory" && s.needsDatabase() {
		kind = "sqlite"
	}
	r.kind = kind
	description["database"], r.db = freshDatabase(t, kind)
	body, err := json.Marshal(description)
	if err != nil {
		t.Fatal(err)
	}
	res := b.send("POST", "/instances", string(body))
	if feature := pendingOptions(t, pending, res); feature != "" {
		return nil, feature
	}
	if res.status != 201 {
		t.Fatalf("%q: got %d %s, want an instance", s.Options, res.status, res.body)
	}
	var created struct{ ID, URL string }
	decodeJSON(t, res.body, &created)
	r.testInstance = &testInstance{b, created.ID, created.URL}
	return r, ""
}

// needsDatabase reports whether rows say what is in the database, or whether its kind shows.
func (s *scenario) needsDatabase() bool {
	for _, row := range s.Rows {
		if len(row.Response.Verifications) > 0 {
			return true
		}
	}
	return strings.Contains(s.Options, "generateId=serial")
}

func (r *replay) compare(t *testing.T, row *transcript, got response) error {
	t.Helper()
	want := &row.Response
	if got.status != want.Status {
		return fmt.Errorf("got %d, want %d", got.status, want.Status)
	}
	for _, name := range []string{
		"content-type", "location", "cache-control", "pragma", "x-retry-after", "set-auth-token", "access-control-expose-headers",
	} {
		if strings.Contains(want.Headers[name], "<str:") { // it may be shown here first
			if err := r.text(want.Headers[name], got.header.Get(name)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if g, w := got.header.Get(name), r.substitute(want.Headers[name]); g != w {
			return fmt.Errorf("%s: got %q, want %q", name, g, w)
		}
	}
	if err := r.compareCookies(row, got.header["Set-Cookie"]); err != nil {
		return err
	}
	if err := r.compareBody(row, got.body); err != nil {
		return err
	}
	return r.compareVerifications(t, want.Verifications)
}

func (r *replay) compareCookies(row *transcript, lines []string) error {
	if len(lines) != len(row.Response.SetCookie) {
		return fmt.Errorf("got the cookies %q, want %d", lines, len(row.Response.SetCookie))
	}
	for i, want := range row.Response.SetCookie {
		pair, attributes, _ := strings.Cut(lines[i], "; ")
		name, value, _ := strings.Cut(pair, "=")
		if name != want.Name || attributes != strings.Join(want.Attributes, "; ") {
			return fmt.Errorf("got the cookie %q, want %s with %q", lines[i], want.Name, want.Attributes)
		}
		if err := r.cookie(want.Value, value, transcriptSecret); err != nil {
			return fmt.Errorf("cookie %s: %w", name, err)
		}
	}
	return nil
}

func (r *replay) compareBody(row *transcript, got string) error {
	switch want := row.Response; {
	case want.BodyAbsent:
		if got != "" {
			return fmt.Errorf("got the body %q, want none", got)
		}
		return nil
	case want.Headers["content-type"] == "text/html":
		if !strings.HasPrefix(got, "<!DOCTYPE html>") { // the page's text is our own
			return fmt.Errorf("got %.50q, want a page", got)
		}
		return nil
	case strings.HasPrefix(want.Headers["content-type"], "text/plain"):
		var text string
		if err := json.Unmarshal(want.Body, &text); err != nil || got != text {
			return fmt.Errorf("got the body %q, want %s", got, want.Body)
		}
		return nil
	}
	w, err := wire.Parse(row.Response.Body, wire.Limits{})
	if err != nil {
		return err
	}
	g, err := wire.Parse([]byte(got), wire.Limits{})
	if err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	return r.value(w, g)
}
