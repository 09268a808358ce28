package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// FindJoined implements [store.JoinFinder]. It is the hottest query of all, so it does without bun: its text is made
// once, and prepared once for each connection.
func (s *Store) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	err = s.run(ctx, func(r *runner) error {
		p, err := r.plan(ctx, j)
		if err != nil {
			return err
		}
		values, err := p.find(ctx, r, keys)
		if err != nil {
			return r.failed(ctx, err)
		}
		left, right = values[:p.split:p.split], values[p.split:]
		return nil
	})
	return left, right, err
}

// joinPlan is one join, ready to run.
type joinPlan struct {
	store.Join
	query   string
	key     *column // what is looked up
	args    int     // how often the key is an argument
	and     *column // the second column that is looked up, or nil
	andArgs int     // how often its key is an argument
	columns []column
	split   int    // how many of the columns are the left table's
	decoded []int  // the columns that decode has something to do for
	plain   string // the query column by column, if query returns them packed, or empty

	stmt  *sql.Stmt   // nil if the driver is to get the text each time
	stale atomic.Bool // the tables have changed, and stmt is closed
	into  sync.Pool   // of *[]any, which Scan writes through
}

var errStale = errors.New("bunstore: the statement was prepared for other tables")

// plan returns the plan for a join, and makes it at the first time.
func (r *runner) plan(ctx context.Context, j *store.Join) (*joinPlan, error) {
	if p := r.knownPlan(j); p != nil {
		return p, nil
	}
	p, certain, err := r.newPlan(ctx, j)
	if err != nil {
		return nil, err
	}
	if r.tx != nil || !certain {
		return p, nil // preparing takes a connection besides the transaction's, and there may be none
	}
	r.joining.Lock()
	defer r.joining.Unlock()
	if known := r.knownPlan(j); known != nil {
		return known, nil
	}
	// pgx keeps statements prepared by itself, unless it is told not to because of what is behind it.
	if !r.unprepared && !strings.HasPrefix(driverPath(r.db.DB), "github.com/jackc/pgx") {
		p.stmt, err = r.db.DB.PrepareContext(ctx, p.query)
		if err != nil && p.plain != "" { // an SQLite without JSON
			p.query, p.plain = p.plain, ""
			p.stmt, err = r.db.DB.PrepareContext(ctx, p.query)
		}
		if err != nil {
			return nil, r.failed(ctx, err)
		}
	}
	plans := []*joinPlan{p}
	if old := r.joins.Load(); old != nil {
		plans = append(slices.Clone(*old), p)
	}
	r.joins.Store(&plans)
	return p, nil
}

// knownPlan looks a join up by what it joins: callers may make a new Join each time. There are one or two plans.
func (s *Store) knownPlan(j *store.Join) *joinPlan {
	if plans := s.joins.Load(); plans != nil {
		for _, p := range *plans {
			if p.Join == *j {
				return p
			}
		}
	}
	return nil
}

// forgetJoins drops all plans.
func (s *Store) forgetJoins() {
	s.joining.Lock()
	defer s.joining.Unlock()
	plans := s.joins.Swap(nil)
	if plans == nil {
		return
	}
	for _, p := range *plans {
		p.stale.Store(true)
		if p.stmt != nil {
			_ = p.stmt.Close() // waits for nobody: results that are being read keep what they need
		}
	}
}

func (r *runner) newPlan(ctx context.Context, j *store.Join) (p *joinPlan, certain bool, err error) {
	if j.Left == nil || j.Right == nil {
		return nil, false, errNoTable
	}
	left, err := newMapping(ctx, r.engine, r.on, j.Left, "l.")
	if err != nil {
		return nil, false, r.failed(ctx, err)
	}
	right, err := newMapping(ctx, r.engine, r.on, j.Right, "r.")
	if err != nil {
		return nil, false, r.failed(ctx, err)
	}
	p = &joinPlan{Join: *j, columns: slices.Concat(left.columns, right.columns), split: len(left.columns)}
	if p.key, err = left.column(j.Key); err != nil {
		return nil, false, err
	}
	if j.And != "" {
		if p.and, err = left.column(j.And); err != nil {
			return nil, false, err
		}
	}
	on, err := left.column(j.On)
	if err != nil {
		return nil, false, err
	}
	if p.key.Kind != schema.String || p.and != nil && p.and.Kind != schema.String || on.Kind != schema.String {
		return nil, false, fmt.Errorf("bunstore: a join is by strings: column %q is a %s, column %q is a %s", j.Key, p.key.Kind, j.On, on.Kind)
	}
	for i := range p.columns {
		if p.columns[i].decodes() {
			p.decoded = append(p.decoded, i)
		}
	}
	st := r.statement()
	from := " FROM " + left.ident + " AS l JOIN " + right.ident + " AS r ON " +
		right.id().joins(on) + " WHERE " + p.key.equals(st, []any{""}, false)
	p.args = len(st.args)
	if p.and != nil {
		from += " AND " + p.and.equals(st, []any{""}, false)
		p.andArgs = len(st.args) - p.args
	}
	p.query = "SELECT " + left.reads + ", " + right.reads + from
	if r.dialect == SQLite && len(p.columns) <= mostPacked {
		p.query, p.plain = "SELECT "+packed(p.columns)+" AS x"+from, p.query // the drivers copy the name each time
	}
	width := len(p.columns)
	p.into.New = func() any {
		into := make([]any, width)
		return &into
	}
	return p, left.certain && right.certain, nil
}

