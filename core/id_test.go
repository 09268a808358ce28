package core_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	const uuid = `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`
	n := 0
	for name, c := range map[string]struct {
		ids  core.IDConfig
		want string
	}{
		"random":    {core.IDConfig{}, `[0-9A-Za-z]{32}`},
		"uuid":      {core.IDConfig{Kind: schema.UUIDs}, uuid},
		"serial":    {core.IDConfig{Kind: schema.SerialIDs}, `1`},
		"generated": {core.IDConfig{Generate: func(table string) string { n++; return fmt.Sprint(table, "-", n) }}, `(user|account|session)-\d`},
	} {
		r := newRig(t, func(config *core.Config) { config.IDs = c.ids })
		a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1"}`)
		if !regexp.MustCompile(`"id":"` + c.want + `"}}$`).MatchString(a.body) {
			t.Errorf("%s: got %s", name, a.body)
		}
		cookie := sessionCookie + "=" + a.cookie(sessionCookie)
		session := r.do("GET", getSession, "", "Cookie", cookie).body
		if !regexp.MustCompile(`"userId":"` + c.want + `","id":"` + c.want + `"},"user":.*"id":"` + c.want + `"}}$`).MatchString(session) {
			t.Errorf("%s: got %s", name, session)
		}
		accounts := r.do("GET", "/api/auth/list-accounts", "", "Cookie", cookie).body
		if !regexp.MustCompile(`"accountId":"` + c.want + `".*"userId":"` + c.want + `".*"id":"` + c.want + `"`).MatchString(accounts) {
			t.Errorf("%s: got %s", name, accounts)
		}
		wantStatus(t, r.do("POST", "/api/auth/sign-in/email", `{"email":"a@example.com","password":"password-1"}`), 200, `"token"`)
		wantStatus(t, r.do("POST", "/api/auth/revoke-sessions", `{}`, "Cookie", cookie), 200, `true`)
	}
}

// TestIDsOfPlugins: a plugin's rows get ids of the configured kind, whether it leaves them out or makes random ones.
func TestIDsOfPlugins(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.IDs.Kind = schema.SerialIDs
		c.Schema = []schema.Extension{{Table: "thing"}}
	})
	things := r.Schema().Table("thing")
	for i, rec := range []store.Record{{}, {"id": ""}, {"id": secret.ID()}, {"id": "7"}, nil} {
		got, err := r.Store().Create(t.Context(), things, rec)
		if want := []string{"1", "2", "3", "7", "8"}[i]; err != nil || fmt.Sprint(got["id"]) != want {
			t.Errorf("%v: got %v, %v, want %s", rec, got, err, want)
		}
	}
	// An id that means something must not give way in silence: it may be a lock.
	if _, err := r.Store().Create(t.Context(), things, store.Record{"id": "reserved-by-digest"}); err == nil {
		t.Error("an id that is no number was taken")
	}
	if _, err := r.FindUser(t.Context(), "no-number"); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("a user with an id that is no number: got %v, want not found", err)
	}
}

func TestIDConfigProblems(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]core.IDConfig{
		"Config.IDs.Kind is 9":                             {Kind: 9},
		"both Generate and Database":                       {Database: true, Generate: func(string) string { return "" }},
		"makes no ids of the kind text":                    {Database: true},
		"Config.IDs.Database is set, but *memdb.DB makes ": {Database: true, Kind: schema.UUIDs},
	} {
		_, err := core.New(core.Config{BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), IDs: c})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", c, err, want)
		}
	}
	_, err := core.New(core.Config{BaseURL: testOrigin, Secret: testSecret, Store: plainStore{memdb.New()}, IDs: core.IDConfig{Kind: schema.SerialIDs}})
	if err == nil || !strings.Contains(err.Error(), "does not count rows") {
		t.Errorf("got %v", err)
	}
}

// plainStore hides what a store offers besides.
type plainStore struct{ store.Store }

// TestTakenAddressLooksFree: where the answer must not show that an address is taken, the id must look like one, too.
func TestTakenAddressLooksFree(t *testing.T) {
	t.Parallel()
	columns := schema.Extension{Table: "user", Columns: []schema.Column{
		{Name: "up", Kind: schema.String, Returned: true, Input: true, Transform: schema.Transform{Input: upper}},
		{Name: "code", Kind: schema.String, Unique: true, Input: true},
	}}
	ids := regexp.MustCompile(`"id":"[^"]*"`)
	for kind, want := range map[schema.IDs]string{
		schema.TextIDs: `"id":"[0-9A-Za-z]{32}"`, schema.UUIDs: `"id":"[0-9a-f-]{36}"`, schema.SerialIDs: `"id":"\d+"`,
	} {
		r := newRig(t, func(c *core.Config) {
			c.IDs.Kind, c.Schema = kind, []schema.Extension{columns}
			c.Plugins = []core.Plugin{emailpassword.New(emailpassword.Options{DisableAutoSignIn: true})}
		})
		signUp := func(email, code string) string {
			return r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"`+email+`","password":"password-1","code":"`+code+`"}`).body
		}
		free := signUp("a@example.com", "1")
		r.clock.Advance(time.Second)
		taken := signUp("a@example.com", "1")
		again := signUp("a@example.com", "2")
		other := signUp("b@example.com", "3")
		seen := map[string]bool{}
		for _, body := range []string{free, taken, again, other} {
			if !regexp.MustCompile(want).MatchString(body) {
				t.Errorf("%v: got %s", kind, body)
			}
			seen[ids.FindString(body)] = true
		}
		if len(seen) != 4 {
			t.Errorf("%v: got ids %v, want four", kind, seen)
		}
		if !strings.Contains(taken, `"up":"UNDEFINED"`) {
			t.Errorf("%v: got %s, want it transformed", kind, taken)
		}
		if n, err := r.Store().Count(t.Context(), storeFrom(r, "user")); err != nil || n != 2 {
			t.Errorf("%v: %d users, %v, want 2", kind, n, err)
		}
	}
}
