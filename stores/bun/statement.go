package bunstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/uptrace/bun"
)

// querier is a database, a connection or a transaction.
type querier = bun.IConn

// statement collects the arguments of one SQL statement while its text is put together.
//
// bun writes arguments into the text as literals. That makes every text another one, so that a driver that keeps
// statements prepared, as pgx does, prepares each anew and pushes the app's own out of its cache; it depends on how the
// server reads literals; and it puts secrets into query logs. So bun gets finished pieces of SQL with placeholders, in
// the order in which they stand in the text, and the arguments go to the driver beside it.
type statement struct {
	engine engine
	args   []any
}

// bind adds an argument and returns its placeholder.
func (st *statement) bind(v any) string {
	st.args = append(st.args, v)
	return st.engine.placeholder(len(st.args))
}

// bindAll adds arguments for an operand and returns their placeholders, separated by commas.
func (st *statement) bindAll(o *operand, values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = o.arg(st, v)
	}
	return strings.Join(parts, ", ")
}

// on returns q as a connection that adds the arguments to the one query it is asked.
func (st *statement) on(q querier) bun.IConn { return bound{q, st.args} }

// bound is a connection that sends arguments along.
type bound struct {
	querier
	args []any
}

func (b bound) QueryContext(ctx context.Context, query string, _ ...any) (*sql.Rows, error) {
	return b.querier.QueryContext(ctx, query, b.args...)
}

func (b bound) ExecContext(ctx context.Context, query string, _ ...any) (sql.Result, error) {
	return b.querier.ExecContext(ctx, query, b.args...)
}
