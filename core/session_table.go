package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// tableSessions keeps sessions in the session table.
type tableSessions struct{ auth *Auth }

func (p *tableSessions) find(ctx context.Context, token string) (*ActiveSession, error) {
	a := p.auth
	finder, ok := a.store.(store.JoinFinder)
	var left, right []any
	var err error
	if ok {
		left, right, err = finder.FindJoined(ctx, a.tables.login, token)
	} else {
		left, right, err = findJoined(ctx, a.store, a.tables.login, token)
	}
	if err != nil {
		return nil, err
	}
	s, err := model.SessionFromRow(a.tables.session, left)
	if err != nil {
		return nil, err
	}
	u, err := model.UserFromRow(a.tables.user, right)
	if err != nil {
		return nil, err
	}
	return &ActiveSession{Session: s, User: u}, nil
}

// findJoined is what a store without a join of its own does for one.
func findJoined(ctx context.Context, s store.Store, j *store.Join, keys ...string) (left, right []any, err error) {
	found, err := s.FindMany(ctx, store.Query{Table: j.Left, Where: joinConds(j, keys), Limit: 2})
	switch {
	case err != nil:
		return nil, nil, err
	case len(found) == 0:
		return nil, nil, store.ErrNotFound
	case len(found) > 1:
		return nil, nil, fmt.Errorf("core: several rows of table %q match", j.Left.Name)
	}
	l := found[0]
	id, err := j.Left.Column(j.On).Normalize(l[j.On])
	if err != nil {
		return nil, nil, err
	}
	r, err := s.FindOne(ctx, store.From(j.Right, store.Eq("id", id)))
	if err != nil {
		return nil, nil, err
	}
	return model.Row(j.Left, l), model.Row(j.Right, r), nil
}

// joinConds are what a left row of a join has to match.
func joinConds(j *store.Join, keys []string) []store.Cond {
	where := make([]store.Cond, 0, 2)
	for i, column := range []string{j.Key, j.And} {
		if column != "" && i < len(keys) {
			where = append(where, store.Eq(column, keys[i]))
		}
	}
	return where
}

func (p *tableSessions) create(ctx context.Context, s *ActiveSession) (*model.Session, error) {
	rec, err := p.auth.store.Create(ctx, p.auth.tables.session, s.Session.Record())
	if err != nil {
		return nil, err
	}
	return model.SessionFromRecord(p.auth.tables.session, rec)
}

func (p *tableSessions) update(ctx context.Context, s *ActiveSession, set store.Record) error {
	n, err := p.auth.store.Update(ctx, store.From(p.auth.tables.session, store.Eq("token", s.Session.Token)), set)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

func (p *tableSessions) list(ctx context.Context, which sessionSet) ([]*model.Session, error) {
	a := p.auth
	records, err := a.store.FindMany(ctx, store.Query{
		Table:   a.tables.session,
		Where:   append(which.conds(), store.Gt("expiresAt", a.Now())),
		OrderBy: []store.Order{{Column: "createdAt"}},
		Limit:   a.config.ListLimit,
	})
	if err != nil {
		return nil, err
	}
	out := make([]*model.Session, len(records))
	for i, rec := range records {
		if out[i], err = model.SessionFromRecord(a.tables.session, rec); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *tableSessions) delete(ctx context.Context, which sessionSet) error {
	_, err := p.auth.store.Delete(ctx, store.From(p.auth.tables.session, which.conds()...))
	return err
}

// end marks sessions as over and keeps their rows, for an installation that wants to know later who was signed in.
func (p *tableSessions) end(ctx context.Context, which sessionSet) error {
	now := p.auth.Now()
	where := append(which.conds(), store.Gt("expiresAt", now))
	_, err := p.auth.store.Update(ctx, store.From(p.auth.tables.session, where...), store.Record{"expiresAt": now})
	return err
}

// userChanged has nothing to do: the row of the user is read with that of the session.
func (p *tableSessions) userChanged(context.Context, *model.User) error { return nil }
