package core

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// columnStore does to records on their way into a store what the definitions of their columns say, whoever writes them:
// core, a plugin or the app. On create it makes the id and fills in defaults; on update it sets what every update sets;
// both transform. What comes out is transformed where it is read ([schema.Column.Read]).
type columnStore struct {
	store.Store
	now    func() time.Time
	makeID func(table string) string
	tables map[*schema.Table]*writePlan
}

// writePlan are the columns of a table, by position, that there is something to do for.
type writePlan struct {
	created []int // have a default or an input transform
	updated []int // are set on every update
	changed []int // have an input transform
}

func newColumnStore(s store.Store, all *schema.Schema, makeID func(string) string, now func() time.Time) *columnStore {
	out := &columnStore{Store: s, now: now, makeID: makeID, tables: map[*schema.Table]*writePlan{}}
	for _, t := range all.Tables() {
		p := &writePlan{}
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Default != nil || c.Transform.Input != nil {
				p.created = append(p.created, i)
			}
			if c.OnUpdate != nil {
				p.updated = append(p.updated, i)
			}
			if c.Transform.Input != nil {
				p.changed = append(p.changed, i)
			}
		}
		out.tables[t] = p
	}
	return out
}

func (s *columnStore) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	p := s.tables[t]
	if p == nil { // a table that is not of this installation's schema
		return s.Store.Create(ctx, t, r)
	}
	r, err := s.complete(t, p, r)
	if err != nil {
		return nil, err
	}
	return s.Store.Create(ctx, t, r)
}

func (s *columnStore) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	p := s.tables[q.Table]
	if p == nil || len(set) == 0 {
		return s.Store.Update(ctx, q, set)
	}
	w := writer{record: set}
	for _, i := range p.updated {
		if c := &q.Table.Columns[i]; !w.has(c.Name) {
			w.set(c.Name, c.OnUpdate(s.now()))
		}
	}
	for _, i := range p.changed {
		if c := &q.Table.Columns[i]; w.has(c.Name) {
			if err := w.transform(q.Table, c); err != nil {
				return 0, err
			}
		}
	}
	return s.Store.Update(ctx, q, w.record)
}

// FindJoined makes a columnStore a store.JoinFinder also where the store behind it is none: then it takes two queries.
func (s *columnStore) FindJoined(ctx context.Context, j *store.Join, keys ...string) (left, right []any, err error) {
	if finder, ok := s.Store.(store.JoinFinder); ok {
		return finder.FindJoined(ctx, j, keys...)
	}
	return findJoined(ctx, s.Store, j, keys...)
}

// FindPage makes a columnStore a store.PageFinder also where the store behind it is none.
func (s *columnStore) FindPage(ctx context.Context, q store.PageQuery) (store.Page, error) {
	return store.FindPage(ctx, s.Store, q)
}

var (
	_ store.JoinFinder = (*columnStore)(nil)
	_ store.PageFinder = (*columnStore)(nil)
)

// complete returns the record with its id, its defaults, and transformed.
func (s *columnStore) complete(t *schema.Table, p *writePlan, r store.Record) (store.Record, error) {
	w := writer{record: r}
	s.identify(t, &w)
	for _, i := range p.created {
		c := &t.Columns[i]
		if v, ok := w.record[c.Name]; c.Default != nil && (!ok || v == nil && c.Required) {
			w.set(c.Name, c.Default(s.now()))
		}
		if c.Transform.Input != nil {
			if err := w.transform(t, c); err != nil {
				return nil, err
			}
		}
	}
	return w.record, nil
}

// identify gives the record an id, or takes one away that the database makes. Random text where ids are something else is
// what code makes that does not know the configuration, so it is taken for none.
func (s *columnStore) identify(t *schema.Table, w *writer) {
	id, _ := w.record[schema.ID].(string)
	if id != "" && (t.IDs == schema.TextIDs || !isRandomText(id)) {
		return
	}
	if id = s.makeID(t.Name); id != "" {
		w.set(schema.ID, id)
	} else if w.has(schema.ID) {
		w.remove(schema.ID)
	}
}

// writer changes a record, or rather a copy: the record is the caller's.
type writer struct {
	record store.Record
	copied bool
}

func (w *writer) has(name string) bool {
	_, ok := w.record[name]
	return ok
}

func (w *writer) own() {
	if !w.copied {
		w.copied = true
		if w.record = maps.Clone(w.record); w.record == nil {
			w.record = store.Record{}
		}
	}
}

func (w *writer) set(name string, v any) {
	w.own()
	w.record[name] = v
}

func (w *writer) remove(name string) {
	w.own()
	delete(w.record, name)
}

// transform gives a column's input transform its value, or nil if there is none.
func (w *writer) transform(t *schema.Table, c *schema.Column) error {
	before, sent := w.record[c.Name]
	v, err := c.Transform.Input(before)
	if err != nil {
		return fmt.Errorf("core: table %q: column %q: transform: %w", t.Name, c.Name, err)
	}
	if v == nil && !sent {
		return nil
	}
	if v, err = fit(c, v); err != nil {
		return fmt.Errorf("core: table %q: column %q: transform: %w", t.Name, c.Name, errors.Join(store.ErrInvalid, err))
	}
	w.set(c.Name, v)
	return nil
}

// complete returns what a record would be once it is stored. Where the database makes the id, the record keeps its own.
func (a *Auth) complete(t *schema.Table, r store.Record) (store.Record, error) {
	id := r[schema.ID]
	r, err := a.columns.complete(t, a.columns.tables[t], r)
	if err == nil && r[schema.ID] == nil {
		r[schema.ID] = id // complete has made a copy to take it away
	}
	return r, err
}
