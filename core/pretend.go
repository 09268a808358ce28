package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
)

// Pretend returns a user as CreateUser would, without creating one: for answers that must not show that an address is
// taken. Nobody has the id that it has, and where the database counts, mostly nobody will.
func (a *Auth) Pretend(ctx context.Context, u model.User) *model.User {
	now := a.Now()
	u.Email, u.CreatedAt, u.UpdatedAt = NormalizeEmail(u.Email), now, now
	if u.ID = a.newID(model.UserTable); u.ID == "" {
		u.ID = a.unusedID(ctx, u)
	}
	return a.Shaped(&u)
}

var errPretended = errors.New("core: nobody is created")

// unusedID makes the database give an id to a user who then is not created after all. An id made here would look like
// none of the others. Values that have to be unique are replaced, since some of them are taken.
func (a *Auth) unusedID(ctx context.Context, u model.User) string {
	rec := u.Record()
	for i := range a.tables.user.Columns {
		c := &a.tables.user.Columns[i]
		switch {
		case c.Name == schema.ID:
			delete(rec, c.Name)
		case !c.Unique:
		case c.Kind == schema.String && c.References == nil:
			rec[c.Name] = secret.ID()
		default:
			delete(rec, c.Name)
		}
	}
	var made *model.User
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		rec, err := a.store.Create(ctx, a.tables.user, rec)
		if err == nil {
			made, err = model.UserFromRecord(a.tables.user, rec)
		}
		return errors.Join(errPretended, err)
	})
	if made != nil {
		return made.ID
	}
	a.config.Logger.ErrorContext(ctx, "no id could be made for a user who is not created", "error", err)
	if a.tables.user.IDs == schema.UUIDs {
		return newUUID()
	}
	return secret.ID()
}
