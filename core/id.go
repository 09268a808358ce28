package core

import (
	"crypto/rand"
	"fmt"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
)

// IDConfig says how the ids of rows are made. They are strings in records and in JSON, whatever they are in the database.
type IDConfig struct {
	// Kind is what ids are in the database. The default is schema.TextIDs.
	Kind schema.IDs
	// Generate makes the id of a new row of the table with that logical name; "" leaves it to the database. The default
	// goes by Kind: 32 random letters and digits for text; a random UUID, unless the database makes those itself; nothing
	// for serial ids, which the database counts.
	Generate func(table string) string
	// Database leaves every id to the database, whatever the kind. Its tables need defaults then that make them.
	Database bool
}

// makesIDs reports whether the store makes ids of that kind for records that have none.
func makesIDs(s store.Store, kind schema.IDs) bool {
	maker, ok := s.(store.IDMaker)
	return ok && maker.MakesIDs(kind)
}

// validate says what is wrong with the configuration for a store.
func (c *IDConfig) validate(s store.Store) error {
	switch {
	case c.Kind > schema.SerialIDs:
		return fmt.Errorf("Config.IDs.Kind is %d: use schema.TextIDs, schema.UUIDs or schema.SerialIDs", c.Kind)
	case c.Database && c.Generate != nil:
		return fmt.Errorf("Config.IDs has both Generate and Database: set one of them")
	case c.Database && !makesIDs(s, c.Kind):
		return fmt.Errorf("Config.IDs.Database is set, but %T makes no ids of the kind %v: leave it out, or use another store", s, c.Kind)
	case c.Kind == schema.SerialIDs && c.Generate == nil && !makesIDs(s, c.Kind):
		return fmt.Errorf("Config.IDs.Kind is SerialIDs, but %T does not count rows: set Generate, or use another store", s)
	}
	return nil
}

// generator returns the function that makes ids. It returns "" where the database does.
func (c *IDConfig) generator(s store.Store) func(table string) string {
	switch {
	case c.Database:
		return func(string) string { return "" }
	case c.Generate != nil:
		return c.Generate
	case c.Kind == schema.SerialIDs, c.Kind == schema.UUIDs && makesIDs(s, c.Kind):
		return func(string) string { return "" }
	case c.Kind == schema.UUIDs:
		return func(string) string { return newUUID() }
	default:
		return func(string) string { return secret.ID() }
	}
}

// newID makes the id of a new row of the table with that logical name. It is empty if the database makes it: a record
// then goes to the store without one, and the row that comes back has it.
func (a *Auth) newID(table string) string { return a.makeID(table) }

// newUUID returns a random UUID (RFC 9562 §5.4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// isRandomText reports whether an id looks like one of [secret.ID]: it means nothing then, and another may take its
// place.
func isRandomText(id string) bool {
	if len(id) != 32 {
		return false
	}
	for i := range len(id) {
		switch ch := id[i]; {
		case '0' <= ch && ch <= '9', 'a' <= ch && ch <= 'z', 'A' <= ch && ch <= 'Z':
		default:
			return false
		}
	}
	return true
}

// randomID makes an id where no database could.
func (a *Auth) randomID() string { return secret.ID() }
