package core

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// The errors of columns that plugins and the app add.
var (
	ErrFieldNotAllowed = NewError(400, "FIELD_NOT_ALLOWED", "Field not allowed to be set")
	ErrMissingField    = NewError(400, "MISSING_FIELD", "Field is required")
)

// UserInput reads the columns of the user table that are not core's from what a client sent besides the members that an
// endpoint declares; rest may be nil. Members that are no columns are ignored, and so are core's own.
//
// A column that clients may not set (Column.Input) is refused if they try. On create, absent columns get their default,
// and one that is required and has none is missing. Values go through the column's validator or else its transform.
func (a *Auth) UserInput(rest *wire.Object, create bool) (model.Extra, error) {
	return a.ColumnInput(a.extraUserColumns, rest, create)
}

// SessionInput reads the columns of the session table that are not core's from what a client sent to change them. It is
// empty if there are none. The rules are those of UserInput.
func (a *Auth) SessionInput(rest *wire.Object) (model.Extra, error) {
	return a.ColumnInput(a.extraSessionColumns, rest, false)
}

// ColumnInput reads columns of any table from what a client sent, by the rules of UserInput: those that the app has added to
// a plugin's table, say. rest may be nil.
func (a *Auth) ColumnInput(columns []schema.Column, rest *wire.Object, create bool) (model.Extra, error) {
	var out model.Extra
	for i := range columns {
		c := &columns[i]
		var v any
		var sent bool
		if rest != nil {
			v, sent = rest.Get(c.Name)
		}
		switch {
		case sent && c.Input:
			value, err := a.clientValue(c, plain(v))
			if err != nil {
				return nil, err
			}
			out.Set(c.Name, value)
		case create && c.Default != nil:
			out.Set(c.Name, c.Default(a.Now()))
		case sent && truthy(v):
			return nil, ErrFieldNotAllowed.WithMessage(c.Name + " is not allowed to be set")
		case sent: // what is false or empty is as good as not sent
		case create && c.Required:
			return nil, ErrMissingField.WithMessage(c.Name + " is required")
		}
	}
	return out, nil
}

// clientValue judges a value for a column that a client may set.
func (a *Auth) clientValue(c *schema.Column, v any) (any, error) {
	value, misfit := fit(c, v)
	if misfit == nil {
		v = value
	}
	var err error
	switch {
	case c.Validate != nil:
		v, err = c.Validate(v)
		if err != nil {
			return nil, validationError(err)
		}
	case c.Transform.Input != nil:
		v, err = c.Transform.Input(v)
		if err != nil {
			return nil, err
		}
	case misfit != nil:
		return nil, ErrValidation.WithMessage(fmt.Sprintf("[body.%s] Invalid input: expected %s", c.Name, c.Kind))
	}
	if value, err = fit(c, v); err == nil {
		v = value
	} else if c.Transform.Input == nil { // which has the last word, on the way into the database
		return nil, ErrValidation.WithMessage(fmt.Sprintf("[body.%s] Invalid input: expected %s", c.Name, c.Kind))
	}
	if a.Hardened() {
		if problem := outOfBounds(c, v); problem != "" {
			return nil, ErrValidation.WithMessage("[body." + c.Name + "] " + problem)
		}
	}
	return v, nil
}

// maxTextLength is the MaxLength of columns that have none.
const maxTextLength = 16384

// outOfBounds says what is wrong with a value that has the right type, or nothing.
func outOfBounds(c *schema.Column, v any) string {
	most := c.MaxLength
	if most <= 0 {
		most = maxTextLength
	}
	var texts []string
	switch v := v.(type) {
	case string:
		if len(c.Enum) > 0 && !slices.Contains(c.Enum, v) {
			return `Invalid option: expected one of "` + strings.Join(c.Enum, `"|"`) + `"`
		}
		texts = []string{v}
	case []string:
		texts = v
	}
	for _, s := range texts {
		if len(s) > most && password.UTF16Len(s) > most {
			return fmt.Sprintf("Too big: expected string to have <=%d characters", most)
		}
	}
	return ""
}

// validationError is the answer to what a validator refused: its own error for clients, or its text.
func validationError(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	text := err.Error()
	if text == "" {
		text = "Validation Error"
	}
	return ErrValidation.WithMessage(text)
}
