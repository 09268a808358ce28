package core

import (
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// encode writes a session with all of its columns and its user's, also those that clients do not see.
func (p *storedSessions) encode(s *ActiveSession) (string, error) {
	session := wire.NewObject()
	rec := s.Session.Record()
	for _, name := range [...]string{"id", "ipAddress", "userAgent", "expiresAt", "userId", "token", "createdAt", "updatedAt"} {
		session.Set(name, rec[name])
	}
	for i := range s.Session.Extra {
		session.Set(s.Session.Extra[i].Name, s.Session.Extra[i].Value)
	}
	value := wire.NewObject()
	value.Set("session", session)
	value.Set("user", object(p.auth.tables.user, s.User.Record()))
	text, err := wire.Append(nil, value)
	return string(text), err
}

// object lays a record out in the order of its table.
func object(t *schema.Table, rec store.Record) *wire.Object {
	o := wire.NewObject()
	for i := range t.Columns {
		if v, ok := rec[t.Columns[i].Name]; ok {
			o.Set(t.Columns[i].Name, v)
		}
	}
	return o
}

// withMembers sets members of one of the two objects in a value. Members that are no columns here stay.
func withMembers(value, part string, t *schema.Table, set store.Record) (string, error) {
	v, err := wire.Parse([]byte(value), wire.Limits{})
	if err != nil {
		return "", err
	}
	whole, _ := v.(*wire.Object)
	o, ok := member(whole, part).(*wire.Object)
	if !ok {
		return "", storage.ErrNotFound
	}
	for i := range t.Columns {
		if v, ok := set[t.Columns[i].Name]; ok {
			o.Set(t.Columns[i].Name, v)
		}
	}
	text, err := wire.Append(nil, whole)
	return string(text), err
}

// decode reads a value. What is no session, or another one's, is nil.
func (p *storedSessions) decode(token, value string) *ActiveSession {
	v, err := wire.Parse([]byte(value), wire.Limits{})
	if err != nil {
		return nil
	}
	whole, _ := v.(*wire.Object)
	t := &p.auth.tables
	session, err := model.SessionFromRecord(t.readSession, record(t.readSession, member(whole, "session")))
	if err != nil || session.Token != token || session.UserID == "" {
		return nil
	}
	user, err := model.UserFromRecord(t.readUser, record(t.readUser, member(whole, "user")))
	if err != nil || user.ID != session.UserID {
		return nil
	}
	return &ActiveSession{Session: session, User: user}
}

// record reads a parsed JSON object as a record of a table.
func record(t *schema.Table, v any) store.Record {
	o, _ := v.(*wire.Object)
	rec := store.Record{}
	for i := range t.Columns {
		c := &t.Columns[i]
		v, ok := o.Get(c.Name)
		if !ok {
			continue
		}
		if rec[c.Name] = plain(v); c.Kind == schema.JSON {
			if text, err := wire.Append(nil, v); err == nil { // as a database would give it: a string may be JSON, too
				rec[c.Name] = string(text)
			}
		}
	}
	return rec
}

func member(o *wire.Object, name string) any {
	v, _ := o.Get(name)
	return v
}
