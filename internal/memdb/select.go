package memdb

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// selection is a checked query.
type selection struct {
	*binding
	where         []cond
	order         []sortKey
	limit, offset int
}

type sortKey struct {
	slot int
	desc bool
}

// compile checks q against the table.
func (b *binding) compile(q *store.Query) (*selection, error) {
	if q.Limit < 0 || q.Offset < 0 {
		return nil, fmt.Errorf("memdb: table %q: negative limit or offset (%d, %d)", b.def.Name, q.Limit, q.Offset)
	}
	where, err := b.conds(q.Where)
	if err != nil {
		return nil, err
	}
	sel := &selection{binding: b, where: where, limit: q.Limit, offset: q.Offset}
	for _, o := range q.OrderBy {
		slot, c, err := b.column(o.Column)
		if err != nil {
			return nil, err
		}
		if c.Kind >= schema.JSON {
			return nil, fmt.Errorf("memdb: table %q cannot be sorted by column %q, which is a %s", b.def.Name, c.Name, c.Kind)
		}
		sel.order = append(sel.order, sortKey{slot, o.Desc})
	}
	return sel, nil
}

// compare orders rows by the sort keys, nulls first, and rows that have the same ones by their creation.
func (s *selection) compare(a, b *row) int {
	for _, k := range s.order {
		c := compareNulls(a.at(k.slot), b.at(k.slot))
		if k.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(a.sequence, b.sequence)
}

func compareNulls(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	default:
		return compare(a, b)
	}
}

// find returns the rows that x sees and that match, sorted, within limit and offset. The slice is the caller's. A nil x
// sees what is committed. The caller holds the locks of x and of the database.
func (s *selection) find(x *tx) []*row {
	out := slices.Collect(s.matches(x))
	if len(out) > 1 {
		slices.SortFunc(out, s.compare)
	}
	out = out[min(s.offset, len(out)):]
	if s.limit > 0 && s.limit < len(out) {
		out = out[:s.limit]
	}
	return out
}

// count returns how many rows match, whatever limit and offset.
func (s *selection) count(x *tx) (n int) {
	for range s.matches(x) {
		n++
	}
	return n
}

// matches are the rows that x sees and that match, in no order.
func (s *selection) matches(x *tx) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		seen := x.all(s.table)
		if i, key := s.access(); i >= 0 {
			seen = slices.Values(x.lookup(s.table, i, key))
		}
		for r := range seen {
			if matchAll(s.where, r) && !yield(r) {
				return
			}
		}
	}
}

// access returns the index, by position, and the key that narrow the selection best, or -1 if every row must be looked
// at. The rows found there still have to be matched.
func (s *selection) access() (i int, key any) {
	best := -1
	for i := range s.indexes {
		ix := &s.indexes[i]
		if best >= 0 && !ix.unique {
			continue
		}
		k, ok := s.keyFor(ix)
		if !ok {
			continue
		}
		if best, key = i, k; ix.unique {
			break
		}
	}
	return best, key
}

// keyFor returns the key to look up in ix, if the conditions name a value for each of its columns.
func (s *selection) keyFor(ix *index) (any, bool) {
	if len(ix.slots) == 1 {
		v := s.equal(ix.slots[0])
		return v, v != nil
	}
	values := make([]any, len(ix.slots))
	for i, slot := range ix.slots {
		if values[i] = s.equal(slot); values[i] == nil {
			return nil, false
		}
	}
	return joined(values), true
}

// equal returns the value that a column must have, or nil.
func (s *selection) equal(slot int) any {
	for i := range s.where {
		if c := &s.where[i]; c.group == nil && c.slot == slot && c.op == store.OpEq && !c.fold {
			return c.value
		}
	}
	return nil
}
