package bunstore

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// always and never are conditions that every dialect understands.
const (
	always = "1 = 1"
	never  = "1 = 0"
)

// where returns conditions as SQL, all of which must hold.
func (m *mapping) where(st *statement, conds []store.Cond) (string, error) {
	return m.join(st, conds, " AND ", always)
}

func (m *mapping) join(st *statement, conds []store.Cond, word, empty string) (string, error) {
	if len(conds) == 0 {
		return empty, nil
	}
	parts := make([]string, len(conds))
	for i := range conds {
		part, err := m.cond(st, &conds[i])
		if err != nil {
			return "", err
		}
		parts[i] = "(" + part + ")"
	}
	return strings.Join(parts, word), nil
}

func (m *mapping) cond(st *statement, w *store.Cond) (string, error) {
	if w.Any != nil {
		return m.join(st, w.Any, " OR ", never)
	}
	c, err := m.column(w.Column)
	if err != nil {
		return "", err
	}
	switch w.Op {
	case store.OpEq:
		return m.among(st, c, w, []any{w.Value}, false)
	case store.OpNe:
		return m.among(st, c, w, []any{w.Value}, true)
	case store.OpIn, store.OpNotIn:
		values, ok := w.Value.([]any)
		if !ok {
			return "", fmt.Errorf("bunstore: table %q: the list for column %q is a %T, not a []any", m.table.Name, c.Name, w.Value)
		}
		return m.among(st, c, w, values, w.Op == store.OpNotIn)
	case store.OpLt:
		return m.compare(st, c, w, " < ")
	case store.OpLte:
		return m.compare(st, c, w, " <= ")
	case store.OpGt:
		return m.compare(st, c, w, " > ")
	case store.OpGte:
		return m.compare(st, c, w, " >= ")
	case store.OpContains, store.OpStartsWith, store.OpEndsWith:
		return m.search(st, c, w)
	default:
		return "", m.undefined(c, w.Op)
	}
}

func (m *mapping) undefined(c *column, op store.Op) error {
	return fmt.Errorf("bunstore: table %q: operator %d does not work on column %q, which is a %s", m.table.Name, op, c.Name, c.Kind)
}

// among is true where the column equals one of the values, or, negated, none of them.
func (m *mapping) among(st *statement, c *column, w *store.Cond, values []any, negated bool) (string, error) {
	var kept []any
	null := false
	for _, v := range values {
		if v == nil {
			null = true
			continue
		}
		if c.Kind >= schema.JSON {
			return "", m.undefined(c, w.Op)
		}
		k, err := c.encode(folded(c, w, v))
		if errors.Is(err, store.ErrInvalid) {
			continue // the column cannot hold the value, so it equals none
		}
		if err != nil {
			return "", err
		}
		kept = append(kept, k)
	}
	// Null equals null here, and differs from every value: SQL's own null is kept out of the comparison.
	switch {
	case len(kept) == 0 && null == negated:
		if negated {
			return c.ident + " IS NOT NULL", nil
		}
		return never, nil
	case len(kept) == 0 && null:
		return c.ident + " IS NULL", nil
	case len(kept) == 0:
		return always, nil
	}
	equal := c.equals(st, kept, w.Fold)
	switch {
	case !negated && !null:
		return equal, nil
	case !negated:
		return c.ident + " IS NULL OR " + equal, nil
	case null:
		return c.ident + " IS NOT NULL AND NOT (" + equal + ")", nil
	default:
		return c.ident + " IS NULL OR NOT (" + equal + ")", nil
	}
}

// equals is true where the column, if it is not null, equals one of the encoded values.
func (c *column) equals(st *statement, kept []any, fold bool) string {
	if fold && c.foldable() {
		return in(st.engine.fold(c.text.expr), st.bindAll(&c.text, kept), len(kept))
	}
	equal := in(c.equal.expr, st.bindAll(&c.equal, kept), len(kept))
	if c.vague {
		equal += " AND " + in(c.text.expr, st.bindAll(&c.text, kept), len(kept))
	}
	return equal
}

func in(expr, placeholders string, n int) string {
	if n == 1 {
		return expr + " = " + placeholders
	}
	return expr + " IN (" + placeholders + ")"
}

func (m *mapping) compare(st *statement, c *column, w *store.Cond, sign string) (string, error) {
	switch c.Kind {
	case schema.String, schema.Number, schema.Date:
	default:
		return "", m.undefined(c, w.Op)
	}
	if w.Value == nil {
		return never, nil
	}
	kept, err := c.encode(folded(c, w, w.Value))
	if err != nil {
		return "", err
	}
	if w.Fold && c.foldable() {
		return st.engine.fold(c.text.expr) + sign + c.text.arg(st, kept), nil
	}
	return c.order.expr + sign + c.order.arg(st, kept), nil
}

func (m *mapping) search(st *statement, c *column, w *store.Cond) (string, error) {
	if c.Kind != schema.String {
		return "", m.undefined(c, w.Op)
	}
	if w.Value == nil {
		return never, nil
	}
	piece, ok := folded(c, w, w.Value).(string)
	if !ok {
		return "", fmt.Errorf("bunstore: column %q: a string cannot be a %T", c.Name, w.Value)
	}
	if checkText(piece) != nil {
		return never, nil //nolint:nilerr // no text has it in it
	}
	expr := c.text.expr
	if w.Fold && c.foldable() {
		expr = st.engine.fold(expr)
	}
	arg := c.text.arg(st, piece)
	switch w.Op {
	case store.OpContains:
		return st.engine.contains(expr, arg), nil
	case store.OpStartsWith:
		return st.engine.starts(expr, arg, st.engine.length(piece)), nil
	default:
		return st.engine.ends(expr, arg, st.engine.length(piece)), nil
	}
}

// foldable reports whether the column has letters that can be large and small.
func (c *column) foldable() bool {
	return c.Kind == schema.String && (c.form == asText || c.form == asEnum)
}

// folded returns v as it is compared: in lower case if the condition folds. A UUID is in lower case as it is kept.
func folded(c *column, w *store.Cond, v any) any {
	if s, ok := v.(string); ok && w.Fold && c.Kind == schema.String {
		return lower(s)
	}
	return v
}

// lower returns s with the ASCII capitals, and no others, in lower case. It goes by bytes, because what is not UTF-8 must
// stay recognisable.
func lower(s string) string {
	b := []byte(s)
	for i, ch := range b {
		if 'A' <= ch && ch <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

// orderBy returns the sort keys of a query, or "".
func (m *mapping) orderBy(e engine, keys []store.Order) (string, error) {
	parts := make([]string, len(keys))
	for i, k := range keys {
		c, err := m.column(k.Column)
		if err != nil {
			return "", err
		}
		if c.Kind >= schema.JSON {
			return "", fmt.Errorf("bunstore: table %q cannot be sorted by column %q, which is a %s", m.table.Name, c.Name, c.Kind)
		}
		parts[i] = e.sort(c.order.expr, k.Desc)
	}
	return strings.Join(parts, ", "), nil
}
