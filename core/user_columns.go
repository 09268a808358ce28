package core

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// UserColumns reads columns of the user table from what somebody sent who may set those of other people: core's as well as
// additional ones, whether or not clients may set them. Members that are no columns are ignored, and so is the id.
// Values go through the column's validator or else its transform; null is refused where a value is required. Whether
// the caller may set all of them is not asked here.
func (a *Auth) UserColumns(data *wire.Object) (store.Record, error) {
	out := store.Record{}
	for i := range a.tables.user.Columns {
		c := &a.tables.user.Columns[i]
		v, sent := data.Get(c.Name)
		if !sent || c.Name == schema.ID {
			continue
		}
		value, err := a.clientValue(c, plain(v))
		if err != nil {
			return nil, err
		}
		if value == nil && c.Required {
			return nil, ErrValidation.WithMessage(fmt.Sprintf("[body.%s] Invalid input: expected %s", c.Name, c.Kind))
		}
		out[c.Name] = value
	}
	return out, nil
}
