package memdb

import (
	"strconv"
	"time"
)

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
