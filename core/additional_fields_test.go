package core_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// upper is (v) => String(v).toUpperCase(), with which the vectors were made.
func upper(v any) (any, error) {
	if v == nil {
		return "UNDEFINED", nil
	}
	return strings.ToUpper(v.(string)), nil
}

// TestAdditionalFieldsAreTheReferences replays what better-auth answered to sign-ups with additional fields (vectors.json,
// additionalFields).
func TestAdditionalFieldsAreTheReferences(t *testing.T) {
	t.Parallel()
	var vectors []struct {
		Extra   map[string]any
		Status  int
		Code    *string
		Message *string
		User    map[string]any
	}
	data, err := os.ReadFile("testdata/additional_fields.json")
	if err == nil {
		err = json.Unmarshal(data, &vectors)
	}
	if err != nil || len(vectors) < 10 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	columns := schema.Extension{Table: "user", Columns: []schema.Column{
		{Name: "plan", Kind: schema.String, Returned: true, Default: schema.Value("free")},
		{Name: "age", Kind: schema.Number, Returned: true, Input: true},
		{Name: "role2", Kind: schema.String, Enum: []string{"a", "b"}, Returned: true, Input: true},
		{Name: "must", Kind: schema.String, Required: true, Returned: true, Input: true},
		{Name: "hid", Kind: schema.String, Input: true},
		{Name: "up", Kind: schema.String, Returned: true, Input: true, Transform: schema.Transform{Input: upper}},
		{Name: "noDef", Kind: schema.String, Returned: true},
	}}
	for i, v := range vectors {
		t.Run(fmt.Sprint(v.Extra), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(c *core.Config) { c.Schema, c.Compat = []schema.Extension{columns}, core.Exact })
			in := map[string]any{"name": "A", "email": fmt.Sprintf("f%d@b.co", i), "password": "password-1"}
			maps.Copy(in, v.Extra)
			body, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			a := r.do("POST", "/api/auth/sign-up/email", string(body))
			if v.Status != 200 {
				wantStatus(t, a, v.Status, fmt.Sprintf(`{"message":%q,"code":%q}`, *v.Message, *v.Code))
				return
			}
			var got struct{ User map[string]any }
			if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != 200 {
				t.Fatalf("%d %s: %v", a.status, a.body, err)
			}
			for _, name := range []string{"createdAt", "updatedAt"} {
				delete(got.User, name)
			}
			got.User["id"] = "<id>"
			if !maps.Equal(got.User, v.User) {
				t.Errorf("got  %v\nwant %v", got.User, v.User)
			}
		})
	}
}

func TestValidators(t *testing.T) {
	t.Parallel()
	seen := func(v any) (any, error) {
		switch v {
		case "bad":
			return nil, errors.New("plan must not be bad")
		case "taken":
			return nil, core.NewError(409, "PLAN_TAKEN", "Plan taken")
		case "quiet":
			return nil, errors.New("")
		case true:
			return "was true", nil
		}
		return v, nil
	}
	columns := schema.Extension{Table: "user", Columns: []schema.Column{
		{Name: "plan", Kind: schema.String, Returned: true, Input: true, Validate: seen},
	}}
	for value, want := range map[string]struct {
		status int
		body   string
	}{
		`"good"`:  {200, `"plan":"good"`},
		`null`:    {200, `"plan":null`},
		`true`:    {200, `"plan":"was true"`},
		`5`:       {400, `[body.plan]`},
		`"bad"`:   {400, `{"message":"plan must not be bad","code":"VALIDATION_ERROR"}`},
		`"quiet"`: {400, `{"message":"Validation Error","code":"VALIDATION_ERROR"}`},
		`"taken"`: {409, `{"message":"Plan taken","code":"PLAN_TAKEN"}`},
	} {
		r := newRig(t, func(c *core.Config) { c.Schema = []schema.Extension{columns} })
		a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1","plan":`+value+`}`)
		wantStatus(t, a, want.status, want.body)
	}
}

