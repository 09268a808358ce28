package bunstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun/dialect/sqlitedialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/cardea-auth/cardea/core/schema"
)

type sqliteEngine struct{}

func (sqliteEngine) dialect() Dialect       { return SQLite }
func (sqliteEngine) bun() bunschema.Dialect { return sqlitedialect.New() }

// quote does as MySQL: in double quotes SQLite takes the name of a column that is not there for a string.
func (sqliteEngine) quote(name string) string   { return "`" + name + "`" }
func (e sqliteEngine) table(name string) string { return e.quote(name) }

func (sqliteEngine) placeholder(int) string { return "?" }
func (sqliteEngine) returning() bool        { return true }

func (sqliteEngine) inspect(ctx context.Context, q querier, table string) (*liveTable, error) {
	t := &liveTable{name: table}
	err := each(ctx, q, `SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?) ORDER BY cid`, []any{table},
		func(scan func(...any) error) error {
			var c liveColumn
			var notNull, key int
			var expr sql.NullString
			if err := scan(&c.name, &c.typ, &notNull, &expr, &key); err != nil {
				return err
			}
			c.typ = strings.ToLower(c.typ)
			c.base, _, _ = strings.Cut(c.typ, "(")
			c.nullable = notNull == 0 && key == 0
			c.hasDefault = expr.Valid || key > 0 && c.typ == "integer" // an integer key is the rowid, which counts itself
			c.expr = strings.ToLower(expr.String)
			t.columns = append(t.columns, c)
			return nil
		})
	if err != nil || len(t.columns) == 0 {
		return nil, err
	}
	return t, nil
}

func (sqliteEngine) indexes(ctx context.Context, q querier, table string) ([]schema.LiveIndex, error) {
	// A partial index does not cover the table. An index over an expression has a column without a name.
	return collectIndexes(ctx, q, `SELECT il.name, il."unique", COALESCE(ii.name, '')
		FROM pragma_index_list(?) il, pragma_index_info(il.name) ii
		WHERE il.partial = 0 ORDER BY il.seq, ii.seqno`, table)
}

// affinity is what SQLite makes of a declared type (https://sqlite.org/datatype3.html §3.1).
func affinity(typ string) string {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(typ, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("int"):
		return "integer"
	case has("char", "clob", "text"):
		return "text"
	case typ == "", has("blob"):
		return "blob"
	case has("real", "floa", "doub"): //nolint:misspell // the parts of names that SQLite looks for
		return "real"
	default:
		return "numeric"
	}
}

// fit goes by affinity: a column of affinity numeric would keep the text "007" as the number 7. The forms of dates are
// settled later, by what the table holds.
func (sqliteEngine) fit(c *schema.Column, live *liveColumn) form {
	kind := affinity(live.typ)
	switch c.Kind {
	case schema.String:
		switch {
		case kind == "text", kind == "blob", strings.Contains(live.typ, "uuid"): // a UUID never reads as a number
			return asText
		case kind == "integer":
			return asInteger
		}
	case schema.Boolean:
		if kind != "text" && kind != "real" {
			return asInteger
		}
	case schema.Number:
		switch kind {
		case "integer", "blob":
			return asInteger
		case "real", "numeric":
			return asDecimal
		}
	case schema.Date:
		switch kind {
		case "integer":
			return asMillis
		case "text", "blob", "numeric":
			return asISO
		}
	default:
		if kind == "text" || kind == "blob" || strings.Contains(live.typ, "json") {
			return asText
		}
	}
	return 0
}

// sqliteISO makes any text that SQLite reads as a date one that compares.
const sqliteISO = "strftime('%Y-%m-%dT%H:%M:%fZ', "

func (sqliteEngine) describe(c *column, _ *liveColumn) {
	// The plus hides the declared type from the drivers, each of which would read dates in its own way, and which would make
	// strings of it for each query.
	c.reads = "+" + c.ident
	switch c.Kind {
	case schema.String:
		c.text.expr = "CAST(" + c.ident + " AS TEXT)"
		if c.form == asText {
			// The column may be declared with COLLATE NOCASE.
			c.equal.expr, c.order.expr = c.ident+" COLLATE BINARY", c.ident+" COLLATE BINARY"
		}
	case schema.Date:
		if c.form == asSQLText {
			c.equal = operand{sqliteISO + c.ident + ")", sqliteISO, ")"}
			c.order = c.equal
		}
	}
}

// fold relies on SQLite's lower, which knows ASCII only.
func (sqliteEngine) fold(expr string) string { return "lower(" + expr + ")" }

func (sqliteEngine) contains(expr, piece string) string {
	return "instr(" + expr + ", " + piece + ") > 0"
}

func (sqliteEngine) starts(expr, piece string, length int) string {
	return fmt.Sprintf("substr(%s, 1, %d) = %s", expr, length, piece)
}

func (sqliteEngine) ends(expr, piece string, length int) string {
	if length == 0 {
		return fmt.Sprintf("substr(%s, 1, 0) = %s", expr, piece) // counting from the end, 0 is not the end
	}
	return fmt.Sprintf("substr(%s, -%d) = %s", expr, length, piece)
}

func (sqliteEngine) length(s string) int { return utf8.RuneCountInString(s) }

func (sqliteEngine) sort(expr string, desc bool) string {
	if desc {
		return expr + " DESC"
	}
	return expr
}

// increment adds with sum, because + makes a float of a sum that is too large.
func (sqliteEngine) increment(ident, by string) string {
	return "(SELECT sum(v) FROM (SELECT COALESCE(" + ident + ", 0) AS v UNION ALL SELECT " + by + "))"
}

func (sqliteEngine) lockRow() string { return "" }
