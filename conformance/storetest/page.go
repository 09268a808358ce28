package storetest

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// pageCases are about [store.FindPage], which stores that are no [store.PageFinder] pass, too. That a page has the rows of
// FindMany, kit.list makes sure in all cases.
var pageCases = []testCase{
	{name: "RowsTotalAndAlso", run: func(k *kit) {
		fillCounts(k, 7)
		for _, c := range []struct {
			limit, offset int
			want          []string
		}{
			{0, 0, []string{"i1", "i2", "i3", "i4", "i5", "i6"}},
			{2, 0, []string{"i1", "i2"}},
			{2, 3, []string{"i4", "i5"}},
			{2, 5, []string{"i6"}},
			{2, 6, []string{}},
			{0, 4, []string{"i5", "i6"}},
			{0, 100, []string{}},
		} {
			for also, want := range map[string]store.Record{"i0": k.find("item", byID("i0")), "i5": k.find("item", byID("i5")), "i9": nil} {
				q := store.PageQuery{Query: k.from("item", store.Gt("count", int64(0))), Total: true, Also: []store.Cond{byID(also)}}
				q.OrderBy, q.Limit, q.Offset = []store.Order{{Column: "count"}}, c.limit, c.offset
				p := k.page(q)
				if got := k.idsOf("item", p.Rows); !slices.Equal(got, c.want) || p.Total != 6 {
					k.Errorf("limit %d, offset %d: got %q of %d, want %q of 6", c.limit, c.offset, got, p.Total, c.want)
				}
				k.wantAlso(p, "item", want)
			}
		}
	}},
	{name: "OnlyWhatIsAskedFor", run: func(k *kit) {
		fillCounts(k, 3)
		p := k.page(store.PageQuery{Query: k.from("item")})
		if len(p.Rows) != 3 || p.Total != 0 || p.Also != nil {
			k.Errorf("got %d rows, a total of %d and %v besides, want 3 rows and nothing else", len(p.Rows), p.Total, p.Also)
		}
	}},
	{name: "NothingThere", run: func(k *kit) {
		p := k.page(store.PageQuery{Query: k.from("item"), Total: true, Also: []store.Cond{byID("i1")}})
		if p.Rows == nil || len(p.Rows) != 0 || p.Total != 0 || p.Also != nil {
			k.Errorf("got %+v, want an empty slice and nothing else", p)
		}
	}},
	{name: "AllColumnsOfBoth", run: func(k *kit) {
		k.create("owner", store.Record{"id": "o1", "email": "a"})
		for _, id := range []string{"i1", "i2"} {
			rec := fullItem(id)
			rec["ownerId"] = "o1"
			k.create("item", rec)
		}
		k.create("item", store.Record{"id": "empty"})
		p := k.page(store.PageQuery{Query: k.from("item", byID("i1")), Total: true, Also: []store.Cond{byID("i2")}})
		k.same(k.normal("item", p.Rows[0]), k.find("item", byID("i1")), "the row of the page")
		k.wantAlso(p, "item", k.find("item", byID("i2")))
		p = k.page(store.PageQuery{Query: k.from("item", byID("empty")), Also: []store.Cond{byID("empty")}})
		k.same(k.normal("item", p.Rows[0]), k.find("item", byID("empty")), "the row of the page")
		k.wantAlso(p, "item", k.find("item", byID("empty")))
	}},
	{name: "AlsoByAllConditions", run: func(k *kit) {
		fillCounts(k, 3)
		q := store.PageQuery{Query: k.from("item"), Also: []store.Cond{store.In("id", "i1", "i2"), store.Gt("count", int64(1))}}
		k.wantAlso(k.page(q), "item", k.find("item", byID("i2")))
		q.Also = []store.Cond{byID("i1"), store.Gt("count", int64(1))}
		k.wantAlso(k.page(q), "item", nil)
		q.Also = []store.Cond{store.Gte("count", int64(0))} // matches all
		if p := k.page(q); len(p.Rows) != 3 || p.Also == nil {
			k.Errorf("got %d rows and %v besides, want 3 rows and one of them besides", len(p.Rows), p.Also)
		}
	}},
	{name: "RenamedAndReserved", run: func(k *kit) {
		k.create("renamedOwner", store.Record{"id": "u1", "emailVerified": true})
		k.create("renamed", store.Record{"id": "r1", "title": "t", "hits": int64(3), "ownerId": "u1"})
		k.create("order", store.Record{"id": "o1", "select": "s"})
		for table, column := range map[string]string{"renamed": "title", "order": "select"} {
			want := k.all(table)[0]
			q := store.PageQuery{Query: k.from(table), Total: true, Also: []store.Cond{store.Eq(column, want[column])}}
			q.OrderBy = []store.Order{{Column: column, Desc: true}}
			p := k.page(q)
			k.same(k.normal(table, p.Rows[0]), want, "the row of the page")
			k.wantAlso(p, table, want)
		}
	}},
	{name: "InATransaction", run: func(k *kit) {
		k.undone(func(k *kit) {
			fillCounts(k, 2)
			p := k.page(store.PageQuery{Query: k.from("item"), Total: true, Also: []store.Cond{byID("i1")}})
			if len(p.Rows) != 2 || p.Total != 2 || p.Also == nil {
				k.Errorf("got %+v, want what the transaction has written", p)
			}
		})
		if p := k.page(store.PageQuery{Query: k.from("item"), Total: true, Also: []store.Cond{byID("i1")}}); len(p.Rows) != 0 || p.Total != 0 || p.Also != nil {
			k.Errorf("after the transaction was undone: got %+v", p)
		}
	}},
	{name: "Mistakes", run: func(k *kit) {
		fillCounts(k, 2)
		for what, change := range map[string]func(*store.PageQuery){
			"an unknown column in a condition":             func(q *store.PageQuery) { q.Where = []store.Cond{store.Eq("nobody", "x")} },
			"an unknown column in the order":               func(q *store.PageQuery) { q.OrderBy = []store.Order{{Column: "nobody"}} },
			"an unknown column in a condition of the rest": func(q *store.PageQuery) { q.Also = []store.Cond{store.Eq("nobody", "x")} },
			"a negative limit":                             func(q *store.PageQuery) { q.Limit = -1 },
			"a negative offset":                            func(q *store.PageQuery) { q.Offset = -1 },
		} {
			q := store.PageQuery{Query: k.from("item"), Total: true, Also: []store.Cond{byID("i1")}}
			change(&q)
			_, err := store.FindPage(context.WithoutCancel(k.ctx), k.store, q)
			k.wantError(err, "FindPage with %s", what)
		}
	}},
}