// TestTransforms: what goes in is transformed at the edge and again on the way into the database, and what comes out, out
// of it, whoever reads it.
func TestTransforms(t *testing.T) {
	t.Parallel()
	type list struct {
		ID   string `db:"id"`
		Tags string `db:"tags"`
	}
	tags := schema.Column{Name: "tags", Kind: schema.String, Returned: true, Input: true, Transform: schema.Transform{
		Input: func(v any) (any, error) {
			if items, ok := v.([]any); ok {
				return fmt.Sprint(len(items), " of ", items), nil
			}
			if v == "fail" {
				return nil, core.NewError(400, "NO", "No")
			}
			return v, nil
		},
		Output: func(v any) (any, error) {
			if v == nil {
				return "none", nil
			}
			return "<" + v.(string) + ">", nil
		},
	}}
	bad := schema.Column{Name: "bad", Kind: schema.Number, Transform: schema.Transform{
		Input: func(v any) (any, error) {
			if v == nil {
				return nil, nil
			}
			return "no number", nil
		},
	}}
	bad.Input = true
	r := newRig(t, func(c *core.Config) {
		c.Schema = []schema.Extension{{Table: "user", Columns: []schema.Column{tags, bad}}, {Table: "list", Columns: []schema.Column{tags}}}
	})
	signUp := func(email, rest string) answer {
		return r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"`+email+`","password":"password-1"`+rest+`}`)
	}
	a := signUp("a@example.com", `,"tags":["x","y"]`)
	wantStatus(t, a, 200, `"tags":"<2 of [x y]>"`)
	wantStatus(t, r.do("GET", getSession, "", "Cookie", sessionCookie+"="+a.cookie(sessionCookie)), 200, `"tags":"<2 of [x y]>"`)
	wantStatus(t, signUp("b@example.com", ``), 200, `"tags":"none"`)
	wantStatus(t, signUp("c@example.com", `,"tags":"fail"`), 400, `{"message":"No","code":"NO"}`)
	wantStatus(t, signUp("d@example.com", `,"bad":1`), 422, `FAILED_TO_CREATE_USER`)

	lists := store.NewRows[list](r.Schema().Table("list"))
	made, err := lists.Create(t.Context(), r.Store(), list{Tags: "plain"})
	if err != nil || made.Tags != "<plain>" || len(made.ID) != 32 {
		t.Errorf("got %+v, %v", made, err)
	}
	set := store.Record{"tags": []any{"z"}}
	if n, err := lists.Update(t.Context(), r.Store(), set, store.Eq("tags", "plain")); err != nil || n != 1 {
		t.Errorf("Update: %d, %v", n, err)
	}
	if _, same := set["tags"].([]any); !same {
		t.Error("the caller's record was changed")
	}
	if found, err := lists.Find(t.Context(), r.Store()); err != nil || found.Tags != "<1 of [z]>" {
		t.Errorf("got %+v, %v", found, err)
	}
}

func TestEnumerations(t *testing.T) {
	t.Parallel()
	columns := schema.Extension{Table: "user", Columns: []schema.Column{
		{Name: "role", Kind: schema.String, Enum: []string{"user", "admin"}, Returned: true, Input: true},
	}}
	for compat, want := range map[core.Compat]struct {
		status int
		body   string
	}{
		core.Hardened: {400, `{"message":"[body.role] Invalid option: expected one of \"user\"|\"admin\"","code":"VALIDATION_ERROR"}`},
		core.Exact:    {200, `"role":"root"`},
	} {
		r := newRig(t, func(c *core.Config) { c.Schema, c.Compat = []schema.Extension{columns}, compat })
		wantStatus(t, r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1","role":"root"}`), want.status, want.body)
		wantStatus(t, r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"b@example.com","password":"password-1","role":"admin"}`), 200, `"role":"admin"`)
	}
}

// TestColumnsOfEveryTable: defaults are filled in by whoever creates a row, and updates are noted.
func TestColumnsOfEveryTable(t *testing.T) {
	t.Parallel()
	created := schema.Column{Name: "note", Kind: schema.String, Required: true, Returned: true, Default: schema.Value("made")}
	r := newRig(t, func(c *core.Config) {
		for _, table := range []string{"user", "session", "account", "verification"} {
			c.Schema = append(c.Schema, schema.Extension{Table: table, Columns: []schema.Column{created}})
		}
	})
	cookie := r.signUp("ann@example.com")
	if err := r.CreateVerification(t.Context(), "x", "y", time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"user", "session", "account", "verification"} {
		rec, err := r.Store().FindOne(t.Context(), storeFrom(r, table))
		if err != nil || rec["note"] != "made" {
			t.Errorf("%s: got %v, %v", table, rec, err)
		}
	}
	wantStatus(t, r.do("GET", "/api/auth/list-accounts", "", "Cookie", cookie), 200, `,"note":"made","id":"`)

	before, err := r.Store().FindOne(t.Context(), storeFrom(r, "verification"))
	if err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(time.Minute)
	if _, err := r.Store().Update(t.Context(), storeFrom(r, "verification"), store.Record{"value": "z"}); err != nil {
		t.Fatal(err)
	}
	after, err := r.Store().FindOne(t.Context(), storeFrom(r, "verification"))
	if err != nil || !after["updatedAt"].(time.Time).Equal(before["updatedAt"].(time.Time).Add(time.Minute)) || after["createdAt"] != before["createdAt"] {
		t.Errorf("got %v, %v, want updatedAt a minute after %v", after, err, before)
	}
	rec, err := r.Store().Create(t.Context(), r.Schema().Table("verification"),
		store.Record{"identifier": "a", "value": "b", "expiresAt": r.Now(), "note": nil})
	if err != nil || rec["note"] != "made" {
		t.Errorf("null in a required column with a default: got %v, %v", rec, err)
	}
}

