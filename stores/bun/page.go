package bunstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/uptrace/bun"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// FindPage implements [store.PageFinder].
func (s *Store) FindPage(ctx context.Context, q store.PageQuery) (p store.Page, err error) {
	err = s.run(ctx, func(r *runner) error {
		p, err = r.page(ctx, &q)
		return err
	})
	return p, err
}

// page asks for the number of rows, of which there is always one, and joins with it the rows of the page and the row
// besides, of which there may be none:
//
//	SELECT n, c0, c1, …, a0, a1, … FROM (SELECT count(*) AS n FROM member WHERE …) AS total
//	LEFT JOIN (SELECT id AS c0, role AS c1, …, role AS o0 FROM member WHERE … ORDER BY role LIMIT 100) AS page ON 1 = 1
//	LEFT JOIN (SELECT id AS a0, role AS a1, … FROM member WHERE … LIMIT 1) AS also ON 1 = 1 ORDER BY o0
func (r *runner) page(ctx context.Context, q *store.PageQuery) (store.Page, error) {
	m, err := r.mapping(ctx, q.Table)
	if err != nil {
		return store.Page{}, err
	}
	st := r.statement()
	total := r.db.NewSelect().ColumnExpr("0 AS n")
	if q.Total {
		if total, err = r.selects(st, m, &store.Query{Table: q.Table, Where: q.Where}); err != nil {
			return store.Page{}, err
		}
		total.ColumnExpr("count(*) AS n")
	}
	rows, err := r.selects(st, m, &q.Query)
	if err != nil {
		return store.Page{}, err
	}
	sel := r.db.NewSelect().ColumnExpr("n").TableExpr("(?) AS total", total)
	for i, k := range q.OrderBy {
		c, err := m.column(k.Column)
		if err != nil {
			return store.Page{}, err
		}
		o := fmt.Sprint("o", i)
		rows.ColumnExpr("? AS ?", bun.Safe(c.order.expr), bun.Safe(o))
		sel.OrderExpr("?", bun.Safe(r.engine.sort(o, k.Desc)))
	}
	m.leftJoin(sel, rows, "page", "c")
	out := &page{m: m}
	if len(q.Also) > 0 {
		also, err := r.selects(st, m, &store.Query{Table: q.Table, Where: q.Also, Limit: 1})
		if err != nil {
			return store.Page{}, err
		}
		m.leftJoin(sel, also, "also", "a")
		out.also = true
	}
	err = sel.Conn(st.on(r.on)).Scan(ctx, out)
	return out.Page, r.failed(ctx, err)
}

// leftJoin adds a SELECT of the mapping's columns to another one.
func (m *mapping) leftJoin(sel, sub *bun.SelectQuery, name, prefix string) {
	for i := range m.columns {
		c := bun.Safe(fmt.Sprint(prefix, i))
		sub.ColumnExpr("? AS ?", bun.Safe(m.columns[i].reads), c)
		sel.ColumnExpr("?", c)
	}
	sel.Join("LEFT JOIN (?) AS ? ON 1 = 1", sub, bun.Safe(name))
}

// page is where bun puts a page, and the row besides if there is to be one.
type page struct {
	store.Page
	m    *mapping
	also bool
}

var _ bunschema.Model = (*page)(nil)

// ScanRows implements bun's Model.
func (p *page) ScanRows(_ context.Context, rows *sql.Rows) (int, error) {
	p.Rows = []store.Record{}
	width, id := len(p.m.columns), p.m.table.Index(schema.ID) // which is null where the join found nothing
	values := make([]any, 2*width)
	into := []any{&p.Total}
	for i := range values {
		into = append(into, &values[i])
	}
	if !p.also {
		into = into[:1+width]
	}
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		if values[id] != nil {
			p.Rows = append(p.Rows, p.m.record(values[:width]))
		}
		if n == 0 && values[width+id] != nil {
			p.Also = p.m.record(values[width:])
		}
	}
	return n, rows.Err()
}

// Value implements bun's Model.
func (p *page) Value() any { return p.Page }
