package memdb

import (
	"fmt"
	"strconv"
	"time"

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
}

// index finds rows by the values of one or more columns. The first one of every table is that of the id.
type index struct {
	slots   []int
	columns []string
	unique  bool
}

// key returns what the index files r under; false if one of the values is null, because nulls are not indexed: they
// neither collide nor are they found by a value.
func (ix *index) key(r *row) (any, bool) {
	if len(ix.slots) == 1 {
		v := r.at(ix.slots[0])
		return v, v != nil
	}
	values := make([]any, len(ix.slots))
	for i, slot := range ix.slots {
		if values[i] = r.at(slot); values[i] == nil {
			return nil, false
		}
	}
	return joined(values), true
}

// joined makes one key of the values of several columns. Each column has one type, so only strings need a delimiter.
func joined(values []any) any {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case string:
			b = strconv.AppendQuote(b, v)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case bool:
			b = strconv.AppendBool(b, v)
		case time.Time:
			b = strconv.AppendInt(b, v.UnixMilli(), 10)
		}
		b = append(b, ',')
	}
	return string(b)
}

// data are rows, filed under every index of their table. Every row is filed under the first, that of the id.
type data struct {
	filed []map[any][]*row // by the position of the index
}

// grow files the rows under the indexes that came to the table since they were put in.
func (d *data) grow(indexes []index) {
	for i := len(d.filed); i < len(indexes); i++ {
		m := map[any][]*row{}
		d.filed = append(d.filed, m)
		if i == 0 {
			continue
		}
		for _, rows := range d.filed[0] {
			for _, r := range rows {
				if key, ok := indexes[i].key(r); ok {
					m[key] = append(m[key], r)
				}
			}
		}
	}
}

func (d *data) add(indexes []index, r *row) {
	for i := range indexes {
		if key, ok := indexes[i].key(r); ok {
			d.filed[i][key] = append(d.filed[i][key], r)
		}
	}
}

func (d *data) drop(indexes []index, r *row) {
	for i := range indexes {
		key, ok := indexes[i].key(r)
		if !ok {
			continue
		}
		rows := d.filed[i][key]
		for j, o := range rows {
			if o == r {
				rows[j] = rows[len(rows)-1]
				rows[len(rows)-1] = nil
				rows = rows[:len(rows)-1]
				break
			}
		}
		if len(rows) == 0 {
			delete(d.filed[i], key)
		} else {
			d.filed[i][key] = rows
		}
	}
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

// indexOn adds an index, or makes the one that is there unique.
func (t *table) indexOn(unique bool, columns ...string) {
	if i := t.indexOf(columns...); i >= 0 {
		t.indexes[i].unique = t.indexes[i].unique || unique
		return
	}
	ix := index{columns: columns, unique: unique}
	for _, c := range columns {
		ix.slots = append(ix.slots, t.slots[c])
	}
	t.indexes = append(t.indexes, ix)
}

// indexOf returns the position of the index over exactly these columns, or -1.
func (t *table) indexOf(columns ...string) int {
next:
	for i, ix := range t.indexes {
		if len(ix.columns) != len(columns) {
			continue
		}
		for j := range columns {
			if ix.columns[j] != columns[j] {
				continue next
			}
		}
		return i
	}
	return -1
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
		if _, ok := r[c.Name]; !ok && c.Required {
			return nil, fmt.Errorf("memdb: column %q of table %q may not be null, and the row has no value for it: %w", c.Name, b.def.Name, store.ErrInvalid)
		}
	}
	return b.changed(&row{}, values), nil
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
