package bunstore

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/schema"
)

// each runs a query on the database's catalogue and calls fn for every row.
func each(ctx context.Context, q querier, query string, args []any, fn func(scan func(...any) error) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what Close would report, Err has
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one runs a query that returns one row.
func one(ctx context.Context, q querier, query string, into ...any) error {
	return q.QueryRowContext(ctx, query).Scan(into...)
}

// collectIndexes reads rows of an index's name, whether it is unique, and one of its columns, in index order.
func collectIndexes(ctx context.Context, q querier, query string, args ...any) (out []schema.LiveIndex, err error) {
	err = each(ctx, q, query, args, func(scan func(...any) error) error {
		var name, column string
		var unique bool
		if err := scan(&name, &unique, &column); err != nil {
			return err
		}
		if n := len(out); n == 0 || out[n-1].Name != name {
			out = append(out, schema.LiveIndex{Name: name, Unique: unique})
		}
		ix := &out[len(out)-1]
		ix.Columns = append(ix.Columns, column)
		return nil
	})
	return out, err
}

// limitOf returns n of a type such as varchar(n), or 0.
func limitOf(typ string) (n int) {
	_, rest, _ := strings.Cut(typ, "(")
	for _, ch := range rest {
		if ch < '0' || ch > '9' {
			break
		}
		n = 10*n + int(ch-'0')
	}
	return n
}
