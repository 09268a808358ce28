package model

import (
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// User is a row of the user table.
type User struct {
	ID string
	// Name is the display name.
	Name string
	// Email is lower case; it identifies the user at sign-in and is unique.
	Email         string
	EmailVerified bool
	// Image is the URL of a picture, or nil.
	Image     *string
	CreatedAt time.Time
	UpdatedAt time.Time
	// Extra holds the columns of plugins and of the app.
	Extra Extra
}

// userColumns is how many columns of the user table are fields of User, the id not counted. UserFromRow reads them by
// position, in the order of Schema.
const userColumns = 6

// ExtraUserColumns returns the columns of the user table that travel in [User.Extra].
func ExtraUserColumns(s *schema.Schema) []schema.Column {
	columns := s.Table(UserTable).Columns
	return columns[userColumns : len(columns)-1]
}

// UserFromRow reads a row in table order (see [schema.Table]) as a driver returned it.
func UserFromRow(t *schema.Table, row []any) (*User, error) {
	r := reader{t: t, row: row}
	u := &User{
		Name:          r.string(0),
		Email:         r.string(1),
		EmailVerified: r.bool(2),
		Image:         r.stringPtr(3),
		CreatedAt:     r.time(4),
		UpdatedAt:     r.time(5),
		ID:            r.string(len(t.Columns) - 1),
	}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	u.Extra, err = extraFrom(t, row, userColumns)
	return u, err
}

// UserFromRecord reads a record that a store returned.
func UserFromRecord(t *schema.Table, rec map[string]any) (*User, error) {
	return UserFromRow(t, Row(t, rec))
}

// Record returns all columns for a store.
func (u *User) Record() map[string]any {
	r := map[string]any{
		"id": u.ID, "name": u.Name, "email": u.Email, "emailVerified": u.EmailVerified,
		"image": deref(u.Image), "createdAt": u.CreatedAt, "updatedAt": u.UpdatedAt,
	}
	u.Extra.into(r)
	return r
}

// AppendJSON writes the user as clients see it: core's columns, those of Extra that are not hidden, the id last.
func (u *User) AppendJSON(dst []byte) ([]byte, error) {
	if u == nil {
		return append(dst, "null"...), nil
	}
	dst = append(dst, `{"name":`...)
	dst = wire.AppendString(dst, u.Name)
	dst = append(dst, `,"email":`...)
	dst = wire.AppendString(dst, u.Email)
	dst = append(dst, `,"emailVerified":`...)
	dst = appendBool(dst, u.EmailVerified)
	dst = append(dst, `,"image":`...)
	dst = appendStringPtr(dst, u.Image)
	dst = append(dst, `,"createdAt":`...)
	dst = wire.AppendTime(dst, u.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = wire.AppendTime(dst, u.UpdatedAt)
	dst, err := u.Extra.AppendMembers(dst)
	if err != nil {
		return dst, err
	}
	dst = append(dst, `,"id":`...)
	dst = wire.AppendString(dst, u.ID)
	return append(dst, '}'), nil
}

// AppendCachedJSON is AppendJSON with the members in the order in which better-auth answers from the cookie cache.
func (u *User) AppendCachedJSON(dst []byte) ([]byte, error) {
	dst = append(dst, `{"id":`...)
	dst = wire.AppendString(dst, u.ID)
	dst = append(dst, `,"createdAt":`...)
	dst = wire.AppendTime(dst, u.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = wire.AppendTime(dst, u.UpdatedAt)
	dst = append(dst, `,"email":`...)
	dst = wire.AppendString(dst, u.Email)
	dst = append(dst, `,"emailVerified":`...)
	dst = appendBool(dst, u.EmailVerified)
	dst = append(dst, `,"name":`...)
	dst = wire.AppendString(dst, u.Name)
	dst = append(dst, `,"image":`...)
	dst = appendStringPtr(dst, u.Image)
	dst, err := u.Extra.AppendMembers(dst)
	return append(dst, '}'), err
}

// MarshalJSON writes the user as AppendJSON does, for apps that encode it with encoding/json.
func (u *User) MarshalJSON() ([]byte, error) { return u.AppendJSON(nil) }
