// Package bunstore keeps the library's data in SQLite, PostgreSQL, MySQL or MariaDB, through
// [github.com/uptrace/bun] and on a database handle that the app already has.
//
//	db, err := sqlite.Open("auth.db")         // or postgres.Open, mysql.Open, or any *sql.DB
//	auth, err := core.New(core.Config{Store: bunstore.New(db), …})
//
// The package links no driver. Its subpackages sqlite, postgres and mysql open a handle with the settings that suit,
// each with one driver; a handle made elsewhere is examined by [Store.Check], which says what to change.
//
// Tables may be those that [Store.Migrate] makes, which are better-auth's own, or tables that Drizzle, Prisma or a
// migration by hand has made: the store looks at each table once, and converts values to what its columns hold. It looks
// again when the database says that a table has changed; SQLite does not say so when only the type of a column did, and
// then the app has to be started again.
//
// Queries carry their values as placeholders, never as literals in the text, so a query hook of bun sees no secrets,
// and the driver may keep statements prepared. Query hooks of a handle given to [FromBun] see every statement but those
// of [Store.FindJoined], which is the hot path, and those that read the database's catalogue.
package bunstore
