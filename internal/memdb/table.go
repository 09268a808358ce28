package memdb

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// row is one version of a row. It never changes once it is in a table: an update makes another one. Its values are
// immutable too (JSON and arrays are kept as text), so they may be handed out without copying.
type row struct {
	sequence uint64 // the order of creation, which breaks ties
	values   []any  // by slot; shorter than the table has slots if it is older than the last of them
}

func (r *row) at(slot int) any {
	if slot >= len(r.values) {
		return nil
	}
	return r.values[slot]
}

// table is a table as all schemas together know it. Columns are found by their logical names.
type table struct {
	name    string
	slots   map[string]int
	indexes []index
	foreign []*foreignKey // from here to others
	data    data          // the committed rows
	counted int64         // the last id that was counted; guarded by the turn to write
}

// binding is a table as one schema knows it.
type binding struct {
	*table
	def   *schema.Table
	slots []int // by the position in def.Columns
	width int   // how many slots a new row needs
}

// bind returns the binding of t, and at its first use makes the table, or adds to it what t knows and it does not.
func (db *DB) bind(t *schema.Table) (*binding, error) {
	if t == nil {
		return nil, errNoTable
	}
	db.mu.RLock()
	b := db.bindings[t]
	db.mu.RUnlock()
	if b != nil {
		return b, nil
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if b := db.bindings[t]; b != nil {
		return b, nil
	}
	b, err := db.newBinding(t)
	if err != nil {
		return nil, err
	}
	db.bindings[t] = b
	return b, nil
}

func (db *DB) newBinding(t *schema.Table) (*binding, error) {
	if t.Column(schema.ID) == nil {
		return nil, fmt.Errorf("memdb: table %q has no id: it does not come from schema.Merge", t.Name)
	}
	p := db.tables[t.Name]
	if p == nil {
		p = &table{name: t.Name, slots: map[string]int{schema.ID: 0}}
		p.indexOn(true, schema.ID)
		db.tables[t.Name] = p
	}
	b := &binding{table: p, def: t, slots: make([]int, len(t.Columns))}
	for i := range t.Columns {
		c := &t.Columns[i]
		slot, ok := p.slots[c.Name]
		if !ok {
			slot = len(p.slots)
			p.slots[c.Name] = slot
		}
		b.slots[i] = slot
		if c.Unique || c.Index || c.References != nil {
			p.indexOn(c.Unique, c.Name)
		}
		if c.References != nil {
			db.refer(p, c)
		}
	}
	for _, ix := range t.Indexes {
		p.indexOn(ix.Unique, ix.Columns...)
	}
	p.data.grow(p.indexes)
	b.width = len(p.slots)
	return b, nil
}

// column returns the slot and the definition of a column. An unknown one is an error.
func (b *binding) column(name string) (slot int, c *schema.Column, err error) {
	i := b.def.Index(name)
	if i < 0 {
		return 0, nil, fmt.Errorf("memdb: table %q has no column %q", b.def.Name, name)
	}
	return b.slots[i], &b.def.Columns[i], nil
}

// change is a new value for a slot.
type change struct {
	slot  int
	value any
}

// encode checks the values of a record and returns them as the table keeps them.
func (b *binding) encode(r store.Record) ([]change, error) {
	out := make([]change, 0, len(r))
	for name, v := range r {
		slot, c, err := b.column(name)
		if err != nil {
			return nil, err
		}
		kept, err := encode(c, v)
		if err != nil {
			return nil, fmt.Errorf("memdb: table %q: %w", b.def.Name, err)
		}
		if kept == nil && c.Required {
			return nil, fmt.Errorf("memdb: column %q of table %q may not be null: %w", name, b.def.Name, store.ErrInvalid)
		}
		out = append(out, change{slot, kept})
	}
	return out, nil
}

// newRow makes the row that r describes.
func (b *binding) newRow(r store.Record) (*row, error) {
	values, err := b.encode(r)
	if err != nil {
		return nil, err
	}
	for i := range b.def.Columns {
		c := &b.def.Columns[i]
		if c.Name == schema.ID && b.def.IDs == schema.SerialIDs {
			values = b.count(values)
			continue
		}
		if _, ok := r[c.Name]; !ok && c.Required {
			return nil, fmt.Errorf("memdb: column %q of table %q may not be null, and the row has no value for it: %w", c.Name, b.def.Name, store.ErrInvalid)
		}
	}
	return b.changed(&row{}, values), nil
}

// count gives a new row the next id, or goes on from the one that it has. An id is not given again, also where the
// transaction is undone.
func (b *binding) count(values []change) []change {
	for _, v := range values {
		if v.slot == 0 {
			b.counted = max(b.counted, v.value.(int64))
			return values
		}
	}
	b.counted++
	return append(values, change{0, b.counted})
}

// changed returns a copy of r with new values.
func (b *binding) changed(r *row, set []change) *row {
	next := &row{sequence: r.sequence, values: make([]any, max(len(r.values), b.width))}
	copy(next.values, r.values)
	for _, c := range set {
		next.values[c.slot] = c.value
	}
	return next
}

// record returns r with its logical names.
func (b *binding) record(r *row) store.Record {
	rec := make(store.Record, len(b.slots))
	for i, slot := range b.slots {
		rec[b.def.Columns[i].Name] = r.at(slot)
	}
	return rec
}
