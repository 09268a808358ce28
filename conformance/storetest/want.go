package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// wantIDs says which rows match, found, counted and one by one.
func (k *kit) wantIDs(table string, where []store.Cond, want ...string) {
	k.Helper()
	got := k.ids(k.from(table, where...))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		k.Errorf("FindMany(%s, %s): got rows %q, want %q", table, brief(where), got, want)
	}
	n, err := k.store.Count(k.ctx, k.from(table, where...))
	if err != nil || n != int64(len(want)) {
		k.Errorf("Count(%s, %s): got %d, %v, want %d", table, brief(where), n, err, len(want))
	}
	switch rec, err := k.store.FindOne(k.ctx, k.from(table, where...)); {
	case len(want) == 0:
		k.wantIs(err, store.ErrNotFound, "FindOne(%s, %s)", table, brief(where))
	case err != nil:
		k.Errorf("FindOne(%s, %s): got error %v, want one of %q", table, brief(where), err, want)
	case !slices.Contains(want, k.normal(table, rec)[schema.ID].(string)):
		k.Errorf("FindOne(%s, %s): got row %v, want one of %q", table, brief(where), rec[schema.ID], want)
	}
}

// wantRow says what the row with that id looks like now. Columns that are not in want are null.
func (k *kit) wantRow(table, id string, want store.Record) {
	k.Helper()
	k.same(k.find(table, byID(id)), k.normal(table, want), "row %q of table %q", id, table)
}

// same says that two values are deeply equal.
func (k *kit) same(got, want any, what string, args ...any) {
	k.Helper()
	if !reflect.DeepEqual(got, want) {
		k.Errorf("%s:\n got %s\nwant %s", fmt.Sprintf(what, args...), brief(got), brief(want))
	}
}

// wantIs says which sentinel err wraps, and that it wraps no other.
func (k *kit) wantIs(err, want error, what string, args ...any) {
	k.Helper()
	for _, sentinel := range []error{store.ErrNotFound, store.ErrConflict, store.ErrInvalid} {
		if got := errors.Is(err, sentinel); got != (sentinel == want) {
			k.Errorf("%s: got error %v, want %v", fmt.Sprintf(what, args...), err, want)
			return
		}
	}
}

// wantError says that err is an error, and neither "not found" nor "conflict".
func (k *kit) wantError(err error, what string, args ...any) {
	k.Helper()
	if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		k.Errorf("%s: got error %v, want an error that is neither ErrNotFound nor ErrConflict", fmt.Sprintf(what, args...), err)
	}
}

// ok says that there was no error.
func (k *kit) ok(err error, what string, args ...any) {
	k.Helper()
	if err != nil {
		k.Fatalf("%s: got error %v, want none", fmt.Sprintf(what, args...), err)
	}
}

// unchanged says that fn leaves a table as it is.
func (k *kit) unchanged(table string, fn func()) {
	k.Helper()
	before := k.all(table)
	fn()
	k.same(k.all(table), before, "table %q, which should not have changed", table)
}

// keeps says that a column holds a value as it is: in what Create and Update return and in what is read later.
func (k *kit) keeps(table, column string, v any) {
	k.Helper()
	if !k.keepsOrRefuses(table, column, v) {
		k.Errorf("column %q: %s was refused, want it to be kept", column, brief(v))
	}
}

// keepsOrRefuses says that a column holds a value as it is, or that the value is refused by ErrInvalid without a trace.
// It reports which.
func (k *kit) keepsOrRefuses(table, column string, v any) (kept bool) {
	k.Helper()
	t := k.table(table)
	want := v
	if c := t.Column(column); c.Kind != schema.JSON { // a JSON value is given as it has to come back
		var err error
		want, err = c.Normalize(v)
		k.ok(err, "storetest: value of the case")
	}
	id := fmt.Sprintf("kept%d", k.count(table))
	rec, err := k.store.Create(k.ctx, t, store.Record{schema.ID: id, column: v})
	if err != nil {
		k.wantIs(err, store.ErrInvalid, "Create with %s = %s", column, brief(v))
		k.wantIDs(table, []store.Cond{byID(id)})
		return false
	}
	k.same(k.normal(table, rec)[column], want, "column %q as Create returned it", column)
	k.same(k.find(table, byID(id))[column], want, "column %q after Create", column)

	other := id + "u"
	k.create(table, store.Record{schema.ID: other})
	if t.Column(column).Unique {
		_, err := k.store.Delete(k.ctx, k.from(table, byID(id)))
		k.ok(err, "Delete")
	}
	n, err := k.store.Update(k.ctx, k.from(table, byID(other)), store.Record{column: v})
	if err != nil || n != 1 {
		k.Errorf("Update to %s = %s: got %d, %v, want 1 row, as Create had taken the value", column, brief(v), n, err)
	}
	k.same(k.find(table, byID(other))[column], want, "column %q after Update", column)
	return true
}

// wantWinners says how many of the callers had no error, and that all the others got want.
func (k *kit) wantWinners(errs []error, winners int, want error) {
	k.Helper()
	got := 0
	for i, err := range errs {
		if err == nil {
			got++
			continue
		}
		k.wantIs(err, want, "loser %d", i)
	}
	if got != winners {
		k.Errorf("got %d winners of %d, want %d", got, len(errs), winners)
	}
}
