package organization_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// countingStore counts what would be statements, by table. The lookup of a session with its user is one of session.
type countingStore struct {
	store.Store
	mu    sync.Mutex
	count map[string]int
}

func (s *countingStore) add(table string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[table]++
}

func (s *countingStore) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	s.add(q.Table.Name)
	return s.Store.FindOne(ctx, q)
}

func (s *countingStore) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	s.add(q.Table.Name)
	return s.Store.FindMany(ctx, q)
}

func (s *countingStore) FindPage(ctx context.Context, q store.PageQuery) (store.Page, error) {
	s.add(q.Table.Name)
	return store.FindPage(ctx, s.Store, q)
}

func (s *countingStore) Count(ctx context.Context, q store.Query) (int64, error) {
	s.add(q.Table.Name)
	return s.Store.Count(ctx, q)
}

func (s *countingStore) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	s.add(j.Left.Name)
	finder, ok := s.Store.(store.JoinFinder)
	if !ok {
		return nil, nil, fmt.Errorf("%T joins nothing", s.Store)
	}
	return finder.FindJoined(ctx, j, keys...)
}

func (s *countingStore) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	s.add(q.Table.Name + " (write)")
	return s.Store.Update(ctx, q, set)
}

func (s *countingStore) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	s.add(t.Name + " (write)")
	return s.Store.Create(ctx, t, r)
}

// TestStatements: an organization and a list of its members take one statement a table, whatever the size, whoever asks and
// whatever is on the page.
func TestStatements(t *testing.T) {
	t.Parallel()
	db := &countingStore{Store: memdb.New(), count: map[string]int{}}
	r := newRig(t, organization.Options{
		Teams: organization.TeamOptions{Enabled: true}, MembershipLimit: organization.AtMost(400), InvitationLimit: organization.AtMost(1000),
	}, func(c *core.Config) { c.Store = db })
	ann := r.signUp("Ann")
	org := ann.found("acme")
	last := ann
	for i := range 9 {
		last = r.signUp(fmt.Sprintf("P%d", i))
		r.add(org, "admin", last)
	}
	last.post("/set-active", `{"organizationId":"`+org+`"}`).want(t, 200, "")

	one := map[string]int{"session": 1, "organization": 1, "member": 1, "user": 1, "invitation": 1, "team": 1}
	full := func(s *someone, query string, want map[string]int) {
		t.Helper()
		clear(db.count)
		res := s.get("/get-full-organization"+query).want(t, 200, "")
		if !maps.Equal(db.count, want) || strings.Count(res.body, `"userId"`) == 0 {
			t.Errorf("%s: got the statements %v, want %v", query, db.count, want)
		}
	}
	page := func(s *someone, query string, want map[string]int) {
		t.Helper()
		clear(db.count)
		s.get("/list-members"+query).want(t, 200, "")
		if !maps.Equal(db.count, want) {
			t.Errorf("%s: got the statements %v, want %v", query, db.count, want)
		}
	}
	listed := map[string]int{"session": 1, "member": 1, "user": 1}
	for range 2 {
		full(ann, "", one)
		full(last, "", one)
		full(ann, "?organizationSlug=acme", one)
		page(ann, "", listed)
		page(last, "", listed)
		page(ann, "?organizationSlug=acme", map[string]int{"session": 1, "organization": 1, "member": 1, "user": 1})
		for i := range 150 { // and once more, with more of everything
			name := fmt.Sprintf("Q%d-%d", i, r.rows("user"))
			s := r.signUp(name)
			r.add(org, "member", s)
			ann.post("/invite-member", fmt.Sprintf(`{"email":"i%d-%d@example.com","role":"member"}`, i, r.rows("invitation"))).want(t, 200, "")
			ann.post("/create-team", `{"name":"t"}`).want(t, 200, "")
		}
	}
	page(ann, "?limit=10", listed)
	full(ann, "?membersLimit=10", one)
	last = r.signUp("Zoe")
	r.add(org, "member", last)
	last.post("/set-active", `{"organizationId":"`+org+`"}`).want(t, 200, "")
	page(last, "?limit=10", listed)
	delete(listed, "user")
	page(last, "?limit=10&offset=1000", listed)
	delete(one, "invitation") // which Zoe may not see
	full(last, "?membersLimit=10", one)
}
