package authotel_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/conformance/storetest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	authotel "github.com/cardea-auth/cardea/otel"
)

func TestStoreConforms(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() store.Store{
		"WithJoins":    func() store.Store { return memdb.New() },
		"WithoutJoins": func() store.Store { return plainStore{memdb.New()} },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, storetest.Options{
				Open:     func(testing.TB, *schema.Schema) store.Store { return authotel.Store(open(), newCollector().options) },
				Parallel: true,
				Features: storetest.Features{
					NoMigrator:   true, // the memory engine has none
					NoReopen:     true, // the data are those of one value
					NoClose:      true, // there is nothing to close
					NoJoinFinder: name == "WithoutJoins",
					NoSerialIDs:  name == "WithoutJoins", // what is hidden is hidden
				},
			})
		})
	}
}

// plainStore hides what a store has besides the nine methods.
type plainStore struct{ store.Store }

type checked struct{ store.Store }

func (checked) Check(context.Context) error { return store.ErrMisconfigured }

type migrates struct{ store.Store }

func (migrates) MigrationPlan(context.Context, *schema.Schema) (store.Plan, error) {
	return store.Plan{Statements: []string{"CREATE"}}, nil
}

func (migrates) Migrate(context.Context, *schema.Schema) error { return errors.New("cannot migrate") }

type migratesAndJoins struct {
	migrates
	store.JoinFinder
}

func TestStoreKeepsWhatItOffers(t *testing.T) {
	t.Parallel()
	db := memdb.New()
	for name, c := range map[string]struct {
		s               store.Store
		joins, migrates bool
	}{
		"nothing": {plainStore{db}, false, false},
		"joins":   {db, true, false},
		"migrate": {migrates{db}, false, true},
		"both":    {migratesAndJoins{migrates{db}, db}, true, true},
	} {
		col := newCollector()
		s := authotel.Store(c.s, col.options)
		if _, ok := s.(store.JoinFinder); ok != c.joins {
			t.Errorf("%s: a JoinFinder is %v, want %v", name, ok, c.joins)
		}
		m, ok := s.(store.Migrator)
		if ok != c.migrates {
			t.Errorf("%s: a Migrator is %v, want %v", name, ok, c.migrates)
		}
		if err := s.(store.Checker).Check(t.Context()); err != nil {
			t.Errorf("%s: Check: %v", name, err)
		}
		if ok {
			plan, err := m.MigrationPlan(t.Context(), nil)
			if err != nil || len(plan.Statements) != 1 {
				t.Errorf("%s: plan %v, %v", name, plan, err)
			}
			if err := m.Migrate(t.Context(), nil); err == nil {
				t.Errorf("%s: Migrate: got nil, want the store's error", name)
			}
			col.wantSpans(t, "db migration plan {}", "db migrate {error.type=_OTHER} Error")
		}
	}
	if err := authotel.Store(checked{db}, authotel.Options{}).(store.Checker).Check(t.Context()); !errors.Is(err, store.ErrMisconfigured) {
		t.Errorf("Check: got %v, want that of the store", err)
	}
	auth, err := core.New(core.Config{BaseURL: origin, Secret: "otel-test-secret-0123456789-0123456789", Store: authotel.Store(db, authotel.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auth.MigrationPlan(t.Context()); !errors.Is(err, core.ErrNoMigrator) {
		t.Errorf("MigrationPlan over a store without: got %v, want ErrNoMigrator", err)
	}
}

func TestStoreSpans(t *testing.T) {
	t.Parallel()
	tables, err := schema.Merge(schema.Source{Owner: "test", Extensions: []schema.Extension{{
		Table: "note", Columns: []schema.Column{{Name: "text", Kind: schema.String, Unique: true}, {Name: "n", Kind: schema.Number}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	c, note := newCollector(), tables.Table("note")
	s := authotel.Store(memdb.New(), c.options)
	ctx, row := t.Context(), store.Record{"id": "a", "text": "x"}
	attrs := func(op, rest string) string {
		return "db " + op + " note {db.collection.name=note db.operation.name=" + op + rest
	}

	_, _ = s.Create(ctx, note, row)
	_, _ = s.Create(ctx, note, store.Record{"id": "b", "text": "x"})
	c.wantSpans(t, attrs("create", "}"), attrs("create", " error.type=conflict} Error"))

	_, _ = s.FindOne(ctx, store.From(note, store.Eq("id", "none")))
	c.wantSpans(t, attrs("findOne", "}")) // that there is none is an answer

	done, cancel := context.WithCancel(ctx)
	cancel()
	_, _ = s.FindMany(done, store.From(note))
	c.wantSpans(t, attrs("findMany", " error.type=canceled} Error"))

	_ = s.InTx(ctx, func(ctx context.Context) error {
		_, _ = s.Count(ctx, store.From(note))
		_, _ = s.Update(ctx, store.From(note), store.Record{"n": int64(1)})
		_, _ = s.IncrementOne(ctx, store.From(note), "n", 1)
		_, _ = s.ConsumeOne(ctx, store.From(note))
		_, _ = s.Delete(ctx, store.From(note))
		return nil
	})
	c.wantSpans(t, attrs("count", "}"), attrs("updateMany", "}"), attrs("incrementOne", "}"), attrs("consumeOne", "}"), attrs("deleteMany", "}"),
		"db transaction {db.operation.name=transaction}")
}

// eavesdropper keeps every text that goes through it, and quotes it in errors once it fails.
type eavesdropper struct {
	store.Store
	mu    sync.Mutex
	heard map[string]bool
	fails bool
}

func (e *eavesdropper) listen(values ...any) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, v := range values {
		if s, ok := v.(string); ok {
			e.heard[s] = true
		}
	}
	if e.fails {
		return fmt.Errorf("no luck with %q", values)
	}
	return nil
}

func (e *eavesdropper) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	for _, v := range r {
		if err := e.listen(v); err != nil {
			return nil, err
		}
	}
	return e.Store.Create(ctx, t, r)
}

func (e *eavesdropper) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	for _, c := range q.Where {
		if err := e.listen(c.Value); err != nil {
			return nil, err
		}
	}
	return e.Store.FindOne(ctx, q)
}

func (e *eavesdropper) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	if err := e.listen(keys); err != nil {
		return nil, nil, err
	}
	return e.Store.(store.JoinFinder).FindJoined(ctx, j, keys...)
}
