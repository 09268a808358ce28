package bunstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/uptrace/bun/dialect/mysqldialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// mysqlEngine is MySQL and MariaDB. What only one of them has, such as MariaDB's RETURNING, is not used, so that both
// run the same statements.
type mysqlEngine struct{}

func (mysqlEngine) dialect() Dialect       { return MySQL }
func (mysqlEngine) bun() bunschema.Dialect { return quietMySQL{mysqldialect.New()} }

// quietMySQL keeps bun from asking the server for its version while the store is made. bun turns features on by the
// answer; the store needs none of them.
type quietMySQL struct{ *mysqldialect.Dialect }

func (quietMySQL) Init(*sql.DB) {}

func (mysqlEngine) quote(name string) string   { return "`" + name + "`" }
func (e mysqlEngine) table(name string) string { return e.quote(name) }
func (mysqlEngine) placeholder(int) string     { return "?" }
func (mysqlEngine) returning() bool            { return false }

// sameTable compares the name of a table as the server does: whether case matters depends on its file system.
const sameTable = "table_schema = DATABASE() AND table_name = ? AND (@@lower_case_table_names <> 0 OR BINARY table_name = ?)"

func (mysqlEngine) inspect(ctx context.Context, q querier, table string) (*liveTable, error) {
	t := &liveTable{name: table}
	err := each(ctx, q, `SELECT COALESCE(t.table_collation, ''), COALESCE(t.engine, ''), COALESCE(e.transactions, 'YES')
		FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine
		WHERE `+sameTable, []any{table, table},
		func(scan func(...any) error) error {
			var engine, transactions string
			if err := scan(&t.collation, &engine, &transactions); err != nil {
				return err
			}
			if transactions != "YES" {
				return fmt.Errorf("bunstore: the table %q has the engine %s, which has no transactions: ALTER TABLE `%s` ENGINE=InnoDB: %w",
					table, engine, table, store.ErrMisconfigured)
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	err = each(ctx, q, `SELECT column_name, column_type, data_type, is_nullable = 'YES',
			column_default IS NOT NULL OR extra LIKE '%auto_increment%' OR extra LIKE '%DEFAULT_GENERATED%',
			CASE WHEN data_type IN ('char', 'varchar') THEN character_maximum_length ELSE 0 END,
			COALESCE(datetime_precision, 0), COALESCE(character_set_name, ''), COALESCE(collation_name, '')
		FROM information_schema.columns WHERE `+sameTable+` ORDER BY ordinal_position`, []any{table, table},
		func(scan func(...any) error) error {
			var c liveColumn
			if err := scan(&c.name, &c.typ, &c.base, &c.nullable, &c.hasDefault, &c.limit, &c.precision, &c.charset, &c.collation); err != nil {
				return err
			}
			c.typ, c.base = strings.ToLower(c.typ), strings.ToLower(c.base)
			t.columns = append(t.columns, c)
			return nil
		})
	if err != nil || len(t.columns) == 0 {
		return nil, err
	}
	return t, nil
}

func (mysqlEngine) indexes(ctx context.Context, q querier, table string) ([]schema.LiveIndex, error) {
	// An index over the beginning of a column does not keep its values apart.
	return collectIndexes(ctx, q, `SELECT index_name, non_unique = 0 AND sub_part IS NULL, COALESCE(column_name, '')
		FROM information_schema.statistics WHERE `+sameTable+` ORDER BY index_name, seq_in_index`, table, table)
}

func (mysqlEngine) fit(c *schema.Column, live *liveColumn) form {
	text, whole := false, false
	switch live.base {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		text = true
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		whole = true
	}
	switch c.Kind {
	case schema.String:
		switch {
		case text, live.base == "enum", live.base == "varbinary", strings.HasSuffix(live.base, "blob"):
			return asText
		case whole:
			return asInteger
		case live.base == "uuid":
			return asUUID
		}
	case schema.Boolean:
		if whole || live.base == "bit" {
			return asInteger
		}
	case schema.Number:
		switch {
		case whole:
			return asInteger
		case live.base == "decimal", live.base == "float", live.base == "double":
			return asDecimal
		}
	case schema.Date:
		if live.base == "datetime" || live.base == "timestamp" {
			return asTime
		}
	default:
		switch {
		case live.base == "json":
			return asJSON
		case text: // which is what MariaDB makes of json
			return asText
		}
	}
	return 0
}

// exactCollations compare every text as different from every other: by code point, and without taking spaces at the end
// for padding, which utf8mb4_bin does.
var exactCollations = map[string]bool{
	"utf8mb4_nopad_bin": true, // MariaDB
	"utf8mb4_0900_bin":  true, // MySQL
	"":                  true, // bytes
}

func (mysqlEngine) describe(c *column, live *liveColumn) {
	c.padded = live.base == "char"
	switch c.Kind {
	case schema.String:
		bytes := c.ident
		switch live.charset {
		case "", "utf8mb4", "utf8mb3", "utf8", "ascii":
		default:
			bytes = "CONVERT(" + bytes + " USING utf8mb4)"
		}
		if c.form == asUUID {
			bytes = "CAST(" + bytes + " AS CHAR)" // its bytes are not its text
		}
		c.text = operand{"CAST(" + bytes + " AS BINARY)", "CAST(", " AS BINARY)"}
		if c.form == asText {
			// The equality by the column's collation can use an index, which one of bytes cannot.
			c.vague = !exactCollations[live.collation]
			if c.vague {
				c.order = c.text
			}
		}
	case schema.Date:
		c.layout = layoutOf("2006-01-02 15:04:05", live.precision)
		c.equal = operand{c.ident, "CAST(", " AS DATETIME(3))"}
		c.order = c.equal
	}
}

// fold spells the alphabet out, because MySQL's LOWER knows more letters than ASCII's, and none in bytes.
func (mysqlEngine) fold(expr string) string {
	for ch := 'A'; ch <= 'Z'; ch++ {
		expr = fmt.Sprintf("REPLACE(%s, '%c', '%c')", expr, ch, ch+'a'-'A')
	}
	return expr
}

func (mysqlEngine) contains(expr, piece string) string {
	return "LOCATE(" + piece + ", " + expr + ") > 0"
}

func (mysqlEngine) starts(expr, piece string, length int) string {
	return fmt.Sprintf("LEFT(%s, %d) = %s", expr, length, piece)
}

func (mysqlEngine) ends(expr, piece string, length int) string {
	return fmt.Sprintf("RIGHT(%s, %d) = %s", expr, length, piece)
}

// length counts bytes, which is what the text operands are.
func (mysqlEngine) length(s string) int { return len(s) }

func (mysqlEngine) sort(expr string, desc bool) string {
	if desc {
		return expr + " DESC"
	}
	return expr
}

func (mysqlEngine) increment(ident, by string) string {
	return "COALESCE(" + ident + ", 0) + " + by
}

func (mysqlEngine) lockRow() string { return "UPDATE" }

// begin asks for READ COMMITTED. MySQL's default locks gaps between rows too, so that transactions which touch different
// rows end in a deadlock, and it lets a transaction decide by what was true when it began.
func (mysqlEngine) begin(ctx context.Context, db *sql.DB) (transaction, error) {
	return db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
}
