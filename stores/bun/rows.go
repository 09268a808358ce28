package bunstore

import (
	"context"
	"database/sql"

	bunschema "github.com/uptrace/bun/schema"

	"github.com/cardea-auth/cardea/core/store"
)

// records is where bun puts the rows of a mapping's table.
type records struct {
	m    *mapping
	list []store.Record
}

var _ bunschema.Model = (*records)(nil)

// ScanRows implements bun's Model.
func (r *records) ScanRows(_ context.Context, rows *sql.Rows) (int, error) {
	values := make([]any, len(r.m.columns))
	into := make([]any, len(r.m.columns))
	for i := range into {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		r.list = append(r.list, r.m.record(values))
	}
	return len(r.list), rows.Err()
}

// Value implements bun's Model.
func (r *records) Value() any { return r.list }

// number is where bun puts a result of one number.
type number struct{ n int64 }

var _ bunschema.Model = (*number)(nil)

// ScanRows implements bun's Model.
func (r *number) ScanRows(_ context.Context, rows *sql.Rows) (int, error) {
	n := 0
	for rows.Next() {
		if err := rows.Scan(&r.n); err != nil {
			return 0, err
		}
		n++
	}
	return n, rows.Err()
}

// Value implements bun's Model.
func (r *number) Value() any { return r.n }
