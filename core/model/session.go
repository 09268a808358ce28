package model

import (
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/wire"
)

// Session is a row of the session table.
type Session struct {
	ID string
	// Token is the secret that the session cookie carries, signed. Whoever has it has the session.
	Token     string
	UserID    string
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	// IPAddress is the client's address at sign-in; empty if unknown, nil if the column is null.
	IPAddress *string
	// UserAgent is the client's User-Agent header at sign-in; empty if there was none, nil if the column is null.
	UserAgent *string
	// Extra holds the columns of plugins and of the app.
	Extra Extra
}

// sessionColumns is how many columns of the session table are fields of Session, the id not counted. SessionFromRow
// reads them by position, in the order of Schema.
const sessionColumns = 7

// ExtraSessionColumns returns the columns of the session table that travel in [Session.Extra].
func ExtraSessionColumns(s *schema.Schema) []schema.Column {
	columns := s.Table(SessionTable).Columns
	return columns[sessionColumns : len(columns)-1]
}

// SessionFromRow reads a row in table order (see [schema.Table]) as a driver returned it.
func SessionFromRow(t *schema.Table, row []any) (*Session, error) {
	r := reader{t: t, row: row}
	s := &Session{
		ExpiresAt: r.time(0),
		Token:     r.string(1),
		CreatedAt: r.time(2),
		UpdatedAt: r.time(3),
		IPAddress: r.stringPtr(4),
		UserAgent: r.stringPtr(5),
		UserID:    r.string(6),
		ID:        r.string(len(t.Columns) - 1),
	}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	s.Extra, err = extraFrom(t, row, sessionColumns)
	return s, err
}

// SessionFromRecord reads a record that a store returned.
func SessionFromRecord(t *schema.Table, rec map[string]any) (*Session, error) {
	return SessionFromRow(t, Row(t, rec))
}

// Record returns all columns for a store.
func (s *Session) Record() map[string]any {
	r := map[string]any{
		"id": s.ID, "token": s.Token, "userId": s.UserID, "expiresAt": s.ExpiresAt, "createdAt": s.CreatedAt,
		"updatedAt": s.UpdatedAt, "ipAddress": deref(s.IPAddress), "userAgent": deref(s.UserAgent),
	}
	s.Extra.into(r)
	return r
}

// AppendJSON writes the session as clients see it: core's columns, those of Extra that are not hidden, the id last.
func (s *Session) AppendJSON(dst []byte) ([]byte, error) {
	if s == nil {
		return append(dst, "null"...), nil
	}
	dst = append(dst, `{"expiresAt":`...)
	dst = wire.AppendTime(dst, s.ExpiresAt)
	dst = append(dst, `,"token":`...)
	dst = wire.AppendString(dst, s.Token)
	dst = append(dst, `,"createdAt":`...)
	dst = wire.AppendTime(dst, s.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = wire.AppendTime(dst, s.UpdatedAt)
	dst = append(dst, `,"ipAddress":`...)
	dst = appendStringPtr(dst, s.IPAddress)
	dst = append(dst, `,"userAgent":`...)
	dst = appendStringPtr(dst, s.UserAgent)
	dst = append(dst, `,"userId":`...)
	dst = wire.AppendString(dst, s.UserID)
	dst, err := s.Extra.AppendMembers(dst)
	if err != nil {
		return dst, err
	}
	dst = append(dst, `,"id":`...)
	dst = wire.AppendString(dst, s.ID)
	return append(dst, '}'), nil
}

// AppendCachedJSON is AppendJSON with the members in the order in which better-auth answers from the cookie cache.
func (s *Session) AppendCachedJSON(dst []byte) ([]byte, error) {
	dst = append(dst, `{"id":`...)
	dst = wire.AppendString(dst, s.ID)
	dst = append(dst, `,"createdAt":`...)
	dst = wire.AppendTime(dst, s.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = wire.AppendTime(dst, s.UpdatedAt)
	dst = append(dst, `,"userId":`...)
	dst = wire.AppendString(dst, s.UserID)
	dst = append(dst, `,"expiresAt":`...)
	dst = wire.AppendTime(dst, s.ExpiresAt)
	dst = append(dst, `,"token":`...)
	dst = wire.AppendString(dst, s.Token)
	dst = append(dst, `,"ipAddress":`...)
	dst = appendStringPtr(dst, s.IPAddress)
	dst = append(dst, `,"userAgent":`...)
	dst = appendStringPtr(dst, s.UserAgent)
	dst, err := s.Extra.AppendMembers(dst)
	return append(dst, '}'), err
}

// MarshalJSON writes the session as AppendJSON does, for apps that encode it with encoding/json.
func (s *Session) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil) }
