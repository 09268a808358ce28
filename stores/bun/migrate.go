package bunstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// MigrationPlan implements [store.Migrator].
func (s *Store) MigrationPlan(ctx context.Context, want *schema.Schema) (plan store.Plan, err error) {
	if s.err != nil {
		return store.Plan{}, s.err
	}
	err = s.engine.migrating(ctx, s.db.DB, false, func(q querier) error {
		plan, err = s.plan(ctx, q, want)
		return err
	})
	return plan, translate(ctx, err)
}

// Migrate implements [store.Migrator]. The tables are better-auth's, so that a Node server can use them too. Columns
// that existing tables lack are added so that those who do not know them can still write: as nullable, or, where the
// schema has a constant default, with that.
//
// On PostgreSQL and SQLite a migration happens as a whole or not at all. On MySQL one that was interrupted is finished
// by the next.
func (s *Store) Migrate(ctx context.Context, want *schema.Schema) error {
	if s.err != nil {
		return s.err
	}
	err := persist(ctx, func() error {
		return s.engine.migrating(ctx, s.db.DB, true, func(q querier) error {
			plan, err := s.plan(ctx, q, want)
			if err != nil {
				return err
			}
			for _, statement := range plan.Statements {
				if _, err := q.ExecContext(ctx, statement); err != nil {
					return fmt.Errorf("%s: %w", statement, err)
				}
			}
			return nil
		})
	})
	s.forget()
	return translate(ctx, err)
}

// plan compares the live tables with those wanted.
func (s *Store) plan(ctx context.Context, q querier, want *schema.Schema) (store.Plan, error) {
	p := &planner{engine: s.engine, words: s.engine.words(), live: map[string]*liveTable{}}
	var tables []schema.LiveTable
	types := map[string]*liveColumn{}
	for _, t := range want.Tables() {
		live, err := s.engine.inspect(ctx, q, t.SQLName)
		if err != nil {
			return store.Plan{}, err
		}
		if live == nil {
			continue
		}
		p.live[t.SQLName] = live
		lt := schema.LiveTable{Name: live.name}
		for i := range live.columns {
			c := &live.columns[i]
			types[c.typ] = c
			lt.Columns = append(lt.Columns, schema.LiveColumn{Name: c.name, Type: c.typ, Nullable: c.nullable, HasDefault: c.hasDefault})
		}
		if lt.Indexes, err = s.engine.indexes(ctx, q, t.SQLName); err != nil {
			return store.Plan{}, err
		}
		tables = append(tables, lt)
	}
	var err error
	if p.options, p.collation, err = s.engine.tableOptions(ctx, q); err != nil {
		return store.Plan{}, err
	}
	changes := schema.Diff(want, tables, func(c *schema.Column, typ string) bool { return s.engine.fit(c, types[typ]) != 0 })
	p.warnings = changes.Warnings
	p.schema = want
	p.checkIDs()
	if len(changes.Tables) > 0 {
		if p.statements, err = s.engine.schemas(ctx, q); err != nil {
			return store.Plan{}, err
		}
	}
	p.createTables(changes.Tables)
	for _, missing := range changes.Columns {
		p.addColumn(missing.Table, missing.Column)
	}
	for _, missing := range changes.Indexes {
		p.createIndex(missing)
	}
	return store.Plan{Statements: p.statements, Warnings: p.warnings}, nil
}

// planner writes the statements of a migration.
type planner struct {
	engine engine
	words  *vocabulary
	schema *schema.Schema
	live   map[string]*liveTable // by name in the database
	// options and collation are those of new tables.
	options, collation string

	statements []string
	warnings   []string
}

func (p *planner) say(format string, args ...any) {
	p.statements = append(p.statements, fmt.Sprintf(format, args...))
}

// checkIDs warns about tables whose ids are not what the schema takes them for. All else about them works.
func (p *planner) checkIDs() {
	for _, t := range p.schema.Tables() {
		live := p.live[t.SQLName]
		if live == nil {
			continue
		}
		id := t.Column(schema.ID)
		lc := live.column(id.SQLName)
		if lc == nil {
			continue
		}
		form := p.engine.fit(id, lc)
		if (form == asInteger) != (t.IDs == schema.SerialIDs) || form == asUUID && t.IDs != schema.UUIDs {
			p.warnings = append(p.warnings, fmt.Sprintf("the ids of table %q have the type %q, but the configured ids are %s: rows cannot be added unless the two agree", t.SQLName, lc.typ, t.IDs))
		}
	}
}

