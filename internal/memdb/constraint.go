package memdb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// foreignKey is a column that holds the values of a unique column of another table, mostly of its id.
type foreignKey struct {
	from     *table
	slot     int
	index    int // of from, over the column
	column   string
	required bool
	to       string // logical name; the table may not exist yet, and then it has no rows
	target   string // the column referred to
	onDelete schema.OnDelete
}

// refer records the foreign key of column c of t, once.
func (db *DB) refer(t *table, c *schema.Column) {
	for _, fk := range t.foreign {
		if fk.column == c.Name {
			return
		}
	}
	fk := &foreignKey{
		from: t, slot: t.slots[c.Name], index: t.indexOf(c.Name), column: c.Name, required: c.Required,
		to: c.References.Table, target: c.References.Target(), onDelete: c.References.OnDelete,
	}
	t.foreign = append(t.foreign, fk)
	db.children[fk.to] = append(db.children[fk.to], fk)
}

// value returns what rows that refer to r, a row of the table referred to, have in the column; nil if none can.
func (fk *foreignKey) value(to *table, r *row) any {
	slot, ok := to.slots[fk.target]
	if !ok {
		return nil
	}
	return r.at(slot)
}

// referring returns the rows that refer to r.
func (x *tx) referring(fk *foreignKey, to *table, r *row) []*row {
	v := fk.value(to, r)
	if v == nil {
		return nil
	}
	return x.lookup(fk.from, fk.index, v)
}

// insert adds r to t, unless a constraint refuses; then the transaction has failed.
func (x *tx) insert(t *table, r *row) error {
	for i := range t.indexes {
		ix := &t.indexes[i]
		if !ix.unique {
			continue
		}
		if key, ok := ix.key(r); ok && len(x.lookup(t, i, key)) > 0 {
			return x.fail(fmt.Errorf("memdb: table %q has a row with this %s: %w", t.name, strings.Join(ix.columns, ", "), store.ErrConflict))
		}
	}
	d := x.changing(t)
	d.add(t.indexes, r)
	for _, fk := range t.foreign { // after the row is in: it may refer to itself
		id := r.at(fk.slot)
		if id == nil {
			continue
		}
		to, i := x.db.tables[fk.to], -1
		if to != nil {
			i = to.indexOf(fk.target)
		}
		if i < 0 || len(x.lookup(to, i, id)) == 0 {
			return x.fail(fmt.Errorf("memdb: column %q of table %q refers to a row of table %q that is not there", fk.column, t.name, fk.to))
		}
	}
	return nil
}

// replace puts next in the place of r.
func (x *tx) replace(t *table, r, next *row) error {
	for _, fk := range x.db.children[t.name] {
		if fk.value(t, r) != fk.value(t, next) && len(x.referring(fk, t, r)) > 0 {
			return x.fail(fmt.Errorf("memdb: the %s of a row of table %q cannot change: column %q of table %q refers to it", fk.target, t.name, fk.column, fk.from.name))
		}
	}
	x.hide(t, r)
	return x.insert(t, next)
}

// remove takes r out of t and does to the rows that refer to it what their foreign keys say.
func (x *tx) remove(t *table, r *row) error {
	if !x.hide(t, r) {
		return nil // a cascade was here before
	}
	for _, fk := range x.db.children[t.name] {
		for _, child := range slices.Clone(x.referring(fk, t, r)) {
			if err := x.release(fk, child); err != nil {
				return err
			}
		}
	}
	return nil
}

// release does to child, which refers to a row that goes, what the foreign key says.
func (x *tx) release(fk *foreignKey, child *row) error {
	switch {
	case fk.onDelete == schema.Cascade:
		return x.remove(fk.from, child)
	case fk.onDelete == schema.SetNull && fk.required:
		return x.fail(fmt.Errorf("memdb: column %q of table %q would become null: %w", fk.column, fk.from.name, store.ErrInvalid))
	case fk.onDelete == schema.SetNull:
		next := &row{sequence: child.sequence, values: slices.Clone(child.values)}
		next.values[fk.slot] = nil
		return x.replace(fk.from, child, next)
	default:
		return x.fail(fmt.Errorf("memdb: a row of table %q cannot go: column %q of table %q refers to it", fk.to, fk.column, fk.from.name))
	}
}

// hide makes r invisible in x and reports whether it was visible.
func (x *tx) hide(t *table, r *row) bool {
	d := x.changing(t)
	if slices.Contains(d.filed[0][r.at(0)], r) {
		d.drop(t.indexes, r)
		return true
	}
	if _, gone := d.gone[r]; gone || !slices.Contains(t.data.filed[0][r.at(0)], r) {
		return false
	}
	d.gone[r] = struct{}{}
	return true
}
