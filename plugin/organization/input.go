package organization

import (
	"fmt"
	"math"
	"strconv"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// columns reads the columns that the app has added to a table from what a client sent at a place of the body: "" or "data.".
func (p *Plugin) columns(x *core.Exchange, table, at string, rest *wire.Object, create bool) (model.Extra, error) {
	columns := p.tables.inputs[table]
	for i := range columns {
		if got := misfit(&columns[i], rest, create); got != "" {
			return nil, core.ErrValidation.WithMessage(fmt.Sprintf("[body.%s%s] Invalid input: expected %s, received %s",
				at, columns[i].Name, columns[i].Kind, got))
		}
	}
	return x.Auth().ColumnInput(columns, rest, create)
}

// misfit returns what a client sent for a column if it is of another type, in zod's words, or "".
func misfit(c *schema.Column, rest *wire.Object, create bool) (got string) {
	v, sent := rest.Get(c.Name)
	fits := false
	switch v := v.(type) {
	case nil:
		switch {
		case sent && c.Required:
			return "null"
		case !sent && create && c.Required && c.Default == nil:
			return "undefined"
		}
		return ""
	case string:
		got, fits = "string", c.Kind == schema.String || c.Kind == schema.Date
	case float64:
		got, fits = "number", c.Kind == schema.Number && v == math.Trunc(v)
	case bool:
		got, fits = "boolean", c.Kind == schema.Boolean
	case []any:
		got, fits = "array", c.Kind == schema.StringArray || c.Kind == schema.NumberArray
	default:
		got = "object"
	}
	if fits || c.Kind == schema.JSON || c.Validate != nil || c.Transform.Input != nil {
		return ""
	}
	return got
}

// The longest texts that clients may have stored, in UTF-16 units. 255 is what the contract's columns on MySQL hold.
const (
	maxName     = 255
	maxLogo     = 2048
	maxTeams    = 2048 // the ids of an invitation, with commas between
	maxMetadata = 16384
)

// bound is a text that a client wants stored.
type bound struct {
	name, text string
	most       int
}

// checkBounds refuses texts that are too long. Upstream has no such limits, so Exact does not ask.
func checkBounds(x *core.Exchange, texts ...bound) error {
	if !x.Hardened() {
		return nil
	}
	for _, b := range texts {
		if len(b.text) > b.most && password.UTF16Len(b.text) > b.most {
			return core.ErrValidation.WithMessage(fmt.Sprintf("[body.%s] Too big: expected string to have <=%d characters", b.name, b.most))
		}
	}
	return nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// encoded returns the text of a JSON value, or nil for none.
func encoded(o *wire.Object) (*string, error) {
	if o == nil {
		return nil, nil
	}
	b, err := wire.Append(nil, o)
	if err != nil {
		return nil, fmt.Errorf("organization: metadata: %w", err)
	}
	s := string(b)
	return &s, nil
}

// Count is a number in a query: how many, or from where on. What is no number, or negative, is as good as none.
type Count int

// ReadJSON reads a number, or the text of one.
func (c *Count) ReadJSON(v any) (issue string) {
	switch v := v.(type) {
	case string:
		n, err := strconv.Atoi(v)
		if err == nil && n > 0 {
			*c = Count(n)
		}
		return ""
	case float64:
		if v > 0 && v <= math.MaxInt32 {
			*c = Count(v)
		}
		return ""
	}
	return "Invalid input"
}
