package memdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// DB is an empty or filled database. It is safe for concurrent use.
//
// Writers take turns: a transaction has the turn from its beginning to its end, a single write for itself. Readers
// never wait for a transaction: they see what was committed last.
type DB struct {
	turn     chan struct{} // holds a token while somebody has the turn to write
	turns    atomic.Uint64 // how many turns were taken
	patience time.Duration // how long one and the same turn is waited for
	sequence atomic.Uint64 // of the row created last

	mu       sync.RWMutex // guards the committed state, which is the rest
	tables   map[string]*table
	bindings map[*schema.Table]*binding
	children map[string][]*foreignKey // by the logical name of the table referred to
}

var (
	_ store.Store      = (*DB)(nil)
	_ store.JoinFinder = (*DB)(nil)
	_ store.PageFinder = (*DB)(nil)
	_ store.IDMaker    = (*DB)(nil)
)

// New returns an empty database.
func New() *DB {
	return &DB{
		turn:     make(chan struct{}, 1),
		patience: 10 * time.Second,
		tables:   map[string]*table{},
		bindings: map[*schema.Table]*binding{},
		children: map[string][]*foreignKey{},
	}
}

// FindOne implements [store.Store].
func (db *DB) FindOne(ctx context.Context, q store.Query) (rec store.Record, err error) {
	q.Limit = 1
	err = db.read(ctx, &q, func(x *tx, sel *selection) error {
		rows := sel.find(x)
		if len(rows) == 0 {
			return notFound(q.Table)
		}
		rec = sel.record(rows[0])
		return nil
	})
	return rec, err
}

// FindMany implements [store.Store].
func (db *DB) FindMany(ctx context.Context, q store.Query) (recs []store.Record, err error) {
	err = db.read(ctx, &q, func(x *tx, sel *selection) error {
		rows := sel.find(x)
		recs = make([]store.Record, len(rows))
		for i, r := range rows {
			recs[i] = sel.record(r)
		}
		return nil
	})
	return recs, err
}

// Count implements [store.Store].
func (db *DB) Count(ctx context.Context, q store.Query) (n int64, err error) {
	q = unordered(q)
	err = db.read(ctx, &q, func(x *tx, sel *selection) error {
		n = int64(sel.count(x))
		return nil
	})
	return n, err
}

// FindPage implements [store.PageFinder].
func (db *DB) FindPage(ctx context.Context, q store.PageQuery) (p store.Page, err error) {
	err = db.read(ctx, &q.Query, func(x *tx, sel *selection) error {
		also, err := sel.compile(&store.Query{Table: q.Table, Where: q.Also, Limit: 1})
		if err != nil {
			return err
		}
		rows := sel.find(x)
		p.Rows = make([]store.Record, len(rows))
		for i, r := range rows {
			p.Rows[i] = sel.record(r)
		}
		if q.Total {
			p.Total = int64(sel.count(x))
		}
		if len(q.Also) > 0 {
			for _, r := range also.find(x) {
				p.Also = also.record(r)
			}
		}
		return nil
	})
	return p, err
}

// MakesIDs implements [store.IDMaker]: the database counts, and makes no other ids.
func (db *DB) MakesIDs(ids schema.IDs) bool { return ids == schema.SerialIDs }

// Create implements [store.Store]. The id must be among the values, unless it is a counted one.
func (db *DB) Create(ctx context.Context, t *schema.Table, r store.Record) (rec store.Record, err error) {
	q := store.Query{Table: t}
	err = db.write(ctx, &q, func(x *tx, sel *selection) error {
		created, err := sel.newRow(r)
		if err != nil {
			return err
		}
		created.sequence = db.sequence.Add(1)
		if err := x.insert(sel.table, created); err != nil {
			return err
		}
		rec = sel.record(created)
		return nil
	})
	return rec, err
}

