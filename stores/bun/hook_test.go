package bunstore_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
)

// listener keeps what a query hook of bun is told.
type listener struct {
	mu      sync.Mutex
	queries []string
}

func (l *listener) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queries = append(l.queries, e.Query)
	// As hooks for tracing do, which want the text without values.
	if b, err := e.IQuery.AppendQuery(bunschema.NewNopQueryGen(), nil); err != nil || len(b) == 0 {
		l.queries = append(l.queries, "AppendQuery failed")
	}
	return ctx
}

func (l *listener) AfterQuery(context.Context, *bun.QueryEvent) {}

// TestHooksOfBunSeeNoValues uses a handle of bun that somebody listens to.
func TestHooksOfBunSeeNoValues(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		db, _ := d.fresh(t)
		var dialect bunschema.Dialect
		switch d.dialect {
		case bunstore.SQLite:
			dialect = sqlitedialect.New()
		case bunstore.PostgreSQL:
			dialect = pgdialect.New()
		case bunstore.MySQL:
			dialect = mysqldialect.New()
		}
		l := &listener{}
		bdb := bun.NewDB(db, dialect).WithQueryHook(l)
		st, s := bunstore.FromBun(bdb), coreSchema(t)
		if err := st.Migrate(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		table := s.Table("verification")
		rec := verification("secret-id")
		rec["value"] = "secret-value"
		if _, err := st.Create(t.Context(), table, rec); err != nil {
			t.Fatal(err)
		}
		where := []store.Cond{store.In("value", "secret-value", "secret-x"), store.StartsWith("identifier", "secret"), store.Gt("expiresAt", moment.AddDate(-1, 0, 0))}
		if n, err := st.Update(t.Context(), store.From(table, where...), store.Record{"value": "secret-new"}); err != nil || n != 1 {
			t.Errorf("Update: got %d, %v, want 1", n, err)
		}
		err := st.InTx(t.Context(), func(ctx context.Context) error {
			got, err := st.ConsumeOne(ctx, store.From(table, store.Eq("value", "secret-new")))
			if err == nil {
				same(t, "ConsumeOne", normal(t, table, got), normal(t, table, store.Record{"id": "secret-id", "identifier": "secret-id",
					"value": "secret-new", "expiresAt": moment, "createdAt": moment, "updatedAt": moment}))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		for _, word := range []string{"INSERT INTO", "UPDATE", "DELETE FROM"} {
			if !slices.ContainsFunc(l.queries, func(q string) bool { return strings.HasPrefix(q, word) }) {
				t.Errorf("the hook saw no %s among %q", word, l.queries)
			}
		}
		for _, q := range l.queries {
			if strings.Contains(q, "secret") || strings.Contains(q, "2026") || strings.Contains(q, "failed") {
				t.Errorf("the hook saw %q, want no value in it", q)
			}
		}
	})
}
