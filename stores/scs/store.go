package authscs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/cardea-auth/cardea/core/storage"
)

// StoreOptions say how a Store works. The zero value is good.
type StoreOptions struct {
	// Prefix begins the keys in the storage. It defaults to "scs:".
	Prefix string
	// Now is the time. It defaults to time.Now.
	Now func() time.Time
}

// Store keeps the sessions of an scs.SessionManager in secondary storage. It implements [scs.CtxStore] and is safe for
// concurrent use; make one with [NewStore].
//
// The storage gets to know digests of tokens, not the tokens. A breakdown of it is an error, never a session that is not
// found. The methods without a context are those with the background context.
type Store struct {
	storage storage.Storage
	prefix  string
	now     func() time.Time
}

var _ scs.CtxStore = (*Store)(nil)

// NewStore returns a store that keeps its sessions in s.
func NewStore(s storage.Storage, o StoreOptions) *Store {
	if o.Prefix == "" {
		o.Prefix = "scs:"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{s, o.Prefix, o.Now}
}

// FindCtx implements [scs.CtxStore].
func (s *Store) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	value, err := s.storage.Get(ctx, s.key(token))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("authscs: find: %w", err)
	}
	expires, data, ok := strings.Cut(value, " ")
	ms, err := strconv.ParseInt(expires, 10, 64)
	if !ok || err != nil {
		return nil, false, errors.New("authscs: find: what is stored was not written by a Store")
	}
	if s.now().UnixMilli() >= ms {
		return nil, false, nil
	}
	return []byte(data), true, nil
}

// CommitCtx implements [scs.CtxStore]. A session whose expiry has come is removed.
func (s *Store) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	left := expiry.Sub(s.now())
	if left <= 0 {
		return s.DeleteCtx(ctx, token)
	}
	// A storage cuts lifetimes to seconds, so it gets the next whole one, and the exact end goes with the data.
	if left < storage.Forever-time.Second {
		left += time.Second - 1
	}
	value := strconv.FormatInt(expiry.UnixMilli(), 10) + " " + string(b)
	if err := s.storage.Set(ctx, s.key(token), value, left); err != nil {
		return fmt.Errorf("authscs: commit: %w", err)
	}
	return nil
}

// DeleteCtx implements [scs.CtxStore].
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	if err := s.storage.Delete(ctx, s.key(token)); err != nil {
		return fmt.Errorf("authscs: delete: %w", err)
	}
	return nil
}

// Find implements [scs.Store].
func (s *Store) Find(token string) (b []byte, found bool, err error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements [scs.Store].
func (s *Store) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements [scs.Store].
func (s *Store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s *Store) key(token string) string { return s.prefix + digest(token) }
