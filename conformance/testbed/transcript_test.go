package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
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
	}
}

// scenarioOptions are what the transcripts' words for options mean. Where no base URL is said it is localhost's.
var scenarioOptions = map[string]string{
	"":                                  `{"emailAndPassword":{"enabled":true}}`,
	"emailAndPassword.autoSignIn=false": `{"emailAndPassword":{"enabled":true,"autoSignIn":false}}`,
	"emailAndPassword.enabled=false":    `{"emailAndPassword":{"enabled":false}}`,
	"emailAndPassword.disableSignUp":    `{"emailAndPassword":{"enabled":true,"disableSignUp":true}}`,
	`disabledPaths=["/sign-up/email"]`:  `{"emailAndPassword":{"enabled":true},"disabledPaths":["/sign-up/email"]}`,
	"session.updateAge=0":               `{"emailAndPassword":{"enabled":true},"session":{"updateAge":0}}`,
	"session.expiresIn=1":               `{"emailAndPassword":{"enabled":true},"session":{"expiresIn":1}}`,
	"baseURL=https://app.example.com":   `{"emailAndPassword":{"enabled":true},"baseURL":"https://app.example.com"}`,
	"https baseURL, advanced.crossSubDomainCookies{enabled,domain:example.com}, advanced.cookiePrefix=myapp, defaultCookieAttributes{sameSite:none,partitioned}": `{
		"emailAndPassword":{"enabled":true},"baseURL":"https://app.example.com","advanced":{
			"crossSubDomainCookies":{"enabled":true,"domain":"example.com"},"cookiePrefix":"myapp",
			"defaultCookieAttributes":{"sameSite":"none","partitioned":true}}}`,
}

const transcriptSecret = "transcript-secret-0123456789-0123456789"

// TestTranscripts replays what better-auth was asked and compares every answer, on every adapter.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/transcripts.json")
	if err != nil {
		t.Fatal(err)
	}
	var scenarios []scenario
	decodeJSON(t, string(data), &scenarios)
	for _, adapter := range adapterNames() {
		t.Run(adapter, func(t *testing.T) {
			t.Parallel()
			b := newTestbed(t)
			for _, s := range scenarios {
				newReplay(t, b, adapter, s.Options).run(t, s.Rows)
			}
		})
	}
}

// replay is one scenario on its way.
type replay struct {
	*testInstance
	*unifier
	// jars are the cookies of each session by its token; last is the one set last.
	jars map[string]jar
	last string
}

// jar has the cookies of one client, name to value.
type jar map[string]string

func newReplay(t *testing.T, b *testbed, adapter, words string) *replay {
	t.Helper()
	text, ok := scenarioOptions[words]
	if !ok {
		t.Fatalf("no options for %q", words)
	}
	options := map[string]any{"baseURL": "http://localhost:3000", "secret": transcriptSecret}
	decodeJSON(t, text, &options)
	return &replay{b.open(map[string]any{"adapter": adapter, "options": options}), newUnifier(), map[string]jar{}, ""}
}

func (r *replay) run(t *testing.T, rows []transcript) {
	t.Helper()
	for _, row := range rows {
		cookies := r.prepare(t, &row)
		got := r.send(t, &row, cookies)
		if err := r.compare(&row, got); err != nil {
			t.Errorf("%s: %v\n%d %v %s", row.Name, err, got.status, got.header, got.body)
		}
		r.keep(got)
	}
}

// prepare returns the cookies to send with a request, after doing what the transcript leaves out.
func (r *replay) prepare(t *testing.T, row *transcript) jar {
	t.Helper()
	if len(row.Request.Cookies) == 0 {
		return nil
	}
	if r.last == "" { // the transcript begins after a sign-up
		r.keep(r.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`))
	}
	session := r.jars[r.whose(row)]
	switch row.Name {
	case "/get-session expired session clears cookies":
		r.moveClock(`{"advanceMs":2000}`)
	case "/get-session revoked session":
		r.request("POST", "/api/auth/sign-out", "{}", "Cookie", session.header(), "Origin", "http://localhost:3000")
	case "/get-session tampered cookie":
		return jar{"better-auth.session_token": "x" + session["better-auth.session_token"]}
	case "/get-session unknown but unsigned":
		return jar{"better-auth.session_token": r.last}
	}
	sent := jar{}
	for _, name := range row.Request.Cookies {
		value, ok := session[name]
		if !ok {
			t.Fatalf("%s: the session has no cookie %s", row.Name, name)
		}
		sent[name] = value
	}
	return sent
}

// whose returns the token of the session whose cookies to send: the one that the answer shows, or the last.
func (r *replay) whose(row *transcript) string {
	var body struct{ Session struct{ Token string } }
	if json.Unmarshal(row.Response.Body, &body) == nil {
		if token, ok := r.bound[body.Session.Token]; ok {
			return token
		}
	}
	return r.last
}

func (r *replay) send(t *testing.T, row *transcript, cookies jar) response {
	t.Helper()
	body := string(row.Request.Body)
	switch {
	case row.Request.RawBody != nil:
		body = *row.Request.RawBody
	case row.Request.Form != nil:
		form := url.Values{}
		for name, value := range row.Request.Form {
			form.Set(name, value)
		}
		body = form.Encode()
	}
	// A password that is too long is a placeholder, too.
	body = longText.ReplaceAllStringFunc(body, func(placeholder string) string {
		length, err := strconv.Atoi(longText.FindStringSubmatch(placeholder)[1])
		if err != nil {
			t.Fatal(err)
		}
		return strings.Repeat("x", length)
	})
	req, err := http.NewRequestWithContext(t.Context(), row.Request.Method, r.url+row.Request.Path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range row.Request.Headers {
		req.Header.Del(name)
		if value != nil {
			req.Header.Set(name, *value)
		}
	}
	if cookies != nil {
		req.Header.Set("Cookie", cookies.header())
	}
	return do(t, r.client, req)
}

var longText = regexp.MustCompile(`<str:(\d+)#\d+>`)

func (r *replay) compare(row *transcript, got response) error {
	want := &row.Response
	if got.status != want.Status {
		return fmt.Errorf("got %d, want %d", got.status, want.Status)
	}
	for _, name := range []string{"content-type", "location", "cache-control", "pragma"} {
		if g, w := got.header.Get(name), want.Headers[name]; g != w {
			return fmt.Errorf("%s: got %q, want %q", name, g, w)
		}
	}
	if err := r.compareCookies(row, got.header["Set-Cookie"]); err != nil {
		return err
	}
	return r.compareBody(row, got.body)
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

// keep stores the cookies of a new session.
func (r *replay) keep(got response) {
	var body struct{ Token string }
	if json.Unmarshal([]byte(got.body), &body) != nil || body.Token == "" {
		return
	}
	cookies := jar{}
	for _, line := range got.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		cookies[name] = value
	}
	r.jars[body.Token], r.last = cookies, body.Token
}

func (j jar) header() string {
	var pairs []string
	for name, value := range j {
		pairs = append(pairs, name+"="+value)
	}
	return strings.Join(pairs, "; ")
}
