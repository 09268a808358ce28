package admin_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/admin"
)

// counting counts the statements that an SQL store would send.
type counting struct {
	*memdb.DB
	n atomic.Int64
}

func (c *counting) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	c.n.Add(1)
	return c.DB.FindOne(ctx, q)
}

func (c *counting) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	c.n.Add(1)
	return c.DB.FindMany(ctx, q)
}

func (c *counting) FindPage(ctx context.Context, q store.PageQuery) (store.Page, error) {
	c.n.Add(1)
	return c.DB.FindPage(ctx, q)
}

func (c *counting) Count(ctx context.Context, q store.Query) (int64, error) {
	c.n.Add(1)
	return c.DB.Count(ctx, q)
}

func (c *counting) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	c.n.Add(1)
	return c.DB.Create(ctx, t, r)
}

func (c *counting) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	c.n.Add(1)
	return c.DB.Update(ctx, q, set)
}

func (c *counting) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	c.n.Add(1)
	return c.DB.FindJoined(ctx, j, keys...)
}

// TestStatements: the plugin costs a session nothing, and a list of users takes two statements, whatever its size.
func TestStatements(t *testing.T) {
	t.Parallel()
	db := &counting{DB: memdb.New()}
	r := newRig(t, func(c *core.Config, _ *admin.Options) { c.Store = db })
	_, ann := r.signUp("Ann", "admin")
	for path, most := range map[string]int64{"/get-session": 1, "/admin/list-users?limit=50": 2, "/admin/get-user?id=x": 2} {
		before := db.n.Load()
		r.do("GET", path, "", ann)
		if n := db.n.Load() - before; n != most {
			t.Errorf("%s: %d statements, want %d", path, n, most)
		}
	}
}
