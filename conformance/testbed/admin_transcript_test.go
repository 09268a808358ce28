package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// Who sends the rows of admin_transcripts.json, by the placeholders of their sessions' tokens.
const (
	theAdmin = "<str:32#1>"
	bob      = "<str:32#3>"
	zoe      = "<str:32#5>"
)

// adminSenders are the rows that are not the admin's, and of what session they are instead.
var adminSenders = map[string]string{
	"/get-session banned user session gone":       bob,
	"/get-session impersonated session":           "<str:32#12>",
	"/admin/stop-impersonating success":           "<str:32#12>",
	"/list-sessions impersonated sessions hidden": "<str:32#11>",
	"/admin/has-permission denied":                zoe,
}

// TestAdminTranscripts replays what better-auth's plugin was asked, on every adapter.
func TestAdminTranscripts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/admin_transcripts.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []transcript
	decodeJSON(t, string(data), &rows)
	if len(rows) != 60 {
		t.Errorf("got %d rows, want 60", len(rows))
	}
	for _, adapter := range adapterNames() {
		t.Run(adapter, func(t *testing.T) {
			t.Parallel()
			r := openAdmin(t, newTestbed(t), adapter)
			for i := range rows {
				row := r.withTokens(&rows[i])
				if row.Name == "/admin/impersonate-user success" { // Bob was banned, and is back
					r.asAdmin(t, "/admin/unban-user", `{"userId":"<str:32#4>"}`)
					r.signIn(t, "bob@example.com", "<str:32#11>")
				}
				got := r.sendAs(t, row)
				if err := r.compare(t, row, got); err != nil {
					t.Errorf("%s: %v\n%d %v %s", row.Name, err, got.status, got.header, got.body)
				}
			}
		})
	}
}

// openAdmin opens an instance with what the transcripts begin after: an admin, and Bob.
func openAdmin(t *testing.T, b *testbed, adapter string) *replay {
	t.Helper()
	db, dsn := freshDatabases["sqlite"](t)
	body, err := json.Marshal(map[string]any{
		"adapter": adapter, "passwordHasher": "fast", "database": map[string]any{"kind": "sqlite", "dsn": dsn},
		"options": map[string]any{
			"baseURL": "http://localhost:3000", "secret": transcriptSecret, "emailAndPassword": map[string]any{"enabled": true},
		},
		"plugins": []any{map[string]any{"id": "admin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	res := b.send("POST", "/instances", string(body))
	if res.status != 201 {
		t.Fatalf("got %d %s, want an instance", res.status, res.body)
	}
	var created struct{ ID, URL string }
	decodeJSON(t, res.body, &created)
	r := &replay{unifier: newUnifier(), jars: map[string]jar{}, testInstance: &testInstance{b, created.ID, created.URL}}
	for i, who := range []string{"Ann", "Bob"} {
		res := r.request("POST", "/api/auth/sign-up/email",
			`{"name":"`+who+`","email":"`+strings.ToLower(who)+`@example.com","password":"password1234"}`)
		var made struct {
			Token string
			User  struct{ ID string }
		}
		decodeJSON(t, res.body, &made)
		r.keep(res, nil)
		r.bindTo(t, []string{theAdmin, bob}[i], made.Token)
		r.bindTo(t, []string{"<str:32#2>", "<str:32#4>"}[i], made.User.ID)
	}
	if _, err := db.ExecContext(t.Context(), `update user set role = 'admin' where name = 'Ann'`); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *replay) bindTo(t *testing.T, placeholder, value string) {
	t.Helper()
	if err := r.text(placeholder, value); err != nil {
		t.Fatal(err)
	}
}

// sendAs sends a row with the session of whoever it is of.
func (r *replay) sendAs(t *testing.T, row *transcript) response {
	t.Helper()
	req := r.build(t, row)
	var sent jar
	if names := row.Request.Cookies; len(names) > 0 {
		who := adminSenders[row.Name]
		switch {
		case strings.HasSuffix(row.Name, " not admin"):
			who = zoe
		case who == "":
			who = theAdmin
		}
		session := r.jars[r.bound[who]]
		sent = jar{}
		for _, name := range names {
			if sent[name] = session[name]; sent[name] == "" {
				t.Fatalf("%s: the session has no cookie %s", row.Name, name)
			}
		}
		req.Header.Set("Cookie", sent.header())
	}
	got := do(t, r.client, req)
	r.keep(got, sent)
	return got
}

// withTokens puts tokens in where they are only part of a cookie's value.
func (r *replay) withTokens(row *transcript) *transcript {
	same := *row
	same.Response.SetCookie = slices.Clone(row.Response.SetCookie)
	for i := range same.Response.SetCookie {
		if c := &same.Response.SetCookie[i]; strings.HasSuffix(c.Value, ":)") {
			c.Value = r.substitute(c.Value)
		}
	}
	return &same
}

// asAdmin does what a transcript leaves out.
func (r *replay) asAdmin(t *testing.T, path, body string) {
	t.Helper()
	res := r.request("POST", "/api/auth"+path, r.substitute(body), "Cookie", r.jars[r.bound[theAdmin]].header(), "Origin", "http://localhost:3000")
	if res.status != 200 {
		t.Fatalf("%s: got %d %s", path, res.status, res.body)
	}
}

func (r *replay) signIn(t *testing.T, email, placeholder string) {
	t.Helper()
	res := r.request("POST", "/api/auth/sign-in/email", `{"email":"`+email+`","password":"password1234"}`)
	var made struct{ Token string }
	decodeJSON(t, res.body, &made)
	r.keep(res, nil)
	r.bindTo(t, placeholder, made.Token)
}
