package organization

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// ListMembersInput is the query of GET /organization/list-members.
type ListMembersInput struct {
	GetInput
	// Limit is how many members to return at most. The default is MembershipLimit, if that is the same for all, or 100.
	Limit  Count `query:"limit" optional:"true"`
	Offset Count `query:"offset" optional:"true"`
	// SortBy is a column of the member table that clients may see.
	SortBy        string `query:"sortBy" optional:"true"`
	SortDirection string `query:"sortDirection" check:"oneof=asc desc" optional:"true"`
	// FilterField is a column likewise, FilterValue a value of it or, for in and not_in, a list.
	FilterField    string `query:"filterField" optional:"true"`
	FilterValue    any    `query:"filterValue" optional:"true"`
	FilterOperator string `query:"filterOperator" check:"oneof=eq ne lt lte gt gte in not_in contains starts_with ends_with" optional:"true"`
}

// ListMembersOutput is the answer of GET /organization/list-members.
type ListMembersOutput struct {
	Members []UserMember `json:"members"`
	// Total is how many members there are in all, on this page and others.
	Total int64 `json:"total"`
}

// maxPage is how many members a page has at most where the organization may have fewer.
const maxPage = 1000

// pageSize returns how many members to return where a client asks for n, or with 0 for no certain number.
func (p *Plugin) pageSize(n int) int {
	all := 100
	if l := p.opts.MembershipLimit; l.fixed && l.n > 0 {
		all = l.n
	}
	if n <= 0 {
		return all
	}
	return min(n, max(all, maxPage))
}

// listMembers takes one statement for each table.
func (p *Plugin) listMembers(ctx context.Context, x *core.Exchange, in ListMembersInput) (ListMembersOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return ListMembersOutput{}, err
	}
	org, err := p.namedOrganization(ctx, x, s, in.GetInput)
	if err != nil {
		return ListMembersOutput{}, err
	}
	q, queryErr := p.memberQuery(x, org, in)
	if queryErr != nil { // which somebody who is not a member is not told
		q = store.Query{Where: []store.Cond{store.AnyOf()}}
	}
	members, total, own, err := p.tables.members.Page(ctx, x.Auth().Store(), store.PageQuery{
		Query: q, Total: true, Also: membership(org, s.User.ID),
	})
	switch {
	case err != nil:
		return ListMembersOutput{}, fmt.Errorf("organization: list members: %w", err)
	case own == nil:
		return ListMembersOutput{}, ErrNotMember
	case queryErr != nil:
		return ListMembersOutput{}, queryErr
	}
	out := ListMembersOutput{Total: total}
	out.Members, err = p.withUsers(ctx, x, members)
	return out, err
}

// memberQuery makes a query of what a client asks for. Fields are columns that clients may see, and nothing else.
func (p *Plugin) memberQuery(x *core.Exchange, org string, in ListMembersInput) (store.Query, error) {
	q := store.Query{
		Where: []store.Cond{store.Eq("organizationId", org)}, OrderBy: oldestFirst,
		Limit: p.pageSize(int(in.Limit)), Offset: int(in.Offset),
	}
	if in.SortBy != "" {
		c, err := p.memberColumn("sortBy", in.SortBy)
		if err != nil {
			return q, err
		}
		q.OrderBy = []store.Order{{Column: c.Name, Desc: in.SortDirection == "desc"}}
		if c.Name != "createdAt" && c.Name != schema.ID {
			q.OrderBy = append(q.OrderBy, store.Order{Column: "createdAt"})
		}
		if x.Hardened() && c.Name != schema.ID { // so that pages do not overlap
			q.OrderBy = append(q.OrderBy, store.Order{Column: schema.ID})
		}
	}
	if in.FilterField != "" {
		c, err := p.memberColumn("filterField", in.FilterField)
		if err != nil {
			return q, err
		}
		cond, ok := condition(c, in.FilterOperator, in.FilterValue)
		if !ok {
			return q, core.ErrValidation.WithMessage("[query.filterValue] Invalid input")
		}
		q.Where = append(q.Where, cond)
	}
	return q, nil
}

func (p *Plugin) memberColumn(parameter, name string) (*schema.Column, error) {
	c := p.tables.members.Table().Column(name)
	if c == nil || !c.Returned || !slices.Contains([]schema.Kind{schema.String, schema.Number, schema.Boolean, schema.Date}, c.Kind) {
		return nil, core.ErrValidation.WithMessage("[query." + parameter + "] Invalid option")
	}
	return c, nil
}

var operators = map[string]store.Op{
	"": store.OpEq, "eq": store.OpEq, "ne": store.OpNe, "lt": store.OpLt, "lte": store.OpLte, "gt": store.OpGt, "gte": store.OpGte,
	"in": store.OpIn, "not_in": store.OpNotIn, "contains": store.OpContains, "starts_with": store.OpStartsWith, "ends_with": store.OpEndsWith,
}

// condition makes a condition of a filter. ok is false where the operator is not for the column, or the value no value of it.
func condition(c *schema.Column, operator string, value any) (cond store.Cond, ok bool) {
	cond = store.Cond{Column: c.Name, Op: operators[operator]}
	switch cond.Op {
	case store.OpIn, store.OpNotIn:
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		values := make([]any, len(list))
		for i := range list {
			if values[i], ok = columnValue(c, list[i]); !ok {
				return cond, false
			}
		}
		cond.Value = values
		return cond, true
	case store.OpContains, store.OpStartsWith, store.OpEndsWith:
		if c.Kind != schema.String {
			return cond, false
		}
	case store.OpEq, store.OpNe:
	default:
		if c.Kind == schema.Boolean {
			return cond, false
		}
	}
	cond.Value, ok = columnValue(c, value)
	return cond, ok
}

// columnValue reads a value of a query as one of a column.
func columnValue(c *schema.Column, v any) (any, bool) {
	s, isText := v.(string)
	switch c.Kind {
	case schema.String:
		return s, isText
	case schema.Number:
		if n, isNumber := v.(float64); isNumber {
			return int64(n), n == float64(int64(n))
		}
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	case schema.Boolean:
		if b, isBool := v.(bool); isBool {
			return b, true
		}
		b, err := strconv.ParseBool(s)
		return b, err == nil
	case schema.Date:
		t, isTime := wire.ParseTime(s)
		return t, isTime
	}
	return nil, false
}