// createTables creates what others refer to first. Where tables refer to each other in a circle, one of them gets its
// foreign key afterwards.
func (p *planner) createTables(tables []*schema.Table) {
	pending := slices.Clone(tables)
	var late []string
	for len(pending) > 0 {
		i := slices.IndexFunc(pending, func(t *schema.Table) bool { return p.words.forward || !p.refersTo(t, pending) })
		if i < 0 {
			i = 0
		}
		t := pending[i]
		late = append(late, p.createTable(t, pending)...)
		pending = slices.Delete(pending, i, i+1)
	}
	p.statements = append(p.statements, late...)
}

// refersTo reports whether t has a foreign key to one of the others.
func (p *planner) refersTo(t *schema.Table, others []*schema.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return p.isForward(&c, t, others) })
}

func (p *planner) isForward(c *schema.Column, t *schema.Table, pending []*schema.Table) bool {
	return c.References != nil && c.References.Table != t.Name && !p.words.forward &&
		slices.ContainsFunc(pending, func(o *schema.Table) bool { return o.Name == c.References.Table })
}

// createTable returns the statements that have to wait for the tables that are pending.
func (p *planner) createTable(t *schema.Table, pending []*schema.Table) (late []string) {
	lines := []string{p.quote(t.Column(schema.ID).SQLName) + " " + p.words.key[t.IDs]}
	var keys []string
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Name == schema.ID {
			continue
		}
		line := p.quote(c.SQLName) + " " + p.columnType(c, t, p.collation)
		if isNow(c) && p.words.now != "" {
			line += " default " + p.words.now
		}
		if c.Required {
			line += " not null"
		}
		if c.Unique {
			line += " unique"
		}
		switch {
		case c.References == nil:
		case p.isForward(c, t, pending):
			late = append(late, "alter table "+p.table(t)+" add "+p.foreignKey(c))
		case p.words.inline:
			line += p.references(c)
		default:
			keys = append(keys, p.foreignKey(c))
		}
		lines = append(lines, line)
	}
	p.say("create table %s (%s)%s", p.table(t), strings.Join(append(lines, keys...), ", "), p.options)
	return late
}

// addColumn adds a column to a live table. A unique constraint becomes an index, since SQLite can add no other; MySQL,
// which cannot undo half of it, does all at once.
func (p *planner) addColumn(t *schema.Table, c *schema.Column) {
	table := p.table(t)
	line := p.quote(c.SQLName) + " " + p.columnType(c, t, p.live[t.SQLName].collation)
	if value := p.constant(c); value != "" {
		line += " default " + value + " not null"
	}
	index := shortName(t.SQLName + "_" + c.SQLName + "_uidx")
	if p.words.inline {
		if c.References != nil {
			line += p.references(c)
		}
		p.say("alter table %s add column %s", table, line)
		if c.Unique {
			p.say("create unique index %s on %s (%s)", p.quote(index), table, p.quote(c.SQLName))
		}
		return
	}
	if c.Unique {
		line += ", add unique index " + p.quote(index) + " (" + p.quote(c.SQLName) + ")"
	}
	if c.References != nil {
		line += ", add " + p.foreignKey(c)
	}
	p.say("alter table %s add column %s", table, line)
}

func (p *planner) createIndex(ix schema.MissingIndex) {
	live := p.live[ix.Table.SQLName]
	names := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		names[i] = p.quote(c.SQLName)
		if live == nil || p.engine.dialect() != MySQL {
			continue
		}
		if lc := live.column(c.SQLName); lc != nil && strings.HasSuffix(lc.base, "text") {
			if ix.Unique {
				p.warnings = append(p.warnings, fmt.Sprintf("column %q of table %q has the type %q, which MySQL cannot put into the unique index %q: "+
					"give it a length, and run the migration again", c.SQLName, ix.Table.SQLName, lc.typ, ix.Name))
				return
			}
			names[i] += "(191)" // its beginning is enough to find rows by
		}
	}
	unique := ""
	if ix.Unique {
		unique = "unique "
	}
	p.say("create %sindex %s on %s (%s)", unique, p.quote(shortName(ix.Name)), p.table(ix.Table), strings.Join(names, ", "))
}

