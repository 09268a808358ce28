package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

// fixture is testdata/node_basic.json: what is known about a database that better-auth has written.
type fixture struct {
	Secret, BaseURL string
	Users           []fixtureUser
	NotRemembered   fixtureUser
}

type fixtureUser struct {
	Name, Email string
	Password    *string
	Cookies     jar
	Session     json.RawMessage
}

// fixtureTime is shortly after the database was written. Its sessions end in 2099, but for one that ended in 2020.
var fixtureTime = time.Date(2026, 11, 23, 8, 32, 0, 0, time.UTC)

// copyFixture copies a database that better-auth has written and returns the file. What is known about it goes into facts.
func copyFixture(t *testing.T, database, about string, facts any) (file string) {
	t.Helper()
	known, err := os.ReadFile(filepath.Join("testdata", about))
	if err != nil {
		t.Fatal(err)
	}
	decodeJSON(t, string(known), facts)
	data, err := os.ReadFile(filepath.Join("testdata", database))
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// openFixture opens a copy of the database.
func openFixture(t *testing.T) (*testInstance, fixture) {
	t.Helper()
	var f fixture
	file := copyFixture(t, "node-basic.db", "node_basic.json", &f)
	i := newTestbed(t).open(map[string]any{
		"database":       map[string]any{"kind": "sqlite", "dsn": file},
		"migrate":        false,
		"passwordHasher": "scrypt",
		"options":        enabled(`"secret":"`+f.Secret+`"`, `"baseURL":"`+f.BaseURL+`"`),
	})
	i.moveClock(fmt.Sprintf(`{"now":%d}`, fixtureTime.UnixMilli()))
	return i, f
}

func (f fixture) user(t *testing.T, name string) fixtureUser {
	t.Helper()
	for _, u := range f.Users {
		if u.Name == name {
			return u
		}
	}
	t.Fatalf("the fixture has no %s", name)
	return fixtureUser{}
}

// TestNodeDatabasePasswords: users that signed up with better-auth sign in with their passwords, which scrypt hashed.
func TestNodeDatabasePasswords(t *testing.T) {
	t.Parallel()
	i, f := openFixture(t)
	for _, u := range f.Users {
		password, want := "any at all", 401
		if u.Password != nil {
			password, want = *u.Password, 200
		}
		body, err := json.Marshal(map[string]string{"email": strings.ToUpper(u.Email), "password": password})
		if err != nil {
			t.Fatal(err)
		}
		res := i.request("POST", "/api/auth/sign-in/email", string(body))
		if res.status != want || want == 200 && !strings.Contains(res.body, `"email":"`+u.Email+`"`) {
			t.Errorf("%s: got %d %s, want %d", u.Name, res.status, res.body, want)
		}
	}
	if res := i.request("POST", "/api/auth/sign-in/email", `{"email":"alice@example.com","password":"Correct horse battery staple"}`); res.status != 401 {
		t.Errorf("a wrong password: got %d %s, want 401", res.status, res.body)
	}
}

// TestNodeDatabaseSessions: the cookies that better-auth gave out are good, and the answer is the one it would give.
func TestNodeDatabaseSessions(t *testing.T) {
	t.Parallel()
	i, f := openFixture(t)
	seen := 0
	for _, u := range append(f.Users, f.NotRemembered) {
		if u.Cookies == nil || string(u.Session) == "null" {
			continue
		}
		seen++
		res := i.request("GET", "/api/auth/get-session", "", "Cookie", u.Cookies.header())
		if err := sameSession(string(u.Session), res.body); res.status != 200 || err != nil || res.header["Set-Cookie"] != nil {
			t.Errorf("%s: %v\ngot %d %v %s\nwant %s", u.Name, err, res.status, res.header, res.body, u.Session)
		}
		if res := i.request("GET", "/me", "", "Cookie", u.Cookies.header()); res.status != 200 {
			t.Errorf("%s: /me: got %d", u.Name, res.status)
		}
	}
	if seen != 5 {
		t.Errorf("saw %d sessions, want 5", seen)
	}
}

// sameSession compares the answers of /get-session. The users of the fixture have columns more, which are not configured
// here.
func sameSession(want, got string) error {
	w, err := wire.Parse([]byte(want), wire.Limits{})
	if err != nil {
		return err
	}
	g, err := wire.Parse([]byte(got), wire.Limits{})
	if err != nil {
		return err
	}
	user, _ := w.(*wire.Object).Get("user")
	for _, column := range []string{"locale", "score", "tags", "prefs"} {
		user.(*wire.Object).Delete(column)
	}
	return newUnifier().value(w, g)
}

// TestNodeDatabaseExpired: a session whose time is over is none, and the client is told to forget it.
func TestNodeDatabaseExpired(t *testing.T) {
	t.Parallel()
	i, f := openFixture(t)
	erin := f.user(t, "erin").Cookies.header()
	for range 2 { // when it is found expired, and when it is found gone
		res := i.request("GET", "/api/auth/get-session", "", "Cookie", erin)
		wantBody(t, res, 200, "null")
		if len(res.header["Set-Cookie"]) != 3 {
			t.Errorf("got the cookies %q", res.header["Set-Cookie"])
		}
	}
	if res := i.request("GET", "/me", "", "Cookie", erin); res.status != 401 {
		t.Errorf("/me: got %d, want 401", res.status)
	}

	alice := f.user(t, "alice").Cookies.header()
	i.moveClock(`{"now":4070908800000}`) // 2099-01-01, when hers ends
	i.moveClock(`{"advanceMs":1}`)
	wantBody(t, i.request("GET", "/api/auth/get-session", "", "Cookie", alice), 200, "null")
}

// TestNodeDatabaseSignOut: a session of better-auth's can be ended here.
func TestNodeDatabaseSignOut(t *testing.T) {
	t.Parallel()
	i, f := openFixture(t)
	bob := f.user(t, "bob").Cookies.header()
	wantBody(t, i.request("POST", "/api/auth/sign-out", "{}", "Cookie", bob, "Origin", f.BaseURL), 200, `{"success":true}`)
	wantBody(t, i.request("GET", "/api/auth/get-session", "", "Cookie", bob), 200, "null")
}
