package bunstore

// Option changes a setting of a store.
type Option func(*Store)

// WithDialect says what kind of database a handle talks to whose driver the store does not know, such as one that is
// wrapped for tracing. The default is to tell it by the driver.
func WithDialect(d Dialect) Option { return func(s *Store) { s.dialect = d } }

// WithSchema says in which schema of a PostgreSQL database the tables are, and Migrate creates it if it is missing. The
// default is to find tables along the search_path, and to create them in its first schema. Other databases have no such
// schemas, and refuse it.
func WithSchema(name string) Option { return func(s *Store) { s.schema = name } }

// WithoutPreparedStatements makes FindJoined send its query as text each time. It is for handles behind a connection
// pooler that gives every transaction another connection, where the driver does not care for that itself; pgx does, by
// its setting default_query_exec_mode. The default is to prepare the query once for each connection.
func WithoutPreparedStatements() Option { return func(s *Store) { s.unprepared = true } }
