package store_test

import (
	"reflect"
	"testing"

	"github.com/cardea-auth/cardea/core/store"
)

func TestConditions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ got, want store.Cond }{
		"Eq":            {store.Eq("a", 1), store.Cond{Column: "a", Op: store.OpEq, Value: 1}},
		"Ne":            {store.Ne("a", nil), store.Cond{Column: "a", Op: store.OpNe}},
		"Lt":            {store.Lt("a", 1), store.Cond{Column: "a", Op: store.OpLt, Value: 1}},
		"Lte":           {store.Lte("a", 1), store.Cond{Column: "a", Op: store.OpLte, Value: 1}},
		"Gt":            {store.Gt("a", 1), store.Cond{Column: "a", Op: store.OpGt, Value: 1}},
		"Gte":           {store.Gte("a", 1), store.Cond{Column: "a", Op: store.OpGte, Value: 1}},
		"In":            {store.In("a", "x", "y"), store.Cond{Column: "a", Op: store.OpIn, Value: []any{"x", "y"}}},
		"In of nothing": {store.In[string]("a"), store.Cond{Column: "a", Op: store.OpIn, Value: []any{}}},
		"NotIn":         {store.NotIn("a", int64(1)), store.Cond{Column: "a", Op: store.OpNotIn, Value: []any{int64(1)}}},
		"Contains":      {store.Contains("a", "x"), store.Cond{Column: "a", Op: store.OpContains, Value: "x"}},
		"StartsWith":    {store.StartsWith("a", "x"), store.Cond{Column: "a", Op: store.OpStartsWith, Value: "x"}},
		"EndsWith":      {store.EndsWith("a", "x"), store.Cond{Column: "a", Op: store.OpEndsWith, Value: "x"}},
		"AnyOf":         {store.AnyOf(store.Eq("a", 1)), store.Cond{Any: []store.Cond{{Column: "a", Value: 1}}}},
		"AnyOf nothing": {store.AnyOf(), store.Cond{Any: []store.Cond{}}}, // not nil: it must match nothing
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %#v, want %#v", name, c.got, c.want)
		}
	}
}

func TestAnyOfCopies(t *testing.T) {
	t.Parallel()
	conds := []store.Cond{store.Eq("a", 1)}
	group := store.AnyOf(conds...)
	conds[0].Value = 2
	if got := group.Any[0].Value; got != 1 {
		t.Errorf("group after the caller changed his slice: got %v, want 1", got)
	}
}
