package model

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/cardea-auth/cardea/core/schema"
)

// As returns a user or session as a struct of the app's own. Fields take the columns that their db tags name, core's and
// those in Extra alike; null leaves the zero value.
//
//	type AppUser struct {
//		ID    string `db:"id"`
//		Email string `db:"email,existing"`
//		Plan  string `db:"plan,default=free,returned"`
//	}
//
//	user, err := model.As[AppUser](session.User)
//
// The same struct declares the columns: schema.Of[AppUser]("user") in Config.Schema. The error tells which column is
// missing or does not fit its field. As panics if T is not such a struct, as [schema.Of] does. What reflection has to find
// out about T is found out once.
func As[T any, M *User | *Session](m M) (T, error) {
	var v T
	var r row
	switch m := any(m).(type) {
	case *User:
		r = m
	case *Session:
		r = m
	}
	if reflect.ValueOf(r).IsNil() {
		return v, fmt.Errorf("model: no %s to read as %v", r.table(), reflect.TypeFor[T]())
	}
	rv := reflect.ValueOf(&v).Elem()
	fields := fieldsOf(reflect.TypeFor[T]())
	for i := range fields {
		name := fields[i].Column.Name
		value, ok := r.column(name)
		if !ok {
			return v, fmt.Errorf("model: the %s has no column %q, which %v reads: declare it, with schema.Of[%v] in Config.Schema or by hand",
				r.table(), name, reflect.TypeFor[T](), reflect.TypeFor[T]())
		}
		if err := fields[i].Set(rv, value); err != nil {
			return v, fmt.Errorf("model: the %s as %v: %w", r.table(), reflect.TypeFor[T](), err)
		}
	}
	return v, nil
}

// Patch returns the columns in which two values of a struct with db tags differ, as they are in after: what to give to
// core.Auth.UpdateUser so that before becomes after. The id is never among them. Both are as [As] returned them.
func Patch[T any](before, after T) map[string]any {
	set := map[string]any{}
	b, a := reflect.ValueOf(&before).Elem(), reflect.ValueOf(&after).Elem()
	fields := fieldsOf(reflect.TypeFor[T]())
	for i := range fields {
		name := fields[i].Column.Name
		if name == schema.ID {
			continue
		}
		if v := fields[i].Get(a); !reflect.DeepEqual(v, fields[i].Get(b)) {
			set[name] = v
		}
	}
	return set
}

// row is a model as its columns.
type row interface {
	table() string
	column(name string) (value any, ok bool)
}

func (u *User) table() string    { return UserTable }
func (s *Session) table() string { return SessionTable }

func (u *User) column(name string) (any, bool) {
	switch name {
	case schema.ID:
		return u.ID, true
	case "name":
		return u.Name, true
	case "email":
		return u.Email, true
	case "emailVerified":
		return u.EmailVerified, true
	case "image":
		return deref(u.Image), true
	case "createdAt":
		return u.CreatedAt, true
	case "updatedAt":
		return u.UpdatedAt, true
	}
	return u.Extra.Get(name)
}

func (s *Session) column(name string) (any, bool) {
	switch name {
	case schema.ID:
		return s.ID, true
	case "token":
		return s.Token, true
	case "userId":
		return s.UserID, true
	case "expiresAt":
		return s.ExpiresAt, true
	case "createdAt":
		return s.CreatedAt, true
	case "updatedAt":
		return s.UpdatedAt, true
	case "ipAddress":
		return deref(s.IPAddress), true
	case "userAgent":
		return deref(s.UserAgent), true
	}
	return s.Extra.Get(name)
}

var knownFields sync.Map // reflect.Type → []schema.Field

func fieldsOf(t reflect.Type) []schema.Field {
	if known, ok := knownFields.Load(t); ok {
		return known.([]schema.Field)
	}
	fields := schema.Fields(t)
	knownFields.Store(t, fields)
	return fields
}
