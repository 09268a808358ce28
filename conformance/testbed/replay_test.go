package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// replay is one scenario on its way.
type replay struct {
	*testInstance
	*unifier
	// db is the instance's database, of a kind, unless it is in memory.
	db   *sql.DB
	kind string
	// verifications are the ids of the verification rows that have been seen.
	verifications map[string]bool
	// lastVerifications are those that the last request has made.
	lastVerifications []verificationRow
	// jars are the cookies of each session by its token, and order the tokens as they came.
	jars  map[string]jar
	order []string
	// second is what the client knows about its second factor.
	second secondFactor
}

// jar has the cookies of one client, name to value.
type jar map[string]string

func (j jar) header() string {
	var pairs []string
	for name, value := range j {
		pairs = append(pairs, name+"="+value)
	}
	return strings.Join(pairs, "; ")
}

// direction is what the transcripts leave out about a row.
type direction struct {
	// session is the placeholder of the token whose cookies are sent.
	session string
	// before is done first.
	before func(r *replay, session jar)
}

var directions = map[string]direction{
	"/get-session expired session clears cookies": {before: later},
	"/update-user expired session 401":            {before: later},
	"/list-sessions session not fresh":            {before: later},
	"/get-session revoked session":                {session: "<str:32#3>"}, // by the change of password
	"/revoke-sessions success":                    {session: "<str:32#5>"},
	"/sign-in/email rate limited": {before: func(r *replay, _ jar) {
		for range 2 { // the third of them is the last that passes, and the transcript shows the first
			r.request("POST", "/api/auth/sign-in/email", `{"email":"g@example.com","password":"x"}`, "X-Forwarded-For", "203.0.113.9")
		}
	}},
}

func later(r *replay, _ jar) { r.moveClock(`{"advanceMs":2000}`) }

// send sends a row's request, after doing what the transcript leaves out.
func (r *replay) send(t *testing.T, row *transcript) response {
	t.Helper()
	cookies := r.prepare(t, row)
	req := r.build(t, row)
	if cookies != nil {
		req.Header.Set("Cookie", cookies.header())
	}
	got := do(t, r.client, req)
	r.keep(got, cookies)
	r.learn(t, got)
	return got
}

