package bunstore

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/uptrace/bun"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// Store is a store on a SQL database. It is safe for concurrent use. The database handle stays the app's, which closes
// it when it is done.
type Store struct {
	db         *bun.DB
	engine     engine
	dialect    Dialect
	schema     string // PostgreSQL's; empty is the search_path
	returning  bool   // statements that write may return rows
	plain      bool   // they may not, whatever the engine says
	unprepared bool
	err        error // what is wrong with the construction; every operation reports it

	mappings sync.Map // *schema.Table → *mapping
	joins    atomic.Pointer[[]*joinPlan]
	joining  sync.Mutex // held while joins changes
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.JoinFinder = (*Store)(nil)
	_ store.PageFinder = (*Store)(nil)
	_ store.Checker    = (*Store)(nil)
	_ store.IDMaker    = (*Store)(nil)
	_ store.Migrator   = (*Store)(nil)
)

// New returns a store on db. It does not talk to the database: [Store.Check] and every operation report what is wrong
// with db or with the options, as [store.ErrMisconfigured].
func New(db *sql.DB, options ...Option) *Store {
	s := &Store{}
	for _, o := range options {
		o(s)
	}
	if s.err = s.settle(db); s.err == nil {
		s.db = bun.NewDB(db, s.engine.bun())
	}
	return s
}

// FromBun is New for a handle of bun, whose query hooks then see the store's queries. The handle tells the dialect.
func FromBun(db *bun.DB, options ...Option) *Store {
	s := &Store{db: db}
	for _, o := range options {
		o(s)
	}
	if db == nil {
		s.err = s.settle(nil)
		return s
	}
	if s.dialect, s.err = fromBun(db.Dialect().Name()); s.err == nil {
		s.err = s.settle(db.DB)
	}
	return s
}

// settle derives the engine from the options and from the handle, and says what is wrong with them.
func (s *Store) settle(db *sql.DB) (err error) {
	if db == nil {
		return fmt.Errorf("bunstore: the database handle is nil: %w", store.ErrMisconfigured)
	}
	if s.dialect == 0 {
		if s.dialect, err = detect(db); err != nil {
			return err
		}
	}
	if s.engine = s.dialect.engine(); s.engine == nil {
		return fmt.Errorf("bunstore: WithDialect was given %d: use SQLite, PostgreSQL or MySQL: %w", s.dialect, store.ErrMisconfigured)
	}
	if s.schema != "" {
		if s.dialect != PostgreSQL {
			return fmt.Errorf("bunstore: WithSchema was given %q, but %s has no schemas: leave it out: %w", s.schema, s.dialect, store.ErrMisconfigured)
		}
		if err := checkSchemaName(s.schema); err != nil {
			return err
		}
		s.engine = postgresEngine{schema: s.schema}
	}
	s.returning = s.engine.returning() && !s.plain
	return nil
}

// checkSchemaName refuses what cannot be quoted, or what PostgreSQL would cut off.
func checkSchemaName(name string) error {
	if len(name) > 63 || strings.ContainsAny(name, "\"\x00") {
		return fmt.Errorf("bunstore: WithSchema was given %q: a name has at most 63 bytes and no quotes: %w", name, store.ErrMisconfigured)
	}
	return nil
}

// MakesIDs implements [store.IDMaker]: serial ids on every dialect, UUIDs on PostgreSQL, and text where the table has a
// default for it and an INSERT can return it.
func (s *Store) MakesIDs(ids schema.IDs) bool {
	switch ids {
	case schema.SerialIDs:
		return s.returning || s.dialect != PostgreSQL // whose drivers do not tell the last id
	case schema.UUIDs:
		return s.returning && s.dialect == PostgreSQL
	default:
		return s.returning
	}
}

// forget drops what is known about the live tables, to look again.
func (s *Store) forget() {
	s.mappings.Clear()
	s.forgetJoins()
}

// notFound is the error of an operation that needs a row.
func notFound(t *schema.Table) error {
	return fmt.Errorf("bunstore: table %q: %w", t.Name, store.ErrNotFound)
}
