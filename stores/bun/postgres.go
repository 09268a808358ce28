package bunstore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun/dialect/pgdialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/cardea-auth/cardea/core/schema"
)

type postgresEngine struct {
	schema string // of all tables; empty is the search_path
}

func (postgresEngine) dialect() Dialect       { return PostgreSQL }
func (postgresEngine) bun() bunschema.Dialect { return pgdialect.New() }

func (postgresEngine) quote(name string) string { return `"` + name + `"` }

func (e postgresEngine) table(name string) string {
	if e.schema == "" {
		return e.quote(name)
	}
	return e.quote(e.schema) + "." + e.quote(name)
}

func (postgresEngine) placeholder(n int) string { return "$" + strconv.Itoa(n) }
func (postgresEngine) returning() bool          { return true }

// inspect finds the table as queries do: in its schema, or along the search_path.
func (e postgresEngine) inspect(ctx context.Context, q querier, table string) (*liveTable, error) {
	t := &liveTable{name: table}
	// A column of a domain is looked at as the type under it.
	err := each(ctx, q, `SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL),
			t.typname::text, t.typtype = 'e', NOT a.attnotnull, a.atthasdef OR a.attidentity <> '', a.atttypmod,
			NOT COALESCE(c.collisdeterministic, true)
		FROM pg_catalog.pg_attribute a
		JOIN pg_catalog.pg_type d ON d.oid = a.atttypid
		JOIN pg_catalog.pg_type t ON t.oid = CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END
		LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
		WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attnum`, []any{e.table(table)},
		func(scan func(...any) error) error {
			var c liveColumn
			var full string
			var modifier int
			if err := scan(&c.name, &full, &c.typ, &c.base, &c.enum, &c.nullable, &c.hasDefault, &modifier, &c.vague); err != nil {
				return err
			}
			c.vague = c.vague || c.base == "citext"
			c.precision = 6
			switch c.base {
			case "varchar", "bpchar":
				c.limit = limitOf(full)
			case "timestamp", "timestamptz":
				if modifier >= 0 {
					c.precision = modifier
				}
			}
			t.columns = append(t.columns, c)
			return nil
		})
	if err != nil || len(t.columns) == 0 {
		return nil, err
	}
	return t, nil
}

func (e postgresEngine) indexes(ctx context.Context, q querier, table string) ([]schema.LiveIndex, error) {
	return collectIndexes(ctx, q, `SELECT c.relname::text, i.indisunique, COALESCE(a.attname::text, '')
		FROM pg_catalog.pg_index i
		JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
		CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
		LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
		WHERE i.indrelid = pg_catalog.to_regclass($1) AND i.indisvalid AND i.indpred IS NULL AND k.n <= i.indnkeyatts
		ORDER BY c.relname, k.n`, e.table(table))
}

func (postgresEngine) fit(c *schema.Column, live *liveColumn) form {
	text, whole := false, false
	switch live.base {
	case "text", "varchar", "bpchar", "citext", "name":
		text = true
	case "int2", "int4", "int8":
		whole = true
	}
	switch c.Kind {
	case schema.String:
		switch {
		case text:
			return asText
		case whole:
			return asInteger
		case live.base == "uuid":
			return asUUID
		case live.enum:
			return asEnum
		}
	case schema.Boolean:
		switch {
		case live.base == "bool":
			return asBoolean
		case whole:
			return asInteger
		}
	case schema.Number:
		switch {
		case whole:
			return asInteger
		case live.base == "numeric", live.base == "float4", live.base == "float8":
			return asDecimal
		}
	case schema.Date:
		if live.base == "timestamptz" || live.base == "timestamp" {
			return asTime
		}
	default:
		switch {
		case live.base == "jsonb", live.base == "json":
			return asJSON
		case text:
			return asText
		case c.Kind == schema.StringArray && (live.base == "_text" || live.base == "_varchar"),
			c.Kind == schema.NumberArray && (live.base == "_int2" || live.base == "_int4" || live.base == "_int8" ||
				live.base == "_float4" || live.base == "_float8" || live.base == "_numeric"):
			return asArray
		}
	}
	return 0
}

// describe casts every placeholder, because without that its type depends on how the driver sends it.
func (postgresEngine) describe(c *column, live *liveColumn) {
	cast := ""
	switch c.form {
	case asUUID, asBoolean, asJSON, asArray, asEnum:
		cast = "::" + live.typ
	case asInteger, asDecimal:
		cast = "::bigint" // whatever the width: the server says what is out of range
	case asTime:
		cast = "::" + live.base
		c.layout = layoutOf("2006-01-02T15:04:05", live.precision) + "Z"
	}
	c.padded = live.base == "bpchar"
	c.written.after, c.equal.after, c.order.after = cast, cast, cast
	if c.Kind != schema.String {
		return
	}
	c.text = operand{expr: c.ident + `::text COLLATE "C"`, after: "::text"}
	switch c.form {
	case asText:
		// Without COLLATE the equality can use an index, which has the column's own collation.
		c.vague = live.vague
		c.order = c.text
	case asEnum:
		c.equal, c.order = c.text, c.text
	}
}

// layoutOf adds as many digits of a second as a column keeps, at most three. Databases round what is more, and a moment
// must not move into the future.
func layoutOf(layout string, precision int) string {
	if precision <= 0 {
		return layout
	}
	return layout + "." + strings.Repeat("0", min(precision, 3))
}

// fold does not use lower, which knows more letters than ASCII's.
func (postgresEngine) fold(expr string) string {
	return "translate(" + expr + ", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
}

func (postgresEngine) contains(expr, piece string) string {
	return "strpos(" + expr + ", " + piece + ") > 0"
}

func (postgresEngine) starts(expr, piece string, length int) string {
	return fmt.Sprintf("left(%s, %d) = %s", expr, length, piece)
}

func (postgresEngine) ends(expr, piece string, length int) string {
	return fmt.Sprintf("right(%s, %d) = %s", expr, length, piece)
}

func (postgresEngine) length(s string) int { return utf8.RuneCountInString(s) }

func (postgresEngine) sort(expr string, desc bool) string {
	if desc {
		return expr + " DESC NULLS LAST"
	}
	return expr + " NULLS FIRST"
}

func (postgresEngine) increment(ident, by string) string {
	return "COALESCE(" + ident + ", 0) + " + by
}

func (postgresEngine) lockRow() string { return "UPDATE" }

// begin asks for the isolation that the store is made for, whatever the server's default is: a stricter one would make
// transactions fail that nobody tries again.
func (postgresEngine) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	return db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
}
