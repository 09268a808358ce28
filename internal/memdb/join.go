package memdb

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// FindJoined implements [store.JoinFinder]: two look-ups in maps and one allocation, whatever the tables hold.
func (db *DB) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	l, err := db.bind(j.Left)
	if err != nil {
		return nil, nil, err
	}
	r, err := db.bind(j.Right)
	if err != nil {
		return nil, nil, err
	}
	on, _, err := l.column(j.On)
	if err != nil {
		return nil, nil, err
	}
	_, c, err := l.column(j.Key)
	if err != nil {
		return nil, nil, err
	}
	if len(keys) == 0 || (j.And != "") != (len(keys) == 2) {
		return nil, nil, fmt.Errorf("memdb: a join by %q and %q is not by %d keys", j.Key, j.And, len(keys))
	}
	key := keys[0]
	if j.And != "" {
		return db.findPair(ctx, j, l, r, keys)
	}
	if c.Kind != schema.String || !c.Unique && c.Name != schema.ID {
		return nil, nil, fmt.Errorf("memdb: column %q of table %q is not a unique string", j.Key, j.Left.Name)
	}
	var kept any = key
	if isSerial(c) {
		if kept, err = serial(c, key); err != nil {
			return nil, nil, notFound(j.Left)
		}
	}
	x := db.transactionOf(ctx)
	if x != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		if err := x.usable(); err != nil {
			return nil, nil, err
		}
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	rows := x.lookup(l.table, l.indexOf(j.Key), kept)
	if len(rows) == 0 {
		return nil, nil, notFound(j.Left)
	}
	id := rows[0].at(on)
	if id == nil {
		return nil, nil, notFound(j.Right)
	}
	others := x.lookup(r.table, 0, id)
	if len(others) == 0 {
		return nil, nil, notFound(j.Right)
	}
	both := make([]any, len(l.slots)+len(r.slots))
	left, right = both[:len(l.slots):len(l.slots)], both[len(l.slots):]
	l.copyTo(left, rows[0])
	r.copyTo(right, others[0])
	return left, right, nil
}

// findPair finds the left row by two columns, neither of which has an index of its own.
func (db *DB) findPair(ctx context.Context, j *store.Join, l, r *binding, keys []string) (left, right []any, err error) {
	on, _, err := l.column(j.On)
	if err != nil {
		return nil, nil, err
	}
	q := store.From(j.Left, store.Eq(j.Key, keys[0]), store.Eq(j.And, keys[1]))
	err = db.read(ctx, &q, func(x *tx, sel *selection) error {
		rows := sel.find(x)
		if len(rows) == 0 {
			return notFound(j.Left)
		}
		if len(rows) > 1 {
			return fmt.Errorf("memdb: %d rows of table %q match", len(rows), j.Left.Name)
		}
		id := rows[0].at(on)
		if id == nil {
			return notFound(j.Right)
		}
		others := x.lookup(r.table, 0, id)
		if len(others) == 0 {
			return notFound(j.Right)
		}
		both := make([]any, len(l.slots)+len(r.slots))
		left, right = both[:len(l.slots):len(l.slots)], both[len(l.slots):]
		l.copyTo(left, rows[0])
		r.copyTo(right, others[0])
		return nil
	})
	return left, right, err
}

// copyTo writes the values of r in the order of the columns.
func (b *binding) copyTo(dst []any, r *row) {
	for i, slot := range b.slots {
		dst[i] = r.at(slot)
	}
}
