package storetest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/conformance/storetest"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// faultVariable names the fault that TestFaulty has to show.
const faultVariable = "CARDEA_STORETEST_FAULT"

// faults are stores that are wrong in one way, with the case that has to notice.
var faults = []struct {
	name, group, test string
	store             func(sound *memdb.DB) store.Store
}{
	{"keeps what is rolled back", "Tx", "RollbackOnError", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, inTx: func(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }}
	}},
	{"commits half of a swallowed nested transaction", "Tx", "SwallowedNestedError", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, inTx: func(ctx context.Context, fn func(context.Context) error) error {
			if store.InTransaction(ctx) {
				return fn(ctx)
			}
			return db.InTx(ctx, fn)
		}}
	}},
	{"takes another store's transaction for its own", "Tx", "AnotherStoresTransaction", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, inTx: func(ctx context.Context, fn func(context.Context) error) error {
			return store.WithCommitHooks(ctx, fn, func(ctx context.Context) error { return db.InTx(ctx, fn) })
		}}
	}},
	{"runs callbacks before the commit", "AfterCommit", "InOrderAfterTheOutermost", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, inTx: func(ctx context.Context, fn func(context.Context) error) error {
			return db.InTx(ctx, func(inner context.Context) error {
				return store.WithCommitHooks(context.Background(), fn, func(hooks context.Context) error { return fn(mixed{inner, hooks}) })
			})
		}}
	}},
	{"does not tell conflicts", "Unique", "Create", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, err: func(err error) error {
			if errors.Is(err, store.ErrConflict) {
				return errors.New("duplicate key")
			}
			return err
		}}
	}},
	{"takes conflicts for what was not found", "Unique", "Update", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, err: func(err error) error {
			if errors.Is(err, store.ErrConflict) {
				return errors.Join(err, store.ErrNotFound)
			}
			return err
		}}
	}},
	{"compares without regard to case", "Text", "ComparesExactly", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, cond: func(c *store.Cond) { c.Fold = true }}
	}},
	{"compares without regard to trailing spaces", "Text", "ComparesExactly", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, text: func(s string) string { return strings.TrimRight(s, " ") }}
	}},
	{"drops NUL", "Hostile", "NULAndInvalidUTF8MatchNothingElse", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, text: func(s string) string { return strings.ReplaceAll(s, "\x00", "") }}
	}},
	{"repairs invalid UTF-8", "Hostile", "NULAndInvalidUTF8AreKeptOrRefused", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, text: func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }}
	}},
	{"truncates", "Values", "LongTextInLimitedColumns", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, text: func(s string) string { return string([]rune(s)[:min(255, len([]rune(s)))]) }}
	}},
	{"takes empty text for null", "Values", "EmptyTextIsNotNull", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, value: func(v any) any {
			if v == "" {
				return nil
			}
			return v
		}}
	}},
	{"drops empty groups", "Where", "EmptyGroupsAndLists", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, query: func(q *store.Query) {
			var kept []store.Cond
			for _, c := range q.Where {
				if c.Any == nil || len(c.Any) > 0 {
					kept = append(kept, c)
				}
			}
			q.Where = kept
		}}
	}},
	{"excludes null from what differs", "Where", "OperatorsOfOrderedKinds", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, query: func(q *store.Query) {
			for _, c := range q.Where {
				if c.Op == store.OpNe && c.Any == nil {
					q.Where = append(q.Where, store.Ne(c.Column, nil))
				}
			}
		}}
	}},
	{"ignores unknown columns", "Find", "UnknownColumn", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, query: func(q *store.Query) {
			var kept []store.Cond
			for _, c := range q.Where {
				if c.Any != nil || q.Table.Column(c.Column) != nil {
					kept = append(kept, c)
				}
			}
			q.Where = kept
		}}
	}},
	{"takes counted ids for numbers however they are written", "IDs", "SerialInConditions", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, text: func(s string) string {
			return strings.TrimLeft(s, "0")
		}}
	}},
	{"does not tell that a reference leads nowhere", "ForeignKey", "ToUniqueColumns", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, err: func(err error) error {
			if err != nil && strings.Contains(err.Error(), "refers to") {
				return nil
			}
			return err
		}}
	}},
	{"ignores the offset", "Find", "LimitAndOffset", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, query: func(q *store.Query) { q.Offset = 0 }}
	}},
	{"consumes the first instead of the newest", "Atomic", "ConsumeTakesOneByOrder", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, query: func(q *store.Query) { q.OrderBy = nil }}
	}},
	{"counts only the page", "Page", "RowsTotalAndAlso", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, page: func(p *store.Page) { p.Total = min(p.Total, int64(len(p.Rows))) }}
	}},
	{"finds no row besides where the page is empty", "Page", "RowsTotalAndAlso", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, page: func(p *store.Page) {
			if len(p.Rows) == 0 {
				p.Also = nil
			}
		}}
	}},
	{"takes the first row of the page for the one besides", "Page", "AllColumnsOfBoth", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, page: func(p *store.Page) {
			if len(p.Rows) > 0 && p.Also != nil {
				p.Also = p.Rows[0]
			}
		}}
	}},
	{"lists pages in an order of its own", "Order", "SeveralKeys", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, page: func(p *store.Page) { slices.Reverse(p.Rows) }}
	}},
	{"does not listen to the context", "Context", "CancelledBefore", func(db *memdb.DB) store.Store {
		return &faulty{DB: db, ctx: context.WithoutCancel}
	}},
}