// prepare returns the cookies to send with a request.
func (r *replay) prepare(t *testing.T, row *transcript) jar {
	t.Helper()
	direction := directions[row.Name]
	if prepare := preparations[row.Name]; prepare != nil {
		prepare(t, r)
		if r.db != nil {
			r.newVerifications(t) // those of the row are the ones after these
		}
	}
	var session jar
	if len(row.Request.Cookies) > 0 {
		if len(r.order) == 0 { // the transcript begins after a sign-up
			r.keep(r.request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`), nil)
		}
		session = r.session(t, row)
	}
	if direction.before != nil {
		direction.before(r, session)
	}
	if session == nil {
		return nil
	}
	sent := jar{}
	for _, name := range row.Request.Cookies {
		name, custom := strings.CutSuffix(name, "=<custom>")
		value, ok := session[name]
		switch {
		case !ok:
			t.Fatalf("%s: the session has no cookie %s", row.Name, name)
		case custom && strings.Contains(row.Name, "unsigned"):
			value, _, _ = strings.Cut(value, ".")
		case custom:
			value = "x" + value
		}
		sent[name] = value
		if strings.HasSuffix(name, "session_data") {
			r.moveClock(`{"advanceMs":5}`) // what is issued now differs from what was issued before
		}
	}
	return sent
}

// session returns the cookies of the session whose token the directions or the answer show, or else of the last one
// that has all of the cookies.
func (r *replay) session(t *testing.T, row *transcript) jar {
	t.Helper()
	var body struct{ Session struct{ Token string } }
	_ = json.Unmarshal(row.Response.Body, &body) // which may be a list, or text
	shown := []string{directions[row.Name].session, body.Session.Token}
	for _, c := range row.Response.SetCookie {
		if payload, ok := strings.CutPrefix(c.Value, "signed("); ok {
			shown = append(shown, strings.TrimSuffix(payload, ")"))
		}
	}
	for _, placeholder := range shown {
		if token, ok := r.bound[placeholder]; ok && r.jars[token] != nil {
			return r.jars[token]
		}
	}
	for i := len(r.order) - 1; i >= 0; i-- {
		session := r.jars[r.order[i]]
		complete := true
		for _, name := range row.Request.Cookies {
			name, _ = strings.CutSuffix(name, "=<custom>")
			_, ok := session[name]
			complete = complete && ok
		}
		if complete {
			return session
		}
	}
	t.Fatalf("%s: no session has the cookies %v", row.Name, row.Request.Cookies)
	return nil
}

// build makes a row's request of what stands for its values.
func (r *replay) build(t *testing.T, row *transcript) *http.Request {
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
	body = r.secondFactorBody(t, row, body)
	r.bind(t, row.Request.Path+body)
	req, err := http.NewRequestWithContext(t.Context(), row.Request.Method, r.url+r.substitute(row.Request.Path),
		strings.NewReader(r.substitute(body)))
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
			req.Header.Set(name, r.headerValue(*value))
		}
	}
	return req
}

var (
	requestPlaceholder = regexp.MustCompile(`<(?:str:(\d+)|jwt)#\d+>`)
	sentToken          = regexp.MustCompile(`"token":"([^"]+)"`)
)

// bind finds values for the placeholders of a request that nothing has shown: a text that is too long to be anything but
// a wrong password, a token that was sent in a mail, or the token of another session of Ann's.
func (r *replay) bind(t *testing.T, text string) {
	t.Helper()
	for _, m := range requestPlaceholder.FindAllStringSubmatch(text, -1) {
		if _, ok := r.bound[m[0]]; ok {
			continue
		}
		length, _ := strconv.Atoi(m[1])
		value := ""
		if length > 100 {
			value = strings.Repeat("x", length)
		}
		for _, sent := range sentToken.FindAllStringSubmatch(r.outbox(""), -1) { // the last one counts
			if fits(m[0], sent[1]) && r.taken[sent[1]] == "" {
				value = sent[1]
			}
		}
		if value == "" {
			res := r.request("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password1234"}`)
			var body struct{ Token string }
			decodeJSON(t, res.body, &body)
			value = body.Token
		}
		if err := r.text(m[0], value); err != nil {
			t.Fatal(err)
		}
	}
}

// substitute puts the values of placeholders in.
func (r *replay) substitute(text string) string {
	return requestPlaceholder.ReplaceAllStringFunc(text, func(placeholder string) string {
		if value, ok := r.bound[placeholder]; ok {
			return value
		}
		return placeholder
	})
}

// keep stores what an answer has set: in the jar of the session that it names, or else of the one that was sent.
func (r *replay) keep(got response, sent jar) {
	set := jar{}
	token := sent.token()
	for _, line := range got.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		if name, value, _ := strings.Cut(pair, "="); value != "" { // what is taken away may be sent once more
			set[name] = value
		}
	}
	if named := set.token(); named != "" {
		token = named
	}
	if token == "" || len(set) == 0 {
		return
	}
	if r.jars[token] == nil {
		r.jars[token] = jar{}
		r.order = append(r.order, token)
	}
	for name, value := range set {
		r.jars[token][name] = value
	}
}

// token returns the token of the session that a jar is of, or else the challenge of a sign-in; empty if it is of neither.
func (j jar) token() string {
	for _, kind := range [...]string{"session_token", "two_factor"} {
		for name, value := range j {
			if strings.HasSuffix(name, kind) {
				token, _, _ := strings.Cut(value, ".")
				return token
			}
		}
	}
	return ""
}

// verificationRow is a row of the verification table as the transcripts tell it.
type verificationRow struct {
	Identifier, Value string
	TTL               float64 `json:"ttl_s"`
}

var randomPart = regexp.MustCompile(`<rand:(\d+)>`)

// compareVerifications compares the rows that a request has made in the verification table.
func (r *replay) compareVerifications(t *testing.T, want []verificationRow) error {
	t.Helper()
	if r.db == nil {
		return nil
	}
	got := r.newVerifications(t)
	r.lastVerifications = got
	if want == nil { // the transcripts mention rows only where there are any in plain sight
		return nil
	}
	if len(got) != len(want) {
		return fmt.Errorf("got the verification rows %v, want %v", got, want)
	}
	for i := range want {
		pattern := "^" + randomPart.ReplaceAllString(regexp.QuoteMeta(want[i].Identifier), "[A-Za-z0-9_-]{$1}") + "$"
		if !regexp.MustCompile(pattern).MatchString(got[i].Identifier) {
			return fmt.Errorf("got the identifier %q, want %s", got[i].Identifier, want[i].Identifier)
		}
		if err := r.text(want[i].Value, got[i].Value); err != nil {
			return fmt.Errorf("the value of %s: %w", want[i].Identifier, err)
		}
		if math.Abs(got[i].TTL-want[i].TTL) > 1 {
			return fmt.Errorf("%s lives %v s, want %v", want[i].Identifier, got[i].TTL, want[i].TTL)
		}
	}
	return nil
}

// newVerifications returns the rows of the verification table that were not there the last time.
func (r *replay) newVerifications(t *testing.T) []verificationRow {
	t.Helper()
	query := `select id, identifier, value, "createdAt", "expiresAt" from verification order by "createdAt"`
	if r.kind == "mysql" {
		query = strings.ReplaceAll(query, `"`, "`")
	}
	rows, err := r.db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var found []verificationRow
	for rows.Next() {
		var id, created, expires string
		var row verificationRow
		if err := rows.Scan(&id, &row.Identifier, &row.Value, &created, &expires); err != nil {
			t.Fatal(err)
		}
		if r.verifications[id] {
			continue
		}
		if r.verifications == nil {
			r.verifications = map[string]bool{}
		}
		r.verifications[id] = true
		row.TTL = timeOf(t, expires).Sub(timeOf(t, created)).Seconds()
		found = append(found, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func timeOf(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
