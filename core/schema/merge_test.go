package schema_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
)

func source(owner string, e ...schema.Extension) schema.Source {
	return schema.Source{Owner: owner, Extensions: e}
}

func table(name string, columns ...schema.Column) schema.Extension {
	return schema.Extension{Table: name, Columns: columns}
}

func text(name string) schema.Column { return schema.Column{Name: name, Kind: schema.String} }

func names(t *schema.Table) []string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, c.Name+"="+c.SQLName)
	}
	return out
}

func TestMergeOrder(t *testing.T) {
	t.Parallel()
	s, err := schema.Merge(
		source("core", table("user", text("name"), text("email")), table("session", text("token"))),
		source("plugin admin", table("user", text("role")), table("session", schema.Column{Name: "impersonatedBy", SQLName: "impersonated_by", Kind: schema.String})),
		source("plugin team", schema.Extension{Table: "team", SQLName: "teams", Indexes: []schema.Index{{Columns: []string{"id"}}}}),
		source("config", table("user", text("plan"))),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"user":    {"name=name", "email=email", "role=role", "plan=plan", "id=id"},
		"session": {"token=token", "impersonatedBy=impersonated_by", "id=id"},
		"team":    {"id=id"},
	}
	var order []string
	for _, tb := range s.Tables() {
		order = append(order, tb.Name)
		if got := names(tb); !slices.Equal(got, want[tb.Name]) {
			t.Errorf("columns of %s: got %q, want %q", tb.Name, got, want[tb.Name])
		}
		for i := range tb.Columns {
			c := &tb.Columns[i]
			if tb.Index(c.Name) != i || tb.Column(c.Name) != c {
				t.Errorf("%s.%s: got index %d and column %v, want %d and the column itself", tb.Name, c.Name, tb.Index(c.Name), tb.Column(c.Name), i)
			}
		}
		id := tb.Column(schema.ID)
		if id.Kind != schema.String || !id.Required || !id.Returned || id.Input {
			t.Errorf("id of %s: got %+v, want a required string that is returned and not writable", tb.Name, *id)
		}
	}
	if want := []string{"user", "session", "team"}; !slices.Equal(order, want) {
		t.Errorf("tables: got %q, want %q", order, want)
	}
	if got := s.Table("team").SQLName; got != "teams" {
		t.Errorf("name of team in the database: got %q, want %q", got, "teams")
	}
	if got := s.Table("user").Owner; got != "core" {
		t.Errorf("owner of user: got %q, want %q", got, "core")
	}
	if got := s.Table("nobody"); got != nil {
		t.Errorf("unknown table: got %v, want nil", got)
	}
	if i, c := s.Table("user").Index("nobody"), s.Table("user").Column("nobody"); i != -1 || c != nil {
		t.Errorf("unknown column: got %d, %v, want -1, nil", i, c)
	}
}

func TestMergeAcceptsTheSameTwice(t *testing.T) {
	t.Parallel()
	column := schema.Column{Name: "phone", Kind: schema.String, Unique: true, References: &schema.Reference{Table: "user"}}
	shown := column
	shown.Returned, shown.Input, shown.Index = true, true, true // not part of what a column is
	shown.References = &schema.Reference{Table: "user"}
	ix := schema.Index{Columns: []string{"phone", "id"}}
	s, err := schema.Merge(
		source("a", schema.Extension{Table: "user", Columns: []schema.Column{column}, Indexes: []schema.Index{ix}}),
		source("b", schema.Extension{Table: "user", SQLName: "user", Columns: []schema.Column{shown}, Indexes: []schema.Index{ix}}),
	)
	if err != nil {
		t.Fatal(err)
	}
	u := s.Table("user")
	if got, want := names(u), []string{"phone=phone", "id=id"}; !slices.Equal(got, want) {
		t.Errorf("columns: got %q, want %q", got, want)
	}
	if u.Columns[0].Returned {
		t.Errorf("the second declaration won, want the first one")
	}
	if got := len(u.Indexes); got != 1 {
		t.Errorf("indexes: got %d, want 1", got)
	}
}