// joins compares two columns.
func (c *column) joins(o *column) string {
	other := o.ident
	if c.collation != o.collation {
		// MySQL refuses to compare columns of two collations. This way round the index over c can be used.
		other = "CONVERT(" + other + " USING " + c.charset + ") COLLATE " + c.collation
	}
	on := c.ident + " = " + other
	if c.vague || o.vague {
		on += " AND " + c.text.expr + " = " + o.text.expr
	}
	return on
}

// find runs the plan. The result is the caller's.
func (p *joinPlan) find(ctx context.Context, r *runner, keys []string) ([]any, error) {
	if len(keys) == 0 || (p.and != nil) != (len(keys) == 2) {
		return nil, fmt.Errorf("bunstore: a join by %q and %q is not by %d keys", p.Key, p.And, len(keys))
	}
	args := make([]any, 0, 4)
	kept, err := p.key.encode(keys[0])
	if err != nil {
		return nil, notFound(p.Left) // no row has a key that the column cannot hold
	}
	args = append(args, []any{kept, kept}[:p.args]...)
	if p.and != nil {
		if kept, err = p.and.encode(keys[1]); err != nil {
			return nil, notFound(p.Left)
		}
		args = append(args, []any{kept, kept}[:p.andArgs]...)
	}
	values, err := p.read(ctx, r, args)
	if err != nil {
		return nil, err
	}
	for _, i := range p.decoded {
		values[i] = p.columns[i].decode(values[i])
	}
	return values, nil
}

// read returns the values as the driver gives them.
func (p *joinPlan) read(ctx context.Context, r *runner, args []any) ([]any, error) {
	rows, err := p.ask(ctx, r, args)
	if p.plain == "" {
		return p.one(rows, err, p.scan)
	}
	values, err := p.one(rows, err, p.scanPacked)
	if err == nil || faultOf(err) != faultOther || ctx.Err() != nil {
		return values, err
	}
	// JSON has no place for a BLOB, which is what somebody may have put where text should be.
	rows, err = r.on.QueryContext(ctx, p.plain, args...)
	return p.one(rows, err, p.scan)
}

// one reads the one row that there is to be among what a query has returned.
func (p *joinPlan) one(rows *sql.Rows, err error, scan func(*sql.Rows, []any) error) ([]any, error) {
	if err != nil {
		if p.stale.Load() {
			return nil, errStale
		}
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what Close would report, Err has
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, err
		}
		return nil, notFound(p.Left)
	}
	values := make([]any, len(p.columns))
	if err := scan(rows, values); err != nil {
		return nil, err
	}
	if p.and != nil && rows.Next() {
		return nil, fmt.Errorf("bunstore: several rows of table %q match", p.Left.Name)
	}
	return values, rows.Close()
}

func (p *joinPlan) scan(rows *sql.Rows, values []any) error {
	into := p.into.Get().(*[]any)
	for i := range values {
		(*into)[i] = &values[i]
	}
	err := rows.Scan(*into...)
	clear(*into)
	p.into.Put(into)
	return err
}

func (p *joinPlan) scanPacked(rows *sql.Rows, values []any) error {
	var text string
	if err := rows.Scan(&text); err != nil {
		return err
	}
	if !unpack(text, values) {
		return fmt.Errorf("bunstore: a row of table %q is not packed", p.Left.Name)
	}
	return nil
}

func (p *joinPlan) ask(ctx context.Context, r *runner, args []any) (*sql.Rows, error) {
	if p.stmt != nil && r.tx == nil {
		return p.stmt.QueryContext(ctx, args...)
	}
	return r.on.QueryContext(ctx, p.query, args...)
}
