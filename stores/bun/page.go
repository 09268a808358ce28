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
// besides, of which there may be none. A page that is sorted comes as ids, because SQLite sorts a subquery with all that it
// selects:
//
//	SELECT cardea_n, id, role, …, cardea_a0, cardea_a1, … FROM
//	(SELECT count(*) AS cardea_n FROM member WHERE …) AS cardea_total
//	LEFT JOIN (SELECT id AS cardea_id FROM member WHERE … ORDER BY role LIMIT 100) AS cardea_page ON 1 = 1
//	LEFT JOIN member ON id = cardea_id
//	LEFT JOIN (SELECT id AS cardea_a0, role AS cardea_a1, … FROM member WHERE … LIMIT 1) AS cardea_also ON 1 = 1
//	ORDER BY role
//
// Names that begin like this leave all others to the app's columns.
func (r *runner) page(ctx context.Context, q *store.PageQuery) (store.Page, error) {
	m, err := r.mapping(ctx, q.Table)
	if err != nil {
		return store.Page{}, err
	}
	st := r.statement() // whose arguments are in the order of the text
	total := r.db.NewSelect().ColumnExpr("0 AS cardea_n")
	if q.Total {
		if total, err = r.selects(st, m, &store.Query{Table: q.Table, Where: q.Where}); err != nil {
			return store.Page{}, err
		}
		total.ColumnExpr("count(*) AS cardea_n")
	}
	rows, err := r.selects(st, m, &q.Query)
	if err != nil {
		return store.Page{}, err
	}
	sel := r.db.NewSelect().ColumnExpr("cardea_n").TableExpr("(?) AS cardea_total", total)
	order, err := m.orderBy(r.engine, q.OrderBy)
	switch {
	case err != nil:
		return store.Page{}, err
	case order == "": // of ids alone SQLite would make a list in the order of their index
		m.leftJoin(sel, rows, "cardea_page", "cardea_p")
	default:
		id := bun.Safe(m.id().ident)
		sel.ColumnExpr("?", bun.Safe(m.reads)).OrderExpr("?", bun.Safe(order)).
			Join("LEFT JOIN (?) AS cardea_page ON 1 = 1", rows.ColumnExpr("? AS cardea_id", id)).
			Join("LEFT JOIN ? ON ? = cardea_id", bun.Safe(m.ident), id)
	}
	out := &page{m: m, also: len(q.Also) > 0}
	if out.also {
		also, err := r.selects(st, m, &store.Query{Table: q.Table, Where: q.Also, Limit: 1})
		if err != nil {
			return store.Page{}, err
		}
		m.leftJoin(sel, also, "cardea_also", "cardea_a")
	}
	err = sel.Conn(st.on(r.on)).Scan(ctx, out)
	return out.Page, r.failed(ctx, err)
}

// leftJoin adds a SELECT of all columns of the mapping to another one, under names with a prefix.
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
