package schema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
)

// diffed returns what Diff adds, in words, in order, and its warnings.
func diffed(t *testing.T, want *schema.Schema, live ...schema.LiveTable) (adds, warnings []string) {
	t.Helper()
	ch := schema.Diff(want, live, func(c *schema.Column, live string) bool { return live == c.Kind.String() })
	for _, tb := range ch.Tables {
		adds = append(adds, "table "+tb.SQLName)
	}
	for _, c := range ch.Columns {
		adds = append(adds, fmt.Sprintf("column %s.%s", c.Table.SQLName, c.Column.SQLName))
	}
	for _, ix := range ch.Indexes {
		var cols []string
		for _, c := range ix.Columns {
			cols = append(cols, c.SQLName)
		}
		adds = append(adds, fmt.Sprintf("index %s on %s(%s) unique %v", ix.Name, ix.Table.SQLName, strings.Join(cols, ","), ix.Unique))
	}
	if ch.Empty() != (len(adds) == 0) {
		t.Errorf("Empty: got %v with %q", ch.Empty(), adds)
	}
	return adds, ch.Warnings
}

func wanted(t *testing.T) *schema.Schema {
	t.Helper()
	s, err := schema.Merge(source("a", schema.Extension{
		Table: "member", SQLName: "members",
		Columns: []schema.Column{
			{Name: "email", Kind: schema.String, Required: true, Unique: true, Index: true}, // a unique column needs no other index
			{Name: "teamId", SQLName: "team_id", Kind: schema.String, Index: true},
			{Name: "role", Kind: schema.String},
		},
		Indexes: []schema.Index{{Columns: []string{"teamId", "role"}}, {Columns: []string{"email", "teamId"}, Unique: true}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func live(columns ...string) schema.LiveTable {
	lt := schema.LiveTable{Name: "members"}
	for _, c := range columns {
		lt.Columns = append(lt.Columns, schema.LiveColumn{Name: c, Type: "string", Nullable: true})
	}
	return lt
}

func index(unique bool, columns ...string) schema.LiveIndex {
	return schema.LiveIndex{Name: "some_index", Columns: columns, Unique: unique}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	const (
		single = "index members_team_id_idx on members(team_id) unique false"
		pair   = "index members_team_id_role_idx on members(team_id,role) unique false"
		unique = "index members_email_team_id_uidx on members(email,team_id) unique true"
	)
	full := live("email", "team_id", "role", "id")
	with := func(lt schema.LiveTable, ix ...schema.LiveIndex) schema.LiveTable {
		lt.Indexes = ix
		return lt
	}
	complete := with(full, index(true, "email"), index(false, "team_id", "role"), index(true, "email", "team_id"))
	for name, c := range map[string]struct {
		live     []schema.LiveTable
		adds     []string
		warnings []string // each is a part of one warning
	}{
		"an empty database":             {nil, []string{"table members", single, pair, unique}, nil},
		"another table":                 {[]schema.LiveTable{{Name: "Members"}}, []string{"table members", single, pair, unique}, nil},
		"a complete table":              {[]schema.LiveTable{complete}, nil, nil},
		"a table without its indexes":   {[]schema.LiveTable{full}, []string{single, pair, unique}, []string{`"email" of table "members" has no unique constraint`}},
		"an index that is not unique":   {[]schema.LiveTable{with(full, index(true, "email"), index(false, "team_id", "role"), index(false, "email", "team_id"))}, []string{unique}, nil},
		"an index in another order":     {[]schema.LiveTable{with(full, index(true, "email"), index(false, "role", "team_id"), index(true, "email", "team_id"))}, []string{single, pair}, nil},
		"a unique index on more":        {[]schema.LiveTable{with(full, index(true, "email"), index(false, "team_id", "role"), index(true, "email", "team_id", "role"))}, []string{unique}, nil},
		"an index known by its name":    {[]schema.LiveTable{with(full, index(true, "email"), index(false, "team_id", "role"), schema.LiveIndex{Name: "members_email_team_id_uidx"})}, nil, nil},
		"a unique index counts as one":  {[]schema.LiveTable{with(full, index(true, "email"), index(true, "team_id"), index(true, "team_id", "role"), index(true, "email", "team_id"))}, nil, nil},
		"a table without nullable ones": {[]schema.LiveTable{with(live("email", "id"), complete.Indexes...)}, []string{"column members.team_id", "column members.role"}, nil},
		"a table without a required one": {
			[]schema.LiveTable{with(live("team_id", "role", "id"), complete.Indexes...)}, []string{"column members.email"},
			[]string{`"email" of table "members" is required but the table exists already`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			adds, warnings := diffed(t, wanted(t), c.live...)
			if !slices.Equal(adds, c.adds) {
				t.Errorf("additions:\n got %q\nwant %q", adds, c.adds)
			}
			if len(warnings) != len(c.warnings) {
				t.Fatalf("warnings: got %q, want %q", warnings, c.warnings)
			}
			for i, want := range c.warnings {
				if !strings.Contains(warnings[i], want) {
					t.Errorf("warning: got %q, want %q", warnings[i], want)
				}
			}
		})
	}
}

func TestDiffWarnsOfColumns(t *testing.T) {
	t.Parallel()
	s, err := schema.Merge(source("a", table("x", text("name"), schema.Column{Name: "size", Kind: schema.Number, Required: true, Default: schema.Value(1)})))
	if err != nil {
		t.Fatal(err)
	}
	lt := schema.LiveTable{Name: "x", Columns: []schema.LiveColumn{
		{Name: "id", Type: "string"}, {Name: "name", Type: "blob", Nullable: true},
		{Name: "nullable", Type: "anything", Nullable: true}, {Name: "filled", Type: "anything", HasDefault: true},
		{Name: "mandatory", Type: "anything"},
	}}
	adds, warnings := diffed(t, s, lt)
	if want := []string{"column x.size"}; !slices.Equal(adds, want) {
		t.Errorf("additions: got %q, want %q", adds, want)
	}
	want := []string{`"name" of table "x" has the type "blob", which cannot hold a string`, `table "x" has the column "mandatory"`}
	if len(warnings) != len(want) {
		t.Fatalf("warnings: got %q, want %d", warnings, len(want))
	}
	for i := range want {
		if !strings.Contains(warnings[i], want[i]) {
			t.Errorf("warning: got %q, want %q", warnings[i], want[i])
		}
	}
}
