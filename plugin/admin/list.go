package admin

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// ListUsersInput is the query of GET /admin/list-users. Everything is optional.
type ListUsersInput struct {
	// Search is looked for in SearchField, by default "email", with SearchOperator, by default "contains".
	Search         *string `query:"searchValue"`
	SearchField    *string `query:"searchField" check:"oneof=email name"`
	SearchOperator *string `query:"searchOperator" check:"oneof=contains starts_with ends_with"`
	// Limit is how many users to return, and Offset how many to skip.
	Limit  Count `query:"limit" optional:"true"`
	Offset Count `query:"offset" optional:"true"`
	// SortBy is a column that clients see; SortDirection is by default "asc".
	SortBy        *string `query:"sortBy"`
	SortDirection *string `query:"sortDirection" check:"oneof=asc desc"`
	// FilterField is a column that clients see, by default "email", FilterOperator by default "eq". FilterValue is a string,
	// a number, a bool, or a list of strings or numbers.
	FilterField    *string     `query:"filterField"`
	FilterValue    FilterValue `query:"filterValue" optional:"true"`
	FilterOperator *string     `query:"filterOperator" check:"oneof=eq ne lt lte gt gte in not_in contains starts_with ends_with"`
}

// Count is a number that clients may send as text. What is no number, or not positive, is none.
type Count int

// ReadJSON makes Count a wire.Reader.
func (c *Count) ReadJSON(v any) (issue string) {
	f, ok := v.(float64)
	if text, isText := v.(string); isText {
		f, _ = strconv.ParseFloat(strings.TrimSpace(text), 64)
		ok = true
	}
	if !ok {
		return "Invalid input"
	}
	*c = 0
	if f >= 1 {
		*c = Count(math.Min(f, math.MaxInt32))
	}
	return ""
}

// FilterValue is what a column is compared with.
type FilterValue struct {
	// Value is a string, a float64, a bool, or a []any of the first two; nil is no filter.
	Value any
}

// ReadJSON makes FilterValue a wire.Reader.
func (f *FilterValue) ReadJSON(v any) (issue string) {
	switch v := v.(type) {
	case string, float64, bool:
		f.Value = v
		return ""
	case []any:
		texts, numbers := 0, 0
		for _, e := range v {
			switch e.(type) {
			case string:
				texts++
			case float64:
				numbers++
			}
		}
		if len(v) == texts || len(v) == numbers {
			f.Value = v
			return ""
		}
	}
	return "Invalid input"
}

// ListUsersOutput is the answer of GET /admin/list-users.
type ListUsersOutput struct {
	Users []*model.User `json:"users"`
	// Total is how many there are without Limit and Offset.
	Total int64 `json:"total"`
	// Limit and Offset are those that were asked for, as far as they count; they are left out otherwise.
	Limit  int `json:"limit,omitempty"`
	Offset int `json:"offset,omitempty"`
}

func (p *Plugin) listUsers(ctx context.Context, x *core.Exchange, in ListUsersInput) (ListUsersOutput, error) {
	if _, err := p.callerWho(ctx, x, ListUsers, ErrMayNotListUsers); err != nil {
		return ListUsersOutput{}, err
	}
	auth := x.Auth()
	out := ListUsersOutput{Limit: min(int(in.Limit), p.opts.MaxPageSize), Offset: int(in.Offset)}
	q, ok := in.query(x, auth.Schema().Table(model.UserTable))
	if !ok { // upstream answers so where it cannot ask its database
		return ListUsersOutput{}, nil
	}
	q.Limit, q.Offset = out.Limit, out.Offset
	if q.Limit == 0 {
		q.Limit = auth.Config().ListLimit
	}
	page, err := store.FindPage(ctx, auth.Store(), store.PageQuery{Query: q, Total: true})
	if err != nil {
		return ListUsersOutput{}, fmt.Errorf("admin: list users: %w", err)
	}
	out.Total = page.Total
	out.Users = make([]*model.User, len(page.Rows))
	for i, rec := range page.Rows {
		if out.Users[i], err = model.UserFromRecord(q.Table, rec); err != nil {
			return ListUsersOutput{}, fmt.Errorf("admin: list users: %w", err)
		}
	}
	return out, nil
}

