package store

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/schema"
)

// Record is one row: logical column names to values. Values given to a store have the Go types of their column's
// [schema.Kind], or are nil. Values that come out are what the driver returned: [schema.Column.Normalize] reads them.
type Record = map[string]any

// Sentinels. A store wraps the driver's error with them, so that errors.Is finds both.
var (
	// ErrNotFound says that no row matches.
	ErrNotFound = errors.New("store: not found")
	// ErrConflict says that a unique constraint refused the write.
	ErrConflict = errors.New("store: unique conflict")
	// ErrInvalid says that the database cannot hold a value: text that is too long for its column, a NUL or invalid
	// UTF-8 where it takes none, a number out of range, null in a required column. Nothing was written.
	ErrInvalid = errors.New("store: value refused")
	// ErrMisconfigured says that the database, or the handle to it, has a setting with which the store would be
	// wrong rather than slow. The error's text says which, and what to set instead.
	ErrMisconfigured = errors.New("store: misconfigured database")
)

// Store is everything a store author writes. All methods are safe for concurrent use, honour the context, run in the
// transaction that the context carries (see InTx), and return ErrNotFound, ErrConflict and ErrInvalid where they are
// said to; every other error is the driver's, wrapped.
type Store interface {
	// FindOne returns the first row that matches, by q.OrderBy, or ErrNotFound. q.Limit is ignored.
	FindOne(ctx context.Context, q Query) (Record, error)
	// FindMany returns the rows that match, an empty slice if none does.
	FindMany(ctx context.Context, q Query) ([]Record, error)
	// Count returns how many rows match. Order, limit and offset are ignored.
	Count(ctx context.Context, q Query) (int64, error)
	// Create inserts a row and returns it as stored, with the columns that the database filled. Columns that are
	// absent from r are left to the database. ErrConflict if a unique constraint refuses, ErrInvalid if a value
	// does not fit its column.
	Create(ctx context.Context, t *schema.Table, r Record) (Record, error)
	// Update sets columns on every row that matches and returns how many matched, also those that already had the
	// values. Order, limit and offset are ignored. ErrConflict and ErrInvalid as in Create; then no row changed.
	Update(ctx context.Context, q Query, set Record) (int64, error)
	// Delete removes every row that matches and returns how many there were. Order, limit and offset are ignored.
	Delete(ctx context.Context, q Query) (int64, error)
	// ConsumeOne removes the first row that matches, by q.OrderBy, and returns it. Of any number of concurrent
	// calls for one row, exactly one gets it; the others get ErrNotFound. q.Limit and q.Offset are ignored.
	ConsumeOne(ctx context.Context, q Query) (Record, error)
	// IncrementOne adds by to a Number column of the one row that matches and returns the row as it is then. The
	// conditions of q are the guard, judged and applied in one step: "attempts < 5" lets through five callers of
	// fifty. ErrNotFound if no row matches. NULL counts as zero. If several rows match, one of them is changed.
	IncrementOne(ctx context.Context, q Query, column string, by int64) (Record, error)
	// InTx runs fn in a transaction: everything that fn does through the context it is given happens, or, if fn
	// returns an error or panics, none of it. A nested InTx joins the outer one; if its fn fails, the outer one is
	// undone too, and returns an error even if its own fn does not. After ErrConflict or ErrInvalid from a write the
	// only thing to do is to return it: some databases accept nothing else then, and do not commit. Callbacks of
	// [AfterCommit] run once the outermost has committed; implementations get that from [WithCommitHooks].
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Join is the question of the hottest query: one row of Left by a unique column, with the row of Right that it refers
// to.
type Join struct {
	Left, Right *schema.Table
	// Key is the logical name of the unique column of Left that is looked up.
	Key string
	// And is the logical name of a second column that has to match, where Key alone is not unique; empty for none.
	And string
	// On is the logical name of the column of Left that holds the id of Right.
	On string
}

// JoinFinder is what a store may offer besides Store: the join in one statement, prepared once.
//
// FindJoined returns the values of the two rows in the order of their tables' Columns, as the driver gave them; the
// caller owns the slices. ErrNotFound if there is no such left row, or no right row for it. It runs outside of any
// transaction that the context carries only if the store cannot do otherwise.
type JoinFinder interface {
	//
	// keys are the values of j.Key and, where there is one, j.And. Two columns need not be unique together: if several left
	// rows match, that is an error.
	FindJoined(ctx context.Context, j *Join, keys ...string) (left, right []any, err error)
}

// IDMaker is what a store may offer besides Store: ids for records that are created without one. MakesIDs reports whether
// it does that in tables with ids of that kind, always or, for [schema.TextIDs], if the table has a default for them.
type IDMaker interface {
	MakesIDs(ids schema.IDs) bool
}

// Checker is what a store may offer besides Store: Check looks at the database and its settings before anything else
// uses them. It returns ErrMisconfigured, wrapped, for a setting that breaks correctness. Core calls it in New, and
// there takes any other error as a database that is merely away.
type Checker interface {
	Check(ctx context.Context) error
}

// Plan is what a migration would do.
type Plan struct {
	// Statements are the SQL statements, in order, without trailing semicolons. Empty if nothing is missing.
	Statements []string
	// Warnings tell what the migration leaves alone although it looks wrong, in words that say what to do.
	Warnings []string
}

// Migrator is what a store with tables offers besides Store.
type Migrator interface {
	// MigrationPlan compares the live database with s and changes nothing.
	MigrationPlan(ctx context.Context, s *schema.Schema) (Plan, error)
	// Migrate creates what is missing: tables, columns, indexes. It never removes or alters anything. Rows that are
	// there get a new column's default if the column is required and its default is always the same, and null
	// otherwise. Any number of processes may call it at once.
	Migrate(ctx context.Context, s *schema.Schema) error
}
