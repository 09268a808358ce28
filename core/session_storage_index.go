package core

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/wire"
)

// maxIndexed is how many sessions of one user are kept. Whoever signs in more often ends those that expire first.
const maxIndexed = 1000

func indexKey(userID string) string { return "active-sessions-" + userID }

// indexed is one session in the list of a user.
type indexed struct {
	token     string
	expiresAt int64 // milliseconds
}

// index returns the sessions in a user's list that have not expired.
func (p *storedSessions) index(ctx context.Context, userID string) ([]indexed, error) {
	text, err := p.kept.Get(ctx, indexKey(userID))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readIndex(text, p.auth.Now().UnixMilli()), nil
}

// changeIndex changes the list of a user. Expired sessions leave it; an empty list is deleted.
func (p *storedSessions) changeIndex(ctx context.Context, userID string, fn func([]indexed) []indexed) error {
	key := indexKey(userID)
	change := func(old string, _ bool) (storage.Change, error) {
		now := p.auth.Now()
		list := fn(readIndex(old, now.UnixMilli()))
		if len(list) == 0 {
			return storage.Drop(), nil
		}
		sortIndex(list)
		last := time.UnixMilli(list[len(list)-1].expiresAt)
		return storage.Put(appendIndex(list), last.Sub(now)), nil
	}
	if swapper, ok := p.kept.(storage.Swapper); ok {
		return storage.Update(ctx, swapper, key, change)
	}
	old, err := p.kept.Get(ctx, key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	c, err := change(old, err == nil)
	if err != nil {
		return err
	}
	return c.Force(ctx, p.kept, key)
}

func sortIndex(list []indexed) {
	slices.SortStableFunc(list, func(a, b indexed) int { return int(min(1, max(-1, a.expiresAt-b.expiresAt))) })
}

// readIndex reads a list. What is no list is an empty one, as upstream has it.
func readIndex(text string, now int64) []indexed {
	v, err := wire.Parse([]byte(text), wire.Limits{})
	if err != nil {
		return nil
	}
	entries, _ := v.([]any)
	list := make([]indexed, 0, len(entries))
	for _, e := range entries {
		o, _ := e.(*wire.Object)
		token, _ := member(o, "token").(string)
		expires, _ := member(o, "expiresAt").(float64)
		if token != "" && int64(expires) > now {
			list = append(list, indexed{token, int64(expires)})
		}
	}
	return list
}

func appendIndex(list []indexed) string {
	dst := []byte{'['}
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"token":`...)
		dst = wire.AppendString(dst, e.token)
		dst = append(dst, `,"expiresAt":`...)
		dst = strconv.AppendInt(dst, e.expiresAt, 10)
		dst = append(dst, '}')
	}
	return string(append(dst, ']'))
}