// query says what to look for. ok is false if that cannot be: a column that is not there or that clients do not see, a value
// of another type, an operator that the type does not know.
func (in *ListUsersInput) query(x *core.Exchange, t *schema.Table) (q store.Query, ok bool) {
	q.Table = t
	if in.Search != nil && *in.Search != "" {
		cond, ok := condition(t, or(in.SearchField, "email"), or(in.SearchOperator, "contains"), *in.Search)
		if !ok {
			return q, false
		}
		q.Where = append(q.Where, cond)
	}
	if in.FilterValue.Value != nil {
		cond, ok := condition(t, or(in.FilterField, "email"), or(in.FilterOperator, "eq"), in.FilterValue.Value)
		if !ok {
			return q, false
		}
		q.Where = append(q.Where, cond)
	}
	if by := or(in.SortBy, ""); by != "" {
		c := visible(t, by)
		if c == nil || !sortable(c.Kind) {
			return q, false
		}
		q.OrderBy = append(q.OrderBy, store.Order{Column: by, Desc: or(in.SortDirection, "asc") == "desc"})
	}
	if x.Hardened() { // pages must neither overlap nor leave anybody out
		if len(q.OrderBy) == 0 {
			q.OrderBy = append(q.OrderBy, store.Order{Column: "createdAt"})
		}
		if q.OrderBy[0].Column != schema.ID {
			q.OrderBy = append(q.OrderBy, store.Order{Column: schema.ID})
		}
	}
	return q, true
}

// visible returns the column of that name if clients see it.
func visible(t *schema.Table, name string) *schema.Column {
	if c := t.Column(name); c != nil && c.Returned {
		return c
	}
	return nil
}

func sortable(k schema.Kind) bool {
	return k == schema.String || k == schema.Number || k == schema.Date || k == schema.Boolean
}

// operator is what a word of the contract stands for, and on what it works.
type operator struct {
	op    store.Op
	kinds []schema.Kind
	list  bool
}

var (
	anyKind = []schema.Kind{schema.String, schema.Boolean, schema.Number, schema.Date}
	ordered = []schema.Kind{schema.String, schema.Number, schema.Date}
	textual = []schema.Kind{schema.String}

	operators = map[string]operator{
		"eq": {op: store.OpEq, kinds: anyKind}, "ne": {op: store.OpNe, kinds: anyKind},
		"lt": {op: store.OpLt, kinds: ordered}, "lte": {op: store.OpLte, kinds: ordered},
		"gt": {op: store.OpGt, kinds: ordered}, "gte": {op: store.OpGte, kinds: ordered},
		"in": {op: store.OpIn, kinds: anyKind, list: true}, "not_in": {op: store.OpNotIn, kinds: anyKind, list: true},
		"contains":    {op: store.OpContains, kinds: textual},
		"starts_with": {op: store.OpStartsWith, kinds: textual},
		"ends_with":   {op: store.OpEndsWith, kinds: textual},
	}
)

func condition(t *schema.Table, field, word string, value any) (store.Cond, bool) {
	c, o := visible(t, field), operators[word]
	if c == nil || !slices.Contains(o.kinds, c.Kind) {
		return store.Cond{}, false
	}
	cond := store.Cond{Column: field, Op: o.op}
	list, isList := value.([]any)
	switch {
	case !o.list && isList, o.op == store.OpIn && !isList:
		return cond, false
	case !o.list:
		v, ok := comparand(c.Kind, value)
		cond.Value = v
		return cond, ok
	case !isList:
		list = []any{value}
	}
	values := make([]any, len(list))
	for i, e := range list {
		v, ok := comparand(c.Kind, e)
		if !ok {
			return cond, false
		}
		values[i] = v
	}
	cond.Value = values
	return cond, true
}

// comparand turns a value from a query into what a column of a kind is compared with. Everything there is text.
func comparand(k schema.Kind, v any) (any, bool) {
	text, isText := v.(string)
	switch k {
	case schema.String:
		return v, isText
	case schema.Boolean:
		b, isBool := v.(bool)
		return b || text == "true", isBool || isText
	case schema.Number:
		f, isNumber := v.(float64)
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, true
		}
		return int64(f), isNumber && f == math.Trunc(f) && math.Abs(f) <= 1<<53
	case schema.Date:
		if f, isNumber := v.(float64); isNumber && math.Abs(f) <= 1<<53 {
			return time.UnixMilli(int64(f)).UTC(), true
		}
		at, ok := wire.ParseTime(text)
		return schema.Milliseconds(at), ok
	}
	return nil, false
}

func or(s *string, otherwise string) string {
	if s == nil || *s == "" {
		return otherwise
	}
	return *s
}
