package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/storetest"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// TestRun runs the whole suite, no feature switched off, on the memory engine and what it needs besides: a migrator that
// only keeps books, a second handle that is the first one again, and a door that can be closed.
func TestRun(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Options{
		Open: func(t testing.TB, s *schema.Schema) store.Store {
			d := &door{DB: memdb.New()}
			if err := d.Migrate(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			return d
		},
		Reopen:   func(_ testing.TB, s store.Store) store.Store { return s },
		Close:    func(_ testing.TB, s store.Store) { s.(*door).closed.Store(true) },
		Parallel: true,
	})
}

type door struct {
	*memdb.DB
	closed atomic.Bool

	mu   sync.Mutex
	live []schema.LiveTable
}

var errClosed = errors.New("the door is closed")

func (d *door) check() error {
	if d.closed.Load() {
		return errClosed
	}
	return nil
}

func (d *door) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return d.DB.FindOne(ctx, q)
}

func (d *door) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return d.DB.FindMany(ctx, q)
}

func (d *door) FindPage(ctx context.Context, q store.PageQuery) (store.Page, error) {
	if err := d.check(); err != nil {
		return store.Page{}, err
	}
	return d.DB.FindPage(ctx, q)
}

func (d *door) Count(ctx context.Context, q store.Query) (int64, error) {
	if err := d.check(); err != nil {
		return 0, err
	}
	return d.DB.Count(ctx, q)
}

func (d *door) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return d.DB.Create(ctx, t, r)
}

func (d *door) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	if err := d.check(); err != nil {
		return 0, err
	}
	return d.DB.Update(ctx, q, set)
}

func (d *door) Delete(ctx context.Context, q store.Query) (int64, error) {
	if err := d.check(); err != nil {
		return 0, err
	}
	return d.DB.Delete(ctx, q)
}

func (d *door) ConsumeOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return d.DB.ConsumeOne(ctx, q)
}

func (d *door) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (store.Record, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return d.DB.IncrementOne(ctx, q, column, by)
}

func (d *door) InTx(ctx context.Context, fn func(context.Context) error) error {
	if err := d.check(); err != nil {
		return err
	}
	return d.DB.InTx(ctx, fn)
}

func (d *door) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	if err := d.check(); err != nil {
		return nil, nil, err
	}
	return d.DB.FindJoined(ctx, j, keys...)
}

func (d *door) MigrationPlan(_ context.Context, s *schema.Schema) (store.Plan, error) {
	if err := d.check(); err != nil {
		return store.Plan{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return plan(d.changes(s)), nil
}

func (d *door) Migrate(ctx context.Context, s *schema.Schema) error {
	if err := d.check(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	ch := d.changes(s)
	for _, t := range ch.Tables {
		lt := schema.LiveTable{Name: t.SQLName}
		for i := range t.Columns {
			lt.Columns = append(lt.Columns, liveColumn(&t.Columns[i]))
		}
		d.live = append(d.live, lt)
	}
	for _, c := range ch.Columns {
		lt := d.table(c.Table)
		lt.Columns = append(lt.Columns, liveColumn(c.Column))
		if c.Column.Required && c.Column.Default != nil {
			if _, err := d.DB.Update(ctx, store.From(c.Table), store.Record{c.Column.Name: c.Column.Default(time.Time{})}); err != nil {
				return err
			}
		}
	}
	for _, ix := range ch.Indexes {
		li := schema.LiveIndex{Name: ix.Name, Unique: ix.Unique}
		for _, c := range ix.Columns {
			li.Columns = append(li.Columns, c.SQLName)
		}
		lt := d.table(ix.Table)
		lt.Indexes = append(lt.Indexes, li)
	}
	return nil
}

func (d *door) changes(s *schema.Schema) schema.Changes {
	return schema.Diff(s, d.live, func(c *schema.Column, live string) bool { return live == c.Kind.String() })
}

func (d *door) table(t *schema.Table) *schema.LiveTable {
	for i := range d.live {
		if d.live[i].Name == t.SQLName {
			return &d.live[i]
		}
	}
	return nil
}

func liveColumn(c *schema.Column) schema.LiveColumn {
	return schema.LiveColumn{Name: c.SQLName, Type: c.Kind.String(), Nullable: true}
}

func plan(ch schema.Changes) store.Plan {
	var p store.Plan
	for _, t := range ch.Tables {
		p.Statements = append(p.Statements, fmt.Sprintf("table %q", t.SQLName))
	}
	for _, c := range ch.Columns {
		p.Statements = append(p.Statements, fmt.Sprintf("column %q of %q", c.Column.SQLName, c.Table.SQLName))
	}
	for _, ix := range ch.Indexes {
		p.Statements = append(p.Statements, fmt.Sprintf("index %q", ix.Name))
	}
	return p
}