func TestSessionInput(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Schema = []schema.Extension{{Table: "session", Columns: []schema.Column{
			{Name: "theme", Kind: schema.String, Input: true, Default: schema.Value("light")},
			{Name: "level", Kind: schema.Number, Required: true, Default: schema.Value(int64(1))},
		}}}
	})
	for body, want := range map[string]string{
		`{}`: "[]", `{"token":"x","userId":"y","unknown":1}`: "[]",
		`{"theme":"dark"}`: "[{theme dark true}]", `{"theme":null}`: "[{theme <nil> true}]",
		`{"level":0}`: "[]", `{"level":2}`: "FIELD_NOT_ALLOWED: level is not allowed to be set",
		`{"theme":5}`: "VALIDATION_ERROR: [body.theme] Invalid input: expected string",
	} {
		v, err := wire.Parse([]byte(body), wire.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		extra, err := r.SessionInput(v.(*wire.Object))
		got := fmt.Sprint([]model.ExtraValue(extra))
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	if extra, err := r.SessionInput(nil); err != nil || extra != nil {
		t.Errorf("nothing sent: got %v, %v", extra, err)
	}
}

func TestLengths(t *testing.T) {
	t.Parallel()
	columns := schema.Extension{Table: "user", Columns: []schema.Column{
		{Name: "bio", Kind: schema.String, Input: true}, {Name: "nick", Kind: schema.String, Input: true, MaxLength: 3},
		{Name: "tags", Kind: schema.StringArray, Input: true, MaxLength: 3},
	}}
	for rest, want := range map[string]string{
		`"nick":"abc"`:                               "",
		`"nick":"äöü"`:                               "",
		`"nick":"😀x"`:                                "",
		`"nick":"😀xy"`:                               "[body.nick] Too big: expected string to have <=3 characters",
		`"tags":["abc","abc"]`:                       "",
		`"tags":["a","abcd"]`:                        "[body.tags] Too big",
		`"bio":"` + strings.Repeat("x", 16384) + `"`: "",
		`"bio":"` + strings.Repeat("x", 16385) + `"`: "[body.bio] Too big: expected string to have <=16384 characters",
	} {
		for _, compat := range []core.Compat{core.Hardened, core.Exact} {
			r := newRig(t, func(c *core.Config) { c.Schema, c.Compat = []schema.Extension{columns}, compat })
			a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1",`+rest+`}`)
			if want == "" || compat == core.Exact {
				wantStatus(t, a, 200, "")
			} else {
				wantStatus(t, a, 400, want)
			}
		}
	}
}

func TestRenames(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Rename = []schema.Rename{{Table: "user", SQLName: "people", Columns: map[string]string{"email": "mail"}}}
		c.Plugins = append(c.Plugins, testPlugin{core.Manifest{ID: "things", Schema: []schema.Extension{{Table: "thing"}},
			Rename: []schema.Rename{{Table: "thing", SQLName: "stuff"}}}})
	})
	if u := r.Schema().Table("user"); u.SQLName != "people" || u.Column("email").SQLName != "mail" || r.Schema().Table("thing").SQLName != "stuff" {
		t.Errorf("got %s, %s, %s", u.SQLName, u.Column("email").SQLName, r.Schema().Table("thing").SQLName)
	}
	wantStatus(t, r.do("GET", getSession, "", "Cookie", r.signUp("ann@example.com")), 200, `"email":"ann@example.com"`)

	_, err := core.New(core.Config{BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), ListLimit: -1,
		Rename: []schema.Rename{{Table: "users", SQLName: "x"}, {Table: "user", SQLName: "session", Columns: map[string]string{"phone": "x"}}}})
	for _, want := range []string{`Config renames the table "users"`, `Config renames the column "phone"`, `share the table "session"`, "ListLimit is negative"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestColumnOrder: the app's columns come after the plugins', as in better-auth.
func TestColumnOrder(t *testing.T) {
	t.Parallel()
	column := func(name string) []schema.Extension {
		return []schema.Extension{{Table: "user", Columns: []schema.Column{{Name: name, Kind: schema.String, Returned: true}}}}
	}
	r := newRig(t, func(c *core.Config) {
		c.Schema = column("mine")
		c.Plugins = append(c.Plugins, testPlugin{core.Manifest{ID: "theirs", Schema: column("theirs")}})
	})
	wantStatus(t, r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1"}`), 200,
		`"theirs":null,"mine":null,"id":`)
}

func TestListLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.ListLimit = 2 })
	cookie := r.signUp("ann@example.com")
	for range 3 {
		wantStatus(t, r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`), 200, "")
	}
	if body := r.do("GET", "/api/auth/list-sessions", "", "Cookie", cookie).body; strings.Count(body, `"token"`) != 2 {
		t.Errorf("got %s, want two sessions", body)
	}
}
