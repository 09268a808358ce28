package memdb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// foreignKey is a column that holds the ids of another table.
type foreignKey struct {
	from     *table
	slot     int
	index    int // of from, over the column
	column   string
	required bool
	to       string // logical name; the table may not exist yet, and then it has no rows
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
		to: c.References.Table, onDelete: c.References.OnDelete,
	}
	t.foreign = append(t.foreign, fk)
	db.children[fk.to] = append(db.children[fk.to], fk)
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
		if to := x.db.tables[fk.to]; to == nil || len(x.lookup(to, 0, id)) == 0 {
			return x.fail(fmt.Errorf("memdb: column %q of table %q refers to a row of table %q that is not there", fk.column, t.name, fk.to))
		}
	}
	return nil
}

// replace puts next in the place of r.
func (x *tx) replace(t *table, r, next *row) error {
	if id := r.at(0); id != next.at(0) {
		for _, fk := range x.db.children[t.name] {
			if len(x.lookup(fk.from, fk.index, id)) > 0 {
				return x.fail(fmt.Errorf("memdb: the id of a row of table %q cannot change: column %q of table %q refers to it", t.name, fk.column, fk.from.name))
			}
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
	id := r.at(0)
	for _, fk := range x.db.children[t.name] {
		for _, child := range slices.Clone(x.lookup(fk.from, fk.index, id)) {
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
