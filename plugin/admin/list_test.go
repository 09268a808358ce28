package admin_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/admin"
)

type listed struct {
	Users         []struct{ Name, ID string }
	Total         int
	Limit, Offset *float64
}

func (l listed) names() string {
	var names []string
	for _, u := range l.Users {
		names = append(names, u.Name)
	}
	return strings.Join(names, " ")
}

// list asks for a list; query comes in pairs.
func (r *rig) list(cookies string, query ...string) listed {
	r.t.Helper()
	v := url.Values{}
	for i := 0; i < len(query); i += 2 {
		v.Add(query[i], query[i+1])
	}
	a := r.do("GET", "/admin/list-users?"+v.Encode(), "", cookies)
	var l listed
	if err := json.Unmarshal([]byte(a.body), &l); err != nil || a.status != 200 {
		r.t.Fatalf("%v: %d %s", query, a.status, a.body)
	}
	return l
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	r := newRig(t, columns)
	ids := map[string]string{}
	var ann string
	for _, name := range []string{"Ann", "Bob", "Cat", "Dan"} {
		role := ""
		if name == "Ann" {
			role = "admin"
		}
		id, cookies := r.signUp(name, role)
		if ids[name] = id; name == "Ann" {
			ann = cookies
		}
		r.clock.Advance(time.Second)
	}
	r.set(ids["Bob"], store.Record{"age": int64(30), "banned": true, "note": "secret", "plan": "100%"})
	r.set(ids["Cat"], store.Record{"age": int64(40), "note": "secret", "plan": "100_"})
	bobs := r.user(ids["Bob"]).CreatedAt.Format(time.RFC3339)

	for _, c := range []struct {
		query []string
		names string
		total int
	}{
		{nil, "Ann Bob Cat Dan", 4},
		{[]string{"limit", "2"}, "Ann Bob", 4},
		{[]string{"limit", "2", "offset", "2"}, "Cat Dan", 4},
		{[]string{"limit", "2", "offset", "9"}, "", 4},
		{[]string{"sortBy", "name", "sortDirection", "desc"}, "Dan Cat Bob Ann", 4},
		{[]string{"sortBy", "age", "sortDirection", "desc", "limit", "2"}, "Cat Bob", 4},
		{[]string{"searchValue", "b@example"}, "Bob", 1},
		{[]string{"searchValue", "a", "searchField", "name"}, "Cat Dan", 2},
		{[]string{"searchValue", "D", "searchField", "name", "searchOperator", "starts_with"}, "Dan", 1},
		{[]string{"searchValue", "n", "searchField", "name", "searchOperator", "ends_with"}, "Ann Dan", 2},
		{[]string{"searchValue", ""}, "Ann Bob Cat Dan", 4},
		{[]string{"filterField", "role", "filterValue", "admin"}, "Ann", 1},
		{[]string{"filterField", "role", "filterValue", "admin", "filterOperator", "ne"}, "Bob Cat Dan", 3},
		{[]string{"filterField", "banned", "filterValue", "true"}, "Bob", 1},
		{[]string{"filterField", "age", "filterValue", "30", "filterOperator", "gt"}, "Cat", 1},
		{[]string{"filterField", "createdAt", "filterValue", bobs, "filterOperator", "lte"}, "Ann", 1},
		{[]string{"filterField", "name", "filterValue", "Ann", "filterValue", "Dan", "filterOperator", "in"}, "Ann Dan", 2},
		{[]string{"filterField", "name", "filterValue", "Ann", "filterValue", "Dan", "filterOperator", "not_in"}, "Bob Cat", 2},
		{[]string{"filterField", "id", "filterValue", ids["Cat"]}, "Cat", 1},
		{[]string{"filterValue", "bob@example.com"}, "Bob", 1}, // the address, by default
		{[]string{"searchValue", "a", "searchField", "name", "filterField", "age", "filterValue", "40"}, "Cat", 1},
	} {
		got := r.list(ann, c.query...)
		if got.names() != c.names || got.Total != c.total {
			t.Errorf("%v: got %q of %d, want %q of %d", c.query, got.names(), got.Total, c.names, c.total)
		}
	}
}