// TestFaults makes sure that the suite can fail: each fault, alone, in a process of its own, because a failing test
// cannot be had inside of one that passes.
func TestFaults(t *testing.T) {
	t.Parallel()
	if os.Getenv(faultVariable) != "" {
		t.Skip("this process shows one fault")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestFaulty$/^"+f.group+"$/^"+f.test+"$")
			cmd.Env = append(os.Environ(), faultVariable+"="+f.name)
			out, err := cmd.CombinedOutput()
			want := "--- FAIL: TestFaulty/" + f.group + "/" + f.test
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || !strings.Contains(string(out), want) {
				t.Errorf("a store that %s: got %v and\n%s\nwant the suite to fail with %q", f.name, err, out, want)
			}
		})
	}
}

// TestFaulty is what TestFaults runs.
func TestFaulty(t *testing.T) {
	fault := os.Getenv(faultVariable)
	for _, f := range faults {
		if f.name == fault {
			storetest.Run(t, storetest.Options{
				Open:     func(testing.TB, *schema.Schema) store.Store { return f.store(memdb.New()) },
				Features: storetest.Features{NoReopen: true, NoClose: true, NoMigrator: true},
			})
			return
		}
	}
	t.Skipf("%s names no fault: TestFaults runs this", faultVariable)
}

// faulty is a store with one thing wrong. What is nil is right.
type faulty struct {
	*memdb.DB
	inTx  func(ctx context.Context, fn func(context.Context) error) error
	err   func(error) error
	ctx   func(context.Context) context.Context
	query func(*store.Query)
	page  func(*store.Page)
	cond  func(*store.Cond)
	value func(any) any
	text  func(string) string
}

func (f *faulty) in(ctx context.Context) context.Context {
	if f.ctx != nil {
		return f.ctx(ctx)
	}
	return ctx
}

func (f *faulty) out(err error) error {
	if f.err != nil {
		return f.err(err)
	}
	return err
}

func (f *faulty) change(v any) any {
	switch v := v.(type) {
	case string:
		if f.text != nil {
			return f.text(v)
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = f.change(v[i])
		}
		return out
	}
	if f.value != nil {
		return f.value(v)
	}
	return v
}

func (f *faulty) record(r store.Record) store.Record {
	out := store.Record{}
	for name, v := range r {
		out[name] = f.change(v)
	}
	return out
}

func (f *faulty) conds(where []store.Cond) []store.Cond {
	if where == nil {
		return nil
	}
	out := make([]store.Cond, len(where))
	for i, c := range where {
		c.Any = f.conds(c.Any)
		if c.Any == nil {
			c.Value = f.change(c.Value)
			if f.cond != nil {
				f.cond(&c)
			}
		}
		out[i] = c
	}
	return out
}

func (f *faulty) asked(q store.Query) store.Query {
	q.Where = f.conds(q.Where)
	if f.query != nil {
		f.query(&q)
	}
	return q
}

func (f *faulty) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	r, err := f.DB.FindOne(f.in(ctx), f.asked(q))
	return r, f.out(err)
}

func (f *faulty) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	r, err := f.DB.FindMany(f.in(ctx), f.asked(q))
	return r, f.out(err)
}

func (f *faulty) FindPage(ctx context.Context, q store.PageQuery) (store.Page, error) {
	q.Query, q.Also = f.asked(q.Query), f.conds(q.Also)
	p, err := f.DB.FindPage(f.in(ctx), q)
	if f.page != nil {
		f.page(&p)
	}
	return p, f.out(err)
}

func (f *faulty) Count(ctx context.Context, q store.Query) (int64, error) {
	n, err := f.DB.Count(f.in(ctx), f.asked(q))
	return n, f.out(err)
}

func (f *faulty) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	created, err := f.DB.Create(f.in(ctx), t, f.record(r))
	return created, f.out(err)
}

func (f *faulty) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	n, err := f.DB.Update(f.in(ctx), f.asked(q), f.record(set))
	return n, f.out(err)
}

func (f *faulty) Delete(ctx context.Context, q store.Query) (int64, error) {
	n, err := f.DB.Delete(f.in(ctx), f.asked(q))
	return n, f.out(err)
}

func (f *faulty) ConsumeOne(ctx context.Context, q store.Query) (store.Record, error) {
	r, err := f.DB.ConsumeOne(f.in(ctx), f.asked(q))
	return r, f.out(err)
}

func (f *faulty) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (store.Record, error) {
	r, err := f.DB.IncrementOne(f.in(ctx), f.asked(q), column, by)
	return r, f.out(err)
}

func (f *faulty) InTx(ctx context.Context, fn func(context.Context) error) error {
	if f.inTx != nil {
		return f.out(f.inTx(f.in(ctx), fn))
	}
	return f.out(f.DB.InTx(f.in(ctx), fn))
}

// mixed has the transaction of one context and the callbacks of another.
type mixed struct {
	context.Context
	hooks context.Context
}

func (m mixed) Value(key any) any {
	if v := m.hooks.Value(key); v != nil {
		return v
	}
	return m.Context.Value(key)
}
