package bunstore

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
)

// contract is the part of the contract's schema.json that is about tables: what better-auth's migrator makes of the
// schemas of core and of each plugin. Columns that refer to others than ids are left out.
type contract struct {
	Core    map[string]contractModel
	Plugins map[string]map[string]contractModel
	DDL     map[string]map[string]struct {
		Tables  map[string]map[string]string
		Indexes []string
	}
	Strategies map[string]map[string]map[string]string `json:"id_strategies"`
}

type contractModel struct {
	Extends string
	Fields  map[string]contractField
	Indexes []struct {
		Fields []string
		Unique bool
	}
}

type contractField struct {
	Type                                      string
	Required, Unique, Index, Sortable, BigInt bool
	Default                                   any
	References                                *struct{ Model, Field, OnDelete string }
}

func readContract(t *testing.T) *contract {
	t.Helper()
	b, err := os.ReadFile("testdata/contract.json")
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{}
	if err := json.Unmarshal(b, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// source makes models what a plugin would declare.
func source(t *testing.T, owner string, models map[string]contractModel) schema.Source {
	t.Helper()
	kinds := map[string]schema.Kind{"string": schema.String, "boolean": schema.Boolean, "number": schema.Number, "date": schema.Date,
		"json": schema.JSON, "string[]": schema.StringArray, "number[]": schema.NumberArray}
	src := schema.Source{Owner: owner}
	for name, m := range models {
		e := schema.Extension{Table: name}
		for column, f := range m.Fields {
			c := schema.Column{Name: column, Kind: kinds[f.Type], Required: f.Required, Unique: f.Unique, Index: f.Index, Sortable: f.Sortable, BigInt: f.BigInt}
			if f.Default != nil {
				c.Default = schema.Value(f.Default)
				if c.Kind == schema.Date {
					c.Default = schema.Now // all functions of dates are
				}
			}
			if f.References != nil {
				c.References = &schema.Reference{Table: f.References.Model, Column: f.References.Field}
				if f.References.OnDelete == "set null" {
					c.References.OnDelete = schema.SetNull
				}
			}
			e.Columns = append(e.Columns, c)
		}
		for _, ix := range m.Indexes {
			e.Indexes = append(e.Indexes, schema.Index{Columns: ix.Fields, Unique: ix.Unique})
		}
		src.Extensions = append(src.Extensions, e)
	}
	return src
}

func plannerFor(e engine, s *schema.Schema) *planner {
	return &planner{engine: e, words: e.words(), schema: s, live: map[string]*liveTable{}}
}

var dialectNames = map[string]Dialect{"sqlite": SQLite, "postgres": PostgreSQL, "mysql": MySQL}

// TestTablesAreTheContracts compares what Migrate would create on an empty database with what better-auth's migrator
// does, column by column.
func TestTablesAreTheContracts(t *testing.T) {
	t.Parallel()
	c := readContract(t)
	for name, dialect := range dialectNames {
		for section, want := range c.DDL[name] {
			t.Run(name+"/"+section, func(t *testing.T) {
				t.Parallel()
				sources := []schema.Source{source(t, "core", c.Core)}
				if section != "core" {
					sources = append(sources, source(t, "plugin", c.Plugins[section]))
				}
				s, err := schema.Merge(sources...)
				if err != nil {
					t.Fatal(err)
				}
				compared := 0
				for _, table := range s.Tables() {
					p := plannerFor(dialect.engine(), s)
					p.createTable(table, nil)
					columns := want.Tables[table.SQLName]
					got := lines(t, p, table)
					for i := range table.Columns {
						column := table.Columns[i].SQLName
						if definition, ok := columns[column]; ok {
							compared++
							compareColumn(t, p, got, table.SQLName, column, definition)
						}
					}
				}
				total := 0
				for _, columns := range want.Tables {
					total += len(columns)
				}
				if compared != total {
					t.Errorf("compared %d columns, want all %d of the contract", compared, total)
				}
				for _, table := range s.Tables() {
					if _, own := want.Tables[table.SQLName]; own {
						compareIndexes(t, dialect.engine(), s, table, want.Indexes)
					}
				}
			})
		}
	}
}

// lines returns the lines of the statement that creates a table.
func lines(t *testing.T, p *planner, table *schema.Table) []string {
	t.Helper()
	if len(p.statements) != 1 {
		t.Fatalf("table %q: got statements %q, want one", table.SQLName, p.statements)
	}
	body, begins := strings.CutPrefix(p.statements[0], "create table "+p.quote(table.SQLName)+" (")
	body, ends := strings.CutSuffix(body, ")")
	if !begins || !ends {
		t.Fatalf("table %q: got statement %q", table.SQLName, p.statements[0])
	}
	return strings.Split(body, ", ")
}

func compareColumn(t *testing.T, p *planner, got []string, table, column, definition string) {
	t.Helper()
	if ref := strings.Index(definition, " references `oauth"); ref >= 0 && !strings.Contains(definition[ref:], "(`id`)") {
		// better-auth gives what refers to a text of 255 characters 36 of them, for which URLs are too long.
		definition = strings.Replace(definition, "varchar(36)", "varchar(255)", 1)
	}
	want := []string{p.quote(column) + " " + definition}
	if !p.words.inline {
		// MySQL's references are lines of their own: see vocabulary.
		if def, ref, ok := strings.Cut(definition, " references "); ok {
			want = []string{p.quote(column) + " " + def, "foreign key (" + p.quote(column) + ") references " + ref}
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("table %q: got no line %q among\n%s", table, line, strings.Join(got, "\n"))
		}
	}
}

func compareIndexes(t *testing.T, e engine, s *schema.Schema, table *schema.Table, all []string) {
	t.Helper()
	p := plannerFor(e, s)
	for _, ix := range table.AllIndexes() {
		p.createIndex(ix)
	}
	var want []string
	for _, statement := range all {
		if strings.Contains(statement, " on "+p.quote(table.SQLName)+" ") {
			want = append(want, statement)
		}
	}
	slices.Sort(p.statements)
	slices.Sort(want)
	if len(want) > 0 && !slices.Equal(p.statements, want) {
		t.Errorf("indexes of %q:\n got %q\nwant %q", table.SQLName, p.statements, want)
	}
}

func TestIDsAreTheContracts(t *testing.T) {
	t.Parallel()
	c := readContract(t)
	for strategy, ids := range map[string]schema.IDs{"default": schema.TextIDs, "uuid": schema.UUIDs, "serial": schema.SerialIDs} {
		s, err := schema.MergeWith(ids, source(t, "core", c.Core))
		if err != nil {
			t.Fatal(err)
		}
		for name, dialect := range dialectNames {
			want := c.Strategies[strategy][name]
			p := plannerFor(dialect.engine(), s)
			p.createTable(s.Table("user"), nil)
			compareColumn(t, p, lines(t, p, s.Table("user")), "user", "id", want["user.id"])
			p = plannerFor(dialect.engine(), s)
			p.createTable(s.Table("session"), nil)
			compareColumn(t, p, lines(t, p, s.Table("session")), "session", "userId", want["session.userId"])
		}
	}
}

func TestColumnsAddedToTablesThatExist(t *testing.T) {
	t.Parallel()
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: []schema.Extension{{Table: "t", Columns: []schema.Column{
		{Name: "optional", Kind: schema.String},
		{Name: "required", Kind: schema.String, Required: true},
		{Name: "text", Kind: schema.String, Required: true, Default: schema.Value("it's")},
		{Name: "slash", Kind: schema.String, Required: true, Default: schema.Value(`a\b`)},
		{Name: "flag", Kind: schema.Boolean, Required: true, Default: schema.Value(true)},
		{Name: "count", Kind: schema.Number, Required: true, Default: schema.Value(int64(-3))},
		{Name: "at", Kind: schema.Date, Required: true, Default: schema.Now},
		{Name: "epoch", Kind: schema.Number, Required: true, BigInt: true, Default: func(now time.Time) any { return now.UnixMilli() }},
		{Name: "tags", Kind: schema.StringArray, Required: true, Default: schema.Value([]string{})},
		{Name: "code", Kind: schema.String, Unique: true},
		{Name: "parent", Kind: schema.String, References: &schema.Reference{Table: "t", OnDelete: schema.SetNull}},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	for dialect, want := range map[Dialect][]string{
		SQLite: {
			`alter table "t" add column "optional" text`,
			`alter table "t" add column "required" text`,
			`alter table "t" add column "text" text default 'it''s' not null`,
			`alter table "t" add column "slash" text`,
			`alter table "t" add column "flag" integer default 1 not null`,
			`alter table "t" add column "count" integer default -3 not null`,
			`alter table "t" add column "at" date`,
			`alter table "t" add column "epoch" bigint`,
			`alter table "t" add column "tags" text`,
			`alter table "t" add column "code" text`,
			`create unique index "t_code_uidx" on "t" ("code")`,
			`alter table "t" add column "parent" text references "t" ("id") on delete set null`,
		},
		PostgreSQL: {
			`alter table "t" add column "optional" text`,
			`alter table "t" add column "required" text`,
			`alter table "t" add column "text" text default 'it''s' not null`,
			`alter table "t" add column "slash" text`,
			`alter table "t" add column "flag" boolean default true not null`,
			`alter table "t" add column "count" integer default -3 not null`,
			`alter table "t" add column "at" timestamptz default CURRENT_TIMESTAMP not null`,
			`alter table "t" add column "epoch" bigint`,
			`alter table "t" add column "tags" jsonb`,
			`alter table "t" add column "code" text`,
			`create unique index "t_code_uidx" on "t" ("code")`,
			`alter table "t" add column "parent" text references "t" ("id") on delete set null`,
		},
		MySQL: {
			"alter table `t` add column `optional` text",
			"alter table `t` add column `required` text",
			"alter table `t` add column `text` text default ('it''s') not null",
			"alter table `t` add column `slash` text",
			"alter table `t` add column `flag` boolean default true not null",
			"alter table `t` add column `count` integer default -3 not null",
			"alter table `t` add column `at` timestamp(3) default CURRENT_TIMESTAMP(3) not null",
			"alter table `t` add column `epoch` bigint",
			"alter table `t` add column `tags` json",
			"alter table `t` add column `code` varchar(255), add unique index `t_code_uidx` (`code`)",
			"alter table `t` add column `parent` varchar(36), add foreign key (`parent`) references `t` (`id`) on delete set null",
		},
	} {
		p := plannerFor(dialect.engine(), s)
		p.live["t"] = &liveTable{name: "t"}
		for i := range s.Table("t").Columns {
			if c := &s.Table("t").Columns[i]; c.Name != schema.ID {
				p.addColumn(s.Table("t"), c)
			}
		}
		if !slices.Equal(p.statements, want) {
			t.Errorf("%s:\n got %s\nwant %s", dialect, strings.Join(p.statements, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

// TestShortName has its wants from better-auth's getDatabaseIndexName.
func TestShortName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 40)
	for name, want := range map[string]string{
		"session_userId_idx":            "session_userId_idx",
		long + "_" + long + "_uidx":     long + "_aaaaaaaa_35a19375_uidx",
		long + "_größe" + long + "_idx": long + "_größeaa_9a566f67_idx",
	} {
		if got := shortName(name); got != want {
			t.Errorf("shortName(%q): got %q, want %q", name, got, want)
		}
	}
}
