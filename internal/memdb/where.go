package memdb

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// cond is a checked condition: its value is as tables keep it, in lower case if it folds.
type cond struct {
	slot  int
	op    store.Op
	value any   // unless op takes a list
	list  []any // if op takes one
	fold  bool
	group []cond // if not nil, the rest is unused
}

func (b *binding) conds(where []store.Cond) ([]cond, error) {
	out := make([]cond, len(where))
	for i := range where {
		var err error
		if out[i], err = b.cond(&where[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *binding) cond(w *store.Cond) (cond, error) {
	if w.Any != nil {
		group, err := b.conds(w.Any)
		return cond{group: group}, err
	}
	slot, c, err := b.column(w.Column)
	if err != nil {
		return cond{}, err
	}
	out := cond{slot: slot, op: w.Op, fold: w.Fold && c.Kind == schema.String}
	if w.Op == store.OpIn || w.Op == store.OpNotIn {
		values, ok := w.Value.([]any)
		if !ok {
			return cond{}, fmt.Errorf("memdb: table %q: the list for column %q is a %T, not a []any", b.def.Name, c.Name, w.Value)
		}
		out.list = make([]any, len(values))
		for i, v := range values {
			if out.list[i], err = b.operand(c, w, v); err != nil {
				return cond{}, err
			}
		}
		return out, nil
	}
	out.value, err = b.operand(c, w, w.Value)
	return out, err
}

// unequalled is an operand that no column holds.
type unequalled struct{}

// operand checks that the operator is defined for the column and returns v as the column keeps it.
func (b *binding) operand(c *schema.Column, w *store.Cond, v any) (any, error) {
	defined := false
	switch w.Op {
	case store.OpEq, store.OpNe, store.OpIn, store.OpNotIn:
		defined = v == nil || c.Kind < schema.JSON
	case store.OpLt, store.OpLte, store.OpGt, store.OpGte:
		defined = c.Kind == schema.String || c.Kind == schema.Number || c.Kind == schema.Date
	case store.OpContains, store.OpStartsWith, store.OpEndsWith:
		defined = c.Kind == schema.String
	}
	if !defined {
		return nil, fmt.Errorf("memdb: table %q: operator %d does not work on column %q, which is a %s", b.def.Name, w.Op, c.Name, c.Kind)
	}
	var kept any
	var err error
	if s, ok := v.(string); ok && w.Op >= store.OpContains {
		kept = s // a piece of an id is no id
	} else {
		kept, err = encode(c, v)
	}
	if errors.Is(err, store.ErrInvalid) && (w.Op == store.OpEq || w.Op == store.OpNe || w.Op == store.OpIn || w.Op == store.OpNotIn) {
		return unequalled{}, nil // the column cannot hold the value, so it equals none
	}
	if err != nil {
		return nil, fmt.Errorf("memdb: table %q: %w", b.def.Name, err)
	}
	if s, ok := kept.(string); ok && w.Fold {
		kept = lower(s)
	}
	return kept, nil
}

func matchAll(conds []cond, r *row) bool {
	for i := range conds {
		if !conds[i].match(r) {
			return false
		}
	}
	return true
}

func (c *cond) match(r *row) bool {
	if c.group != nil {
		for i := range c.group {
			if c.group[i].match(r) {
				return true
			}
		}
		return false
	}
	v := r.at(c.slot)
	if c.fold {
		if s, ok := v.(string); ok {
			v = lower(s)
		}
	}
	switch c.op {
	case store.OpEq:
		return v == c.value
	case store.OpNe:
		return v != c.value
	case store.OpIn:
		return contains(c.list, v)
	case store.OpNotIn:
		return !contains(c.list, v)
	}
	if v == nil || c.value == nil {
		return false
	}
	switch c.op {
	case store.OpLt:
		return compare(v, c.value) < 0
	case store.OpLte:
		return compare(v, c.value) <= 0
	case store.OpGt:
		return compare(v, c.value) > 0
	case store.OpGte:
		return compare(v, c.value) >= 0
	case store.OpContains:
		return strings.Contains(textOf(v), c.value.(string))
	case store.OpStartsWith:
		return strings.HasPrefix(textOf(v), c.value.(string))
	default:
		return strings.HasSuffix(textOf(v), c.value.(string))
	}
}

func contains(list []any, v any) bool {
	for _, o := range list {
		if o == v {
			return true
		}
	}
	return false
}
