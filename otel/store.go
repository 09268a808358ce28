package authotel

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// Store returns a store that does what s does, with a span for each call: "db findOne user", with the operation and the
// table and nothing of what was asked or found. What s offers besides [store.Store] the returned one offers too:
// [store.JoinFinder] and [store.Migrator] if s does, [store.PageFinder], [store.Checker] and [store.IDMaker] always. Safe for
// concurrent use.
//
// The spans are of the calls that core and plugins make. For the statements behind them add the instrumentation of the
// driver; theirs become children of these.
func Store(s store.Store, o Options) store.Store {
	t := &tracedStore{store: s, tracer: o.tracer()}
	joins, hasJoins := s.(store.JoinFinder)
	migrates, hasMigrations := s.(store.Migrator)
	switch {
	case hasJoins && hasMigrations:
		return struct {
			*tracedStore
			tracedJoins
			tracedMigrations
		}{t, tracedJoins{joins, t}, tracedMigrations{migrates, t}}
	case hasJoins:
		return struct {
			*tracedStore
			tracedJoins
		}{t, tracedJoins{joins, t}}
	case hasMigrations:
		return struct {
			*tracedStore
			tracedMigrations
		}{t, tracedMigrations{migrates, t}}
	default:
		return t
	}
}

type tracedStore struct {
	store  store.Store
	tracer trace.Tracer
	tables sync.Map // *schema.Table to *tableSpans
}

// MakesIDs implements [store.IDMaker]: it says what the store within makes.
func (s *tracedStore) MakesIDs(kind schema.IDs) bool {
	maker, ok := s.store.(store.IDMaker)
	return ok && maker.MakesIDs(kind)
}

// operation is a call of a store, by better-auth's name where it has one.
type operation uint8

const (
	opFindOne operation = iota
	opFindMany
	opPage
	opCount
	opCreate
	opUpdate
	opDelete
	opConsume
	opIncrement
	opJoin
	operations
)

var operationNames = [operations]string{"findOne", "findMany", "findPage", "count", "create", "updateMany", "deleteMany", "consumeOne", "incrementOne", "findJoined"}

// tableSpans is what the spans of a table begin with, made once.
type tableSpans [operations]struct {
	name  string
	start []trace.SpanStartOption
}

func (s *tracedStore) spansOf(t *schema.Table) *tableSpans {
	if v, ok := s.tables.Load(t); ok {
		return v.(*tableSpans)
	}
	name := "" // a query without a table is an error, which is the store's to return
	if t != nil {
		name = t.Name
	}
	spans := new(tableSpans)
	for i := range spans {
		op := operationNames[i]
		spans[i].name = "db " + op + " " + name
		spans[i].start = []trace.SpanStartOption{trace.WithAttributes(attrDBOp.String(op), attrDBTable.String(name))}
	}
	v, _ := s.tables.LoadOrStore(t, spans)
	return v.(*tableSpans)
}

func (s *tracedStore) begin(ctx context.Context, op operation, t *schema.Table) (context.Context, trace.Span) {
	spans := &s.spansOf(t)[op]
	return s.tracer.Start(ctx, spans.name, spans.start...)
}

// FindOne is that of the store behind it, as all the methods are.
func (s *tracedStore) FindOne(ctx context.Context, q store.Query) (r store.Record, err error) {
	ctx, span := s.begin(ctx, opFindOne, q.Table)
	defer func() { endSpan(span, err) }()
	return s.store.FindOne(ctx, q)
}

func (s *tracedStore) FindMany(ctx context.Context, q store.Query) (r []store.Record, err error) {
	ctx, span := s.begin(ctx, opFindMany, q.Table)
	defer func() { endSpan(span, err) }()
	return s.store.FindMany(ctx, q)
}

// FindPage is one call also where the store behind it is no [store.PageFinder].
func (s *tracedStore) FindPage(ctx context.Context, q store.PageQuery) (p store.Page, err error) {
	ctx, span := s.begin(ctx, opPage, q.Table)
	defer func() { endSpan(span, err) }()
	return store.FindPage(ctx, s.store, q)
}