// Update implements [store.Store].
func (db *DB) Update(ctx context.Context, q store.Query, set store.Record) (n int64, err error) {
	q = unordered(q)
	err = db.write(ctx, &q, func(x *tx, sel *selection) error {
		values, err := sel.encode(set)
		if err != nil {
			return err
		}
		rows := sel.find(x)
		for _, r := range rows {
			if err := x.replace(sel.table, r, sel.changed(r, values)); err != nil {
				return err
			}
		}
		n = int64(len(rows))
		return nil
	})
	return n, err
}

// Delete implements [store.Store].
func (db *DB) Delete(ctx context.Context, q store.Query) (n int64, err error) {
	q = unordered(q)
	err = db.write(ctx, &q, func(x *tx, sel *selection) error {
		rows := sel.find(x)
		for _, r := range rows {
			if err := x.remove(sel.table, r); err != nil {
				return err
			}
		}
		n = int64(len(rows))
		return nil
	})
	return n, err
}

// ConsumeOne implements [store.Store].
func (db *DB) ConsumeOne(ctx context.Context, q store.Query) (rec store.Record, err error) {
	q.Limit, q.Offset = 1, 0
	err = db.write(ctx, &q, func(x *tx, sel *selection) error {
		rows := sel.find(x)
		if len(rows) == 0 {
			return notFound(q.Table)
		}
		rec = sel.record(rows[0])
		return x.remove(sel.table, rows[0])
	})
	return rec, err
}

// IncrementOne implements [store.Store]. A sum that does not fit into 64 bits is an error and changes nothing.
func (db *DB) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (rec store.Record, err error) {
	q.Limit, q.Offset = 1, 0
	err = db.write(ctx, &q, func(x *tx, sel *selection) error {
		slot, c, err := sel.column(column)
		if err != nil {
			return err
		}
		if c.Kind != schema.Number {
			return fmt.Errorf("memdb: column %q of table %q is a %s and cannot be incremented", column, q.Table.Name, c.Kind)
		}
		rows := sel.find(x)
		if len(rows) == 0 {
			return notFound(q.Table)
		}
		n, _ := rows[0].at(slot).(int64)
		if by > 0 && n > math.MaxInt64-by || by < 0 && n < math.MinInt64-by {
			return fmt.Errorf("memdb: column %q of table %q would overflow: %w", column, q.Table.Name, store.ErrInvalid)
		}
		next := sel.changed(rows[0], []change{{slot, n + by}})
		if err := x.replace(sel.table, rows[0], next); err != nil {
			return err
		}
		rec = sel.record(next)
		return nil
	})
	return rec, err
}

// read runs fn over what ctx may see: the committed rows, and those of the transaction it carries, which may be nil.
func (db *DB) read(ctx context.Context, q *store.Query, fn func(*tx, *selection) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x := db.transactionOf(ctx)
	if x != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		if err := x.usable(); err != nil {
			return err
		}
	}
	return db.run(x, q, fn)
}

// write runs fn in the transaction that ctx carries, or in one of its own.
func (db *DB) write(ctx context.Context, q *store.Query, fn func(*tx, *selection) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if x := db.transactionOf(ctx); x != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		if err := x.usable(); err != nil {
			return err
		}
		return db.run(x, q, fn)
	}
	if err := db.takeTurn(ctx); err != nil {
		return err
	}
	defer db.endTurn()
	x := &tx{db: db}
	if err := db.run(x, q, fn); err != nil {
		return err
	}
	return x.commit(ctx)
}

func (db *DB) run(x *tx, q *store.Query, fn func(*tx, *selection) error) error {
	b, err := db.bind(q.Table)
	if err != nil {
		return err
	}
	sel, err := b.compile(q)
	if err != nil {
		return err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	return fn(x, sel)
}

func unordered(q store.Query) store.Query {
	q.OrderBy, q.Limit, q.Offset = nil, 0, 0
	return q
}

func notFound(t *schema.Table) error {
	return fmt.Errorf("memdb: table %q: %w", t.Name, store.ErrNotFound)
}

var errNoTable = errors.New("memdb: the query names no table")
