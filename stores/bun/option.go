package bunstore

// IDs is how the ids of the tables that [Store.Migrate] creates are kept, and the columns that refer to them
// (better-auth: advanced.database.generateId).
type IDs uint8

// The kinds of ids. Tables that exist are used as they are, whatever is set here.
const (
	// TextIDs are made by the library. This is the default.
	TextIDs IDs = iota
	// UUIDs have the type uuid and a random default on PostgreSQL, and are text elsewhere.
	UUIDs
	// SerialIDs are integers that the database counts. In records they are strings of digits.
	SerialIDs
)

// Option changes a setting of a store.
type Option func(*Store)

// WithDialect says what kind of database a handle talks to whose driver the store does not know, such as one that is
// wrapped for tracing. The default is to tell it by the driver.
func WithDialect(d Dialect) Option { return func(s *Store) { s.dialect = d } }

// WithIDs says how the tables that Migrate creates keep their ids. The default is TextIDs.
func WithIDs(ids IDs) Option { return func(s *Store) { s.ids = ids } }

// WithoutPreparedStatements makes FindJoined send its query as text each time. It is for handles behind a connection
// pooler that gives every transaction another connection, where the driver does not care for that itself; pgx does, by
// its setting default_query_exec_mode. The default is to prepare the query once for each connection.
func WithoutPreparedStatements() Option { return func(s *Store) { s.unprepared = true } }