func (s *tracedStore) Count(ctx context.Context, q store.Query) (n int64, err error) {
	ctx, span := s.begin(ctx, opCount, q.Table)
	defer func() { endSpan(span, err) }()
	return s.store.Count(ctx, q)
}

func (s *tracedStore) Create(ctx context.Context, t *schema.Table, r store.Record) (created store.Record, err error) {
	ctx, span := s.begin(ctx, opCreate, t)
	defer func() { endSpan(span, err) }()
	return s.store.Create(ctx, t, r)
}

func (s *tracedStore) Update(ctx context.Context, q store.Query, set store.Record) (n int64, err error) {
	ctx, span := s.begin(ctx, opUpdate, q.Table)
	defer func() { endSpan(span, err) }()
	return s.store.Update(ctx, q, set)
}

func (s *tracedStore) Delete(ctx context.Context, q store.Query) (n int64, err error) {
	ctx, span := s.begin(ctx, opDelete, q.Table)
	defer func() { endSpan(span, err) }()
	return s.store.Delete(ctx, q)
}

func (s *tracedStore) ConsumeOne(ctx context.Context, q store.Query) (r store.Record, err error) {
	ctx, span := s.begin(ctx, opConsume, q.Table)
	defer func() { endSpan(span, err) }()
	return s.store.ConsumeOne(ctx, q)
}

func (s *tracedStore) IncrementOne(ctx context.Context, q store.Query, column string, by int64) (r store.Record, err error) {
	ctx, span := s.begin(ctx, opIncrement, q.Table)
	defer func() { endSpan(span, err) }()
	return s.store.IncrementOne(ctx, q, column, by)
}

// InTx has a span from begin to commit, with those of the calls in it as children.
func (s *tracedStore) InTx(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	ctx, span := s.tracer.Start(ctx, "db transaction", trace.WithAttributes(attrDBOp.String("transaction")))
	defer func() { endSpan(span, err) }()
	return s.store.InTx(ctx, fn)
}

// Check is that of the store behind it, if it has one.
func (s *tracedStore) Check(ctx context.Context) error {
	if c, ok := s.store.(store.Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

type tracedJoins struct {
	finder store.JoinFinder
	traced *tracedStore
}

// FindJoined is that of the store behind it.
func (j tracedJoins) FindJoined(ctx context.Context, join *store.Join, keys ...string) (left, right []any, err error) {
	ctx, span := j.traced.begin(ctx, opJoin, join.Left)
	defer func() { endSpan(span, err) }()
	return j.finder.FindJoined(ctx, join, keys...)
}

type tracedMigrations struct {
	migrator store.Migrator
	traced   *tracedStore
}

// MigrationPlan is that of the store behind it.
func (m tracedMigrations) MigrationPlan(ctx context.Context, s *schema.Schema) (p store.Plan, err error) {
	ctx, span := m.traced.tracer.Start(ctx, "db migration plan")
	defer func() { endSpan(span, err) }()
	return m.migrator.MigrationPlan(ctx, s)
}

// Migrate is that of the store behind it.
func (m tracedMigrations) Migrate(ctx context.Context, s *schema.Schema) (err error) {
	ctx, span := m.traced.tracer.Start(ctx, "db migrate")
	defer func() { endSpan(span, err) }()
	return m.migrator.Migrate(ctx, s)
}

// otherError is what the semantic conventions call an error that has no name of its own.
const otherError = "_OTHER"

// endSpan ends a span with the kind of an error, never its text: drivers quote values. That there is no row is an answer.
func endSpan(span trace.Span, err error) {
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		kind := otherError
		for _, k := range errorKinds {
			if errors.Is(err, k.err) {
				kind = k.name
				break
			}
		}
		span.SetAttributes(attrErrorType.String(kind))
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

var errorKinds = [...]struct {
	err  error
	name string
}{
	{store.ErrConflict, "conflict"},
	{store.ErrInvalid, "invalid"},
	{context.DeadlineExceeded, "timeout"},
	{context.Canceled, "canceled"},
}