// TestListUsersCannotBeInjectedInto: what is no visible column, no value of its type or no operator for it finds nobody, and
// text is text.
func TestListUsersCannotBeInjectedInto(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*core.Config, *admin.Options){columns, func(c *core.Config, o *admin.Options) {
		exact(c, o)
		columns(c, o)
	}} {
		r := newRig(t, change)
		id, ann := r.signUp("Ann", "admin")
		r.set(id, store.Record{"note": "secret", "plan": "50%"})
		for _, query := range [][]string{
			{"filterField", "note", "filterValue", "secret"}, // is there, but not for clients
			{"sortBy", "note"},
			{"filterField", "password", "filterValue", "x"},
			{"filterField", "email\" or 1=1 --", "filterValue", "x"},
			{"sortBy", "name; drop table user"},
			{"sortBy", "name desc, (select 1)"},
			{"sortBy", "user.name"},
			{"searchValue", "%"},
			{"searchValue", "ann_example.com"},
			{"searchValue", "' or '1'='1"},
			{"filterField", "plan", "filterValue", "5_%", "filterOperator", "contains"},
			{"filterField", "plan", "filterValue", "5%%", "filterOperator", "starts_with"},
			{"filterField", "banned", "filterValue", "true", "filterOperator", "contains"},
			{"filterField", "banned", "filterValue", "true", "filterOperator", "lt"},
			{"filterField", "age", "filterValue", "1 or 1=1"},
			{"filterField", "createdAt", "filterValue", "yesterday"},
			{"filterField", "name", "filterValue", "Ann", "filterOperator", "in"},
			{"filterField", "name", "filterValue", "Ann", "filterValue", "Bob"},
		} {
			if got := r.list(ann, query...); len(got.Users) != 0 || got.Total != 0 {
				t.Errorf("%v: got %+v", query, got)
			}
		}
		if got := r.list(ann, "filterField", "plan", "filterValue", "50%", "filterOperator", "contains"); got.Total != 1 {
			t.Error("a percent sign is not found")
		}
		for query, message := range map[string]string{
			"sortDirection=x":              `[query.sortDirection] Invalid option: expected one of \"asc\"|\"desc\"`,
			"filterOperator=regex":         `[query.filterOperator] Invalid option`,
			"searchOperator=eq":            `[query.searchOperator] Invalid option`,
			"searchValue=x&searchField=id": `[query.searchField] Invalid option`,
			"limit=1&limit=2":              `[query.limit] Invalid input`,
		} {
			want(t, r.do("GET", "/admin/list-users?"+query, "", ann), 400, message)
		}
	}
}

// TestListUsersIsBounded: no limit that anybody asks for makes a list longer than the options say.
func TestListUsersIsBounded(t *testing.T) {
	t.Parallel()
	for _, compat := range []core.Compat{core.Hardened, core.Exact} {
		r := newRig(t, func(c *core.Config, o *admin.Options) { c.Compat, c.ListLimit, o.MaxPageSize = compat, 3, 5 })
		_, ann := r.signUp("Ann", "admin")
		for i := range 9 {
			r.signUp(fmt.Sprintf("U%d", i), "")
		}
		for limit, rows := range map[string]int{
			"": 3, "0": 3, "-1": 3, "-9223372036854775808": 3, "x": 3, "NaN": 3, "1e2": 5, "1e999": 5, "4": 4, " 4 ": 4, "4.7": 4,
			"99999999999999999999": 5, "6": 5, "Infinity": 5, "0.5": 3,
		} {
			got := r.list(ann, "limit", limit)
			if len(got.Users) != rows || got.Total != 10 {
				t.Errorf("limit %q: got %d of %d, want %d", limit, len(got.Users), got.Total, rows)
			}
			if (got.Limit != nil) != (rows != 3) || got.Limit != nil && *got.Limit != float64(rows) {
				t.Errorf("limit %q: the answer says %v", limit, got.Limit)
			}
		}
		for offset, rows := range map[string]int{"": 3, "-1": 3, "9": 1, "1e99": 0, "x": 3} {
			if got := r.list(ann, "offset", offset); len(got.Users) != rows {
				t.Errorf("offset %q: got %d rows, want %d", offset, len(got.Users), rows)
			}
		}
	}
}

// TestPagesDoNotOverlap: users made at one moment, sorted by a column that is the same for all, come once each.
func TestPagesDoNotOverlap(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, ann := r.signUp("Ann", "admin")
	for i := range 19 {
		r.signUp(fmt.Sprintf("U%d", i), "")
	}
	for _, sort := range [][]string{nil, {"sortBy", "banned"}, {"sortBy", "role", "sortDirection", "desc"}} {
		seen := map[string]bool{}
		for offset := 0; offset < 20; offset += 4 {
			for _, u := range r.list(ann, append(sort, "limit", "4", "offset", fmt.Sprint(offset))...).Users {
				if seen[u.ID] {
					t.Errorf("%v: %s comes twice", sort, u.Name)
				}
				seen[u.ID] = true
			}
		}
		if len(seen) != 20 {
			t.Errorf("%v: %d users, want 20", sort, len(seen))
		}
	}
}

func FuzzListUsers(f *testing.F) {
	f.Add("email", "contains", "a", "1", "name")
	f.Add("createdAt", "lt", "2026-01-01", "-1", "")
	f.Add("banned", "in", "true", "1e9", "id")
	r := newRig(f)
	_, ann := r.signUp("Ann", "admin")
	f.Fuzz(func(t *testing.T, field, op, value, limit, sort string) {
		q := url.Values{"filterField": {field}, "filterOperator": {op}, "filterValue": {value}, "limit": {limit}, "sortBy": {sort}}
		if a := r.do("GET", "/admin/list-users?"+q.Encode(), "", ann); a.status != 200 && a.status != 400 {
			t.Errorf("%v: got %d %s", q, a.status, a.body)
		}
	})
}