func (k *kit) page(q store.PageQuery) store.Page {
	k.Helper()
	p, err := store.FindPage(k.ctx, k.store, q)
	if err != nil {
		k.Fatalf("FindPage(%s, %s): %v", q.Table.Name, brief(q.Where), err)
	}
	return p
}

// wantAlso says what the row besides is; nil for none.
func (k *kit) wantAlso(p store.Page, table string, want store.Record) {
	k.Helper()
	switch {
	case p.Also == nil && want != nil, p.Also != nil && want == nil:
		k.Errorf("the row besides: got %s, want %s", brief(p.Also), brief(want))
	case want != nil:
		k.same(k.normal(table, p.Also), want, "the row besides")
	}
}

// samePage makes sure that a page has the rows that FindMany has returned for q.
func (k *kit) samePage(q store.Query, want []store.Record) {
	k.Helper()
	rows := k.page(store.PageQuery{Query: q, Total: true}).Rows
	got := make([]store.Record, len(rows))
	for i, rec := range rows {
		got[i] = k.normal(q.Table.Name, rec)
	}
	if len(got) != len(want) {
		k.Fatalf("FindPage(%s, %s): got %d rows, want the %d of FindMany", q.Table.Name, brief(q.Where), len(got), len(want))
	}
	for i := range want {
		for _, o := range q.OrderBy { // rows that are equal in these may come in any order
			k.same(got[i][o.Column], want[i][o.Column], "column %q of row %d of FindPage", o.Column, i)
		}
	}
	if q.Limit == 0 && q.Offset == 0 {
		k.same(sorted(got), sorted(want), "rows of FindPage")
	}
}

func sorted(recs []store.Record) []store.Record {
	return slices.SortedFunc(slices.Values(recs), func(a, b store.Record) int {
		return strings.Compare(a[schema.ID].(string), b[schema.ID].(string))
	})
}
