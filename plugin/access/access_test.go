package access_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/cardea-auth/cardea/plugin/access"
)

// vector is one call of the reference's role.authorize. Requests keep the order of their members.
type vector struct {
	Statements access.Statements `json:"statements"`
	Request    json.RawMessage   `json:"request"`
	Connector  string            `json:"connector"`
	Result     struct {
		Success bool   `json:"success"`
		Error   string `json:"error"`
	} `json:"result"`
}

func TestAuthorizeVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/authorize.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 13 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		got := access.NewRole(v.Statements).Authorize(request(t, v.Request, v.Connector))
		if got.Allowed != v.Result.Success || got.Reason() != v.Result.Error {
			t.Errorf("%s %s of %v: got %v %q, want %v %q", v.Connector, v.Request, v.Statements,
				got.Allowed, got.Reason(), v.Result.Success, v.Result.Error)
		}
	}
}

// request reads a request in the order in which it was written.
func request(t *testing.T, text json.RawMessage, connector string) access.Request {
	t.Helper()
	q := access.Request{Connector: connectorOf(connector)}
	dec := json.NewDecoder(bytes.NewReader(text))
	must(t, token(dec))
	for dec.More() {
		name, err := dec.Token()
		must(t, err)
		d := access.Demand{Resource: name.(string)} //nolint:forcetypeassert // a member's name
		var value json.RawMessage
		must(t, dec.Decode(&value))
		if json.Unmarshal(value, &d.Actions) != nil {
			var long struct {
				Actions   []string `json:"actions"`
				Connector string   `json:"connector"`
			}
			must(t, json.Unmarshal(value, &long))
			d.Actions, d.Connector = long.Actions, connectorOf(long.Connector)
		}
		q.Demands = append(q.Demands, d)
	}
	return q
}

var (
	control = access.New(access.Statements{"project": {"create", "share", "delete"}, "bill": {"pay"}})
	create  = control.Action("project", "create")
	share   = control.Action("project", "share")
	remove  = control.Action("project", "delete")
	pay     = control.Action("bill", "pay")
	roles   = access.Roles{
		"editor":  control.Role(access.Statements{"project": {"create", "share"}}),
		"cashier": control.Role(access.Statements{"bill": {"pay"}, "project": {}}),
	}
)

func TestCan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names   []string
		actions []access.Action
		want    bool
	}{
		{[]string{"editor"}, []access.Action{create}, true},
		{[]string{"editor"}, []access.Action{create, share}, true},
		{[]string{"editor"}, []access.Action{create, remove}, false},
		{[]string{"editor"}, nil, false},
		{nil, []access.Action{create}, false},
		{[]string{"cashier", "editor"}, []access.Action{share}, true},
		{[]string{"cashier", "editor"}, []access.Action{share, pay}, false}, // no role alone grants both
		{[]string{"nobody"}, []access.Action{create}, false},
		{[]string{"nobody", "cashier"}, []access.Action{pay}, true},
		{[]string{"editor"}, []access.Action{{Resource: "project:create"}}, false},
	} {
		if got := roles.Can(c.names, c.actions...); got != c.want {
			t.Errorf("%v can %v: got %v, want %v", c.names, c.actions, got, c.want)
		}
		s := access.Statements{}
		for _, a := range c.actions {
			s[a.Resource] = append(s[a.Resource], a.Name)
		}
		if got := roles.Authorize(c.names, access.All(s)); got != c.want {
			t.Errorf("%v is authorized to %v: got %v, want %v", c.names, s, got, c.want)
		}
	}
}

func TestNilRole(t *testing.T) {
	t.Parallel()
	var none *access.Role
	if none.Can(create) || none.Authorize(access.All(access.Statements{"project": {"create"}})).Allowed {
		t.Error("a role that is not there grants something")
	}
	if r := none.With(access.Statements{"project": {"create"}}); !r.Can(create) {
		t.Error("With on no role grants nothing")
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	editor := roles["editor"]
	more := editor.With(access.Statements{"project": {"create", "delete"}, "bill": {}})
	if !more.Can(create, share, remove) || more.Can(pay) {
		t.Errorf("got %v", more.Statements())
	}
	if editor.Can(remove) || len(editor.Statements()) != 1 {
		t.Errorf("the old role has changed: %v", editor.Statements())
	}
	if got := more.Authorize(access.All(access.Statements{"bill": {"pay"}})).Reason(); got != `unauthorized to access resource "bill"` {
		t.Errorf("a resource without actions: %s", got)
	}
}

// TestCopies: neither what a role was made from nor what it tells can change it.
func TestCopies(t *testing.T) {
	t.Parallel()
	s := access.Statements{"project": {"share"}}
	c, r := access.New(s), access.NewRole(s)
	s["project"][0], s["bill"] = "delete", []string{"pay"}
	r.Statements()["project"][0] = "delete"
	c.Statements()["project"][0] = "delete"
	if !r.Can(share) || r.Can(remove) || r.Can(pay) || !c.Has(share) || c.Has(remove) || c.Statements()["project"][0] != "share" {
		t.Errorf("got %v and %v", r.Statements(), c.Statements())
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   access.Statements
		want access.Action
	}{
		{access.Statements{"project": {"create"}, "bill": {}}, access.Action{}},
		{access.Statements{"project": {"create", "paint"}}, access.Action{Resource: "project", Name: "paint"}},
		{access.Statements{"wall": {}}, access.Action{Resource: "wall"}},
	} {
		got, missing := control.Missing(c.in)
		if got != c.want || missing != (c.want != access.Action{}) {
			t.Errorf("%v: got %v %v, want %v", c.in, got, missing, c.want)
		}
	}
	for name, fn := range map[string]func(){
		"Action": func() { control.Action("project", "paint") },
		"Role":   func() { control.Role(access.Statements{"project": {"paint"}}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s took an action that does not exist", name)
				}
			}()
			fn()
		}()
	}
}

func TestNoAllocation(t *testing.T) {
	q := access.Request{Demands: []access.Demand{
		{Resource: "project", Actions: []string{"create", "share"}}, {Resource: "bill", Actions: []string{"pay", "x"}, Connector: access.Or},
	}}
	names := []string{"nobody", "cashier", "editor"}
	for what, fn := range map[string]func() bool{
		"Can":       func() bool { return roles.Can(names, create, share) },
		"Authorize": func() bool { return !roles.Authorize(names, q) },
		"refusal":   func() bool { return !roles["editor"].Authorize(q).Allowed },
	} {
		if !fn() {
			t.Errorf("%s: wrong answer", what)
		}
		if n := testing.AllocsPerRun(100, func() { fn() }); n != 0 {
			t.Errorf("%s allocates %v times", what, n)
		}
	}
}