// columnType returns the type of a column in a table whose texts have the given collation.
func (p *planner) columnType(c *schema.Column, t *schema.Table, collation string) string {
	if c.References == nil {
		return typeOf(p.engine, c, t)
	}
	// A foreign key has the type of what it refers to, and, on MySQL, its collation.
	target := p.target(c)
	to := target.Column(c.References.Target())
	typ, other := typeOf(p.engine, to, target), p.collation
	if ids, ok := to.IDs(); ok {
		typ = p.words.id[ids]
	}
	if live := p.live[target.SQLName]; live != nil {
		if lc := live.column(to.SQLName); lc != nil {
			typ, other = lc.typ, lc.collation
		}
	}
	if _, ok := to.IDs(); !ok && p.engine.dialect() == MySQL && indexLength(c, t) > 0 {
		typ = typeOf(p.engine, c, t) // short enough for the index; a text may refer to a longer one
	}
	if strings.Contains(typ, "char") && other != "" && other != collation {
		charset, _, _ := strings.Cut(other, "_")
		typ += " character set " + charset + " collate " + other
	}
	return typ
}

func (p *planner) target(c *schema.Column) *schema.Table { return p.schema.Table(c.References.Table) }

func (p *planner) references(c *schema.Column) string {
	to := p.target(c)
	return fmt.Sprintf(" references %s (%s) on delete %s", p.table(to), p.quote(to.Column(c.References.Target()).SQLName), c.References.OnDelete)
}

func (p *planner) foreignKey(c *schema.Column) string {
	return "foreign key (" + p.quote(c.SQLName) + ")" + p.references(c)
}

func (p *planner) quote(name string) string { return p.words.quote + name + p.words.quote }

// table returns a table's name as an identifier, in the quotes of the contract.
func (p *planner) table(t *schema.Table) string {
	if e, ok := p.engine.(postgresEngine); ok {
		return e.table(t.SQLName)
	}
	return p.quote(t.SQLName)
}

// constant returns the default of a required column as SQL, or "" if it is optional or its default is none that SQL
// could say.
func (p *planner) constant(c *schema.Column) string {
	if !c.Required || c.Default == nil || c.References != nil {
		return ""
	}
	switch c.Kind {
	case schema.Date:
		if isNow(c) {
			return p.words.now
		}
		return ""
	case schema.String, schema.Boolean, schema.Number:
	default:
		return ""
	}
	// A default that depends on the moment, or on chance, is none for the rows that are there.
	value := c.Default(time.Unix(0, 0))
	if value != c.Default(time.Unix(1e9, 0)) {
		return ""
	}
	switch v := value.(type) {
	case bool:
		if v {
			return p.words.yes
		}
		return p.words.no
	case int64:
		return fmt.Sprint(v)
	case int:
		return fmt.Sprint(v)
	case string:
		if strings.ContainsAny(v, "\\\x00") {
			return "" // MySQL reads a backslash in its own way, or not, by a setting
		}
		literal := "'" + strings.ReplaceAll(v, "'", "''") + "'"
		if p.engine.dialect() == MySQL {
			return "(" + literal + ")" // long texts take a default in parentheses only
		}
		return literal
	default:
		return ""
	}
}

// isNow reports whether the default of a date is the time of the operation.
func isNow(c *schema.Column) bool {
	if c.Kind != schema.Date || c.Default == nil {
		return false
	}
	for _, now := range []time.Time{time.Unix(0, 0), time.Unix(1e9, 0)} {
		if v, ok := c.Default(now).(time.Time); !ok || !v.Equal(now) {
			return false
		}
	}
	return true
}

// shortName keeps the name of an index within the 63 bytes that every database takes, as better-auth does: a hash of
// the whole name, FNV-1a over its UTF-16, takes the place of what is too much.
func shortName(name string) string {
	const most = 63
	if len(name) <= most {
		return name
	}
	hash := uint32(2166136261)
	for _, unit := range utf16.Encode([]rune(name)) {
		hash = (hash ^ uint32(unit)) * 16777619
	}
	cut := strings.LastIndexByte(name, '_')
	head, tail := name[:cut], fmt.Sprintf("_%08x%s", hash, name[cut:])
	for len(head)+len(tail) > most {
		_, size := utf8.DecodeLastRuneInString(head)
		head = head[:len(head)-size]
	}
	return head + tail
}