func TestMergeConflicts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 64)
	for name, c := range map[string]struct {
		sources []schema.Source
		want    []string // every one is part of the error
	}{
		"two definitions": {
			[]schema.Source{
				source("plugin a", table("user", text("level"))),
				source("plugin b", table("user", schema.Column{Name: "level", Kind: schema.Number, Required: true, Unique: true, SQLName: "lvl"})),
			},
			[]string{`"level" of table "user"`, `string by plugin a`, `number required unique named "lvl" in the database by plugin b`, "rename one"},
		},
		"two references": {
			[]schema.Source{
				source("a", table("user"), table("team"), table("x", schema.Column{Name: "to", Kind: schema.String, References: &schema.Reference{Table: "user"}})),
				source("b", table("x", schema.Column{Name: "to", Kind: schema.String, References: &schema.Reference{Table: "team"}})),
			},
			[]string{`string referring to user by a`, `string referring to team by b`},
		},
		"a reference and none": {
			[]schema.Source{
				source("a", table("user"), table("x", schema.Column{Name: "to", Kind: schema.String, References: &schema.Reference{Table: "user"}})),
				source("b", table("x", text("to"))),
			},
			[]string{`string referring to user by a`, `string by b`},
		},
		"two actions of one reference": {
			[]schema.Source{
				source("a", table("user"), table("x", schema.Column{Name: "to", Kind: schema.String, References: &schema.Reference{Table: "user"}})),
				source("b", table("x", schema.Column{Name: "to", Kind: schema.String, References: &schema.Reference{Table: "user", OnDelete: schema.SetNull}})),
			},
			[]string{`"to" of table "x" is declared twice`},
		},
		"one name in the database for two columns": {
			[]schema.Source{
				source("a", table("user", schema.Column{Name: "phone", SQLName: "Number", Kind: schema.String})),
				source("b", table("user", text("number"))),
			},
			[]string{`"phone" (a) and "number" (b) of table "user" share the name "number"`, "SQLName"},
		},
		"one name in the database for two tables": {
			[]schema.Source{source("a", table("team")), source("b", schema.Extension{Table: "group", SQLName: "Team"})},
			[]string{`"team" (a) and "group" (b) share the table "Team"`},
		},
		"a table renamed twice": {
			[]schema.Source{
				source("a", schema.Extension{Table: "user", SQLName: "users"}), source("config", schema.Extension{Table: "user", SQLName: "people"}),
			},
			[]string{`config calls the table of model "user" "people"`, `a already calls it "users"`},
		},
		"a reference to nothing": {
			[]schema.Source{source("plugin a", table("x", schema.Column{Name: "to", Kind: schema.String, References: &schema.Reference{Table: "team"}}))},
			[]string{`"to" of table "x" (plugin a) refers to the model "team"`, "is a plugin missing?"},
		},
		"an index on nothing": {
			[]schema.Source{source("a", schema.Extension{Table: "x", Columns: []schema.Column{text("y")}, Indexes: []schema.Index{{Columns: []string{"y", "z"}}}})},
			[]string{`index of table "x" names the column "z"`},
		},
		"an id of its own": {
			[]schema.Source{source("a", table("x", text("id")))},
			[]string{`a declares the column "id" of table "x"`, "leave it out"},
		},
		"the name of the id in the database": {
			[]schema.Source{source("a", table("x", schema.Column{Name: "number", SQLName: "ID", Kind: schema.String}))},
			[]string{`"number" of table "x", declared by a`, "name of the id"},
		},
		"no kind": {
			[]schema.Source{source("a", table("x", schema.Column{Name: "y"}))},
			[]string{`"y" of table "x", declared by a, has no kind`},
		},
		"a kind that is none": {
			[]schema.Source{source("a", table("x", schema.Column{Name: "y", Kind: schema.NumberArray + 1}))},
			[]string{"has no kind"},
		},
		"an empty name":                     {[]schema.Source{source("a", table("x", text("")))}, []string{"a name is empty"}},
		"a quote in a name":                 {[]schema.Source{source("a", table("x", text(`y"`)))}, []string{`"y\""`, "cannot stand in a name"}},
		"a quote in a name in the database": {[]schema.Source{source("a", table("x", schema.Column{Name: "y", SQLName: "y`", Kind: schema.String}))}, []string{"cannot stand in a name"}},
		"a control character in a name":     {[]schema.Source{source("a", table("x", text("y\x00")))}, []string{"cannot stand in a name"}},
		"a long name":                       {[]schema.Source{source("a", table("x", text(long)))}, []string{long, "longer than 63 bytes"}},
		"an empty name of a table":          {[]schema.Source{source("a", table(""))}, []string{"a name is empty"}},
		"a quote in the name of a table":    {[]schema.Source{source("a", table("x'y"))}, []string{`table "x'y" of a`, "cannot stand in a name"}},
		"a quote in the name of a table in the database": {
			[]schema.Source{source("a", schema.Extension{Table: "x", SQLName: `x"; drop table y`})}, []string{`table "x" of a`, "cannot stand in a name"},
		},
		"all at once": {
			[]schema.Source{source("a", table("x", text("id"), text(""), schema.Column{Name: "y"})), source("b", schema.Extension{Table: "z", SQLName: "X"})},
			[]string{`declares the column "id"`, "a name is empty", "has no kind", "share the table"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := schema.Merge(c.sources...)
			if err == nil || s != nil {
				t.Fatalf("got %v, %v, want no schema and an error", s, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got error %q, want it to say %q", err, want)
				}
			}
		})
	}
}

func TestKindAndOnDeleteInWords(t *testing.T) {
	t.Parallel()
	for k, want := range map[schema.Kind]string{
		schema.String: "string", schema.Boolean: "boolean", schema.Number: "number", schema.Date: "date", schema.JSON: "json",
		schema.StringArray: "string[]", schema.NumberArray: "number[]", 0: "invalid", 99: "invalid",
	} {
		if got := k.String(); got != want {
			t.Errorf("kind %d: got %q, want %q", k, got, want)
		}
	}
	for o, want := range map[schema.OnDelete]string{schema.Cascade: "cascade", schema.SetNull: "set null", schema.Restrict: "restrict"} {
		if got := o.String(); got != want {
			t.Errorf("action %d: got %q, want %q", o, got, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	if got := schema.Value(7)(now); got != 7 {
		t.Errorf("Value(7): got %v, want 7", got)
	}
	if got := schema.Now(now); got != now {
		t.Errorf("Now: got %v, want %v", got, now)
	}
}
