package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// kit is what a case works with: a fresh store and short words for what cases do all the time.
type kit struct {
	*testing.T
	opts   *Options
	schema *schema.Schema
	store  store.Store
	ctx    context.Context
}

// patience is how long a case may take. A store that hangs then fails its case instead of stopping the suite.
const patience = 2 * time.Minute

func newKit(t *testing.T, o *Options, s *schema.Schema) *kit {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &kit{T: t, opts: o, schema: s, store: o.Open(t, s), ctx: ctx}
}

// under returns a kit with another schema, and another store.
func (k *kit) under(s *schema.Schema) *kit {
	k.Helper()
	return newKit(k.T, k.opts, s)
}

// reopened returns the kit with another handle on the same data.
func (k *kit) reopened() *kit {
	k.Helper()
	other := *k
	other.store = k.opts.Reopen(k.T, k.store)
	return &other
}

// sub runs a part of a case by its own name.
func (k *kit) sub(name string, fn func(k *kit)) {
	k.Helper()
	k.Run(name, func(t *testing.T) {
		part := *k
		part.T = t
		fn(&part)
	})
}

func (k *kit) table(name string) *schema.Table {
	k.Helper()
	t := k.schema.Table(name)
	if t == nil {
		k.Fatalf("storetest: no table %q", name)
	}
	return t
}

func (k *kit) from(table string, where ...store.Cond) store.Query {
	k.Helper()
	return store.From(k.table(table), where...)
}

func byID(id string) store.Cond { return store.Eq(schema.ID, id) }

// normal returns a record as the library reads it, with nil for the columns that it lacks.
func (k *kit) normal(table string, rec store.Record) store.Record {
	k.Helper()
	t := k.table(table)
	for name := range rec {
		if t.Column(name) == nil {
			k.Errorf("table %q: the record has a column %q, which the schema does not know", table, name)
		}
	}
	out, err := t.NormalizeRecord(rec)
	if err != nil {
		k.Fatalf("table %q: cannot normalise %v: %v", table, rec, err)
	}
	for i := range t.Columns {
		if name := t.Columns[i].Name; out[name] == nil {
			out[name] = nil
		}
	}
	return out
}

// value returns one value of a record as the library reads it, or an error in its place. It may be called from any
// goroutine.
func (k *kit) value(table string, rec store.Record, column string) any {
	v, err := k.schema.Table(table).Column(column).Normalize(rec[column])
	if err != nil {
		return err
	}
	return v
}

// create inserts a row that must be accepted, and returns it as stored.
func (k *kit) create(table string, rec store.Record) store.Record {
	k.Helper()
	got, err := k.store.Create(k.ctx, k.table(table), rec)
	if err != nil {
		k.Fatalf("Create(%s, %s): %v", table, brief(rec), err)
	}
	return k.normal(table, got)
}

// find returns the one row that must match.
func (k *kit) find(table string, where ...store.Cond) store.Record {
	k.Helper()
	rec, err := k.store.FindOne(k.ctx, k.from(table, where...))
	if err != nil {
		k.Fatalf("FindOne(%s, %s): %v", table, brief(where), err)
	}
	return k.normal(table, rec)
}

// list returns the rows that match, in the order of q.
func (k *kit) list(q store.Query) []store.Record {
	k.Helper()
	recs, err := k.store.FindMany(k.ctx, q)
	if err != nil {
		k.Fatalf("FindMany(%s, %s): %v", q.Table.Name, brief(q.Where), err)
	}
	out := make([]store.Record, len(recs))
	for i, rec := range recs {
		out[i] = k.normal(q.Table.Name, rec)
	}
	k.samePage(q, out)
	return out
}

// ids returns the ids of the rows that match, in the order of q.
func (k *kit) ids(q store.Query) []string {
	k.Helper()
	return k.idsOf(q.Table.Name, k.list(q))
}

// idsOf returns the ids of rows of a table.
func (k *kit) idsOf(table string, recs []store.Record) []string {
	k.Helper()
	out := []string{}
	for _, rec := range recs {
		out = append(out, k.value(table, rec, schema.ID).(string))
	}
	return out
}

// all returns every row of a table, by id.
func (k *kit) all(table string) []store.Record {
	k.Helper()
	q := k.from(table)
	q.OrderBy = []store.Order{{Column: schema.ID}}
	return k.list(q)
}

func (k *kit) count(table string) int64 {
	k.Helper()
	n, err := k.store.Count(k.ctx, k.from(table))
	k.ok(err, "Count(%s)", table)
	return n
}

// errUndo is what a case returns from a transaction that it wants rolled back.
var errUndo = errors.New("storetest: undo")

// race runs fn n times at once and returns what each returned.
func race(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// brief prints a value, shortened.
func brief(v any) string {
	s := fmt.Sprintf("%+v", v)
	if _, ok := v.(string); ok {
		s = fmt.Sprintf("%q", v)
	}
	if len(s) > 600 {
		s = fmt.Sprintf("%s… (%d bytes)", s[:600], len(s))
	}
	return s
}

func ms(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err) // the times of this package are constants
	}
	return t.UTC()
}
