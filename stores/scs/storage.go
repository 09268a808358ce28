package authscs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/cardea-auth/cardea/core/storage"
)

// Counter is what no scs store has: something that counts in one step. Every [storage.Storage] is one.
type Counter interface {
	// Increment is that of [storage.Storage].
	Increment(ctx context.Context, key string, ttl time.Duration) (int64, error)
	// Delete is that of [storage.Storage].
	Delete(ctx context.Context, key string) error
}

// StorageOptions say how a Storage works. The zero value is good.
type StorageOptions struct {
	// Prefix tells the keys of this storage from those of others in the same scs store or counter. It defaults to
	// "cardea:".
	Prefix string
	// Now is the time. It defaults to time.Now.
	Now func() time.Time
}

// Storage is secondary storage in an scs store. It implements [storage.Storage], but not [storage.Swapper], and is safe
// for concurrent use; make one with [NewStorage].
//
// An scs store has no operation that is atomic: of fifty callers that find and delete a code, fifty have it. So counting
// is left to the counter, and so is deciding who gets a value that is used up: GetAndDelete gives it to whom the counter
// says 1. Counters and values do not see each other: Get knows nothing of counters, Increment nothing of values.
//
// A value that is set while an older one of the same key is used up may go with it. And what an scs store gets wrong
// stays wrong: some report a database that is away as a value that is not there, and most take no context. Such a
// storage is good for what may be lost, such as caches of sessions that are in the database too, and not for the only
// copy of anything.
type Storage struct {
	store   scs.Store
	ctx     scs.CtxStore // nil if the store takes no context
	counter Counter
	prefix  string
	now     func() time.Time
}

var _ storage.Storage = (*Storage)(nil)

// NewStorage returns a storage that keeps its values in store and counts with counter. The counter must be shared by all
// processes that share the store; one in memory, such as memorystore.NewStorage, is good for a single process only.
func NewStorage(store scs.Store, counter Counter, o StorageOptions) *Storage {
	if o.Prefix == "" {
		o.Prefix = "cardea:"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx, _ := store.(scs.CtxStore)
	return &Storage{store, ctx, counter, o.Prefix, o.Now}
}

// longest is the longest lifetime that a value has, [storage.Forever] included: scs stores know no value without an
// end, and some cannot count to the year 2300.
const longest = 10 * 365 * 24 * time.Hour

// Get implements [storage.Storage].
func (s *Storage) Get(ctx context.Context, key string) (string, error) {
	e, err := s.find(ctx, key)
	return e.value, err
}

// Set implements [storage.Storage].
func (s *Storage) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	ttl = min(storage.Whole(ttl), longest)
	if ttl == 0 {
		return nil
	}
	e := entry{expires: s.now().Add(ttl), id: rand.Text(), value: value}
	if err := s.commit(ctx, s.token(key), e.encode(), e.expires); err != nil {
		return fmt.Errorf("authscs: set: %w", err)
	}
	return nil
}

// Delete implements [storage.Storage].
func (s *Storage) Delete(ctx context.Context, key string) error {
	err := errors.Join(s.remove(ctx, s.token(key)), s.counter.Delete(ctx, s.countKey(key)))
	if err != nil {
		return fmt.Errorf("authscs: delete: %w", err)
	}
	return nil
}

// GetAndDelete implements [storage.Storage]. If the value cannot be removed after it was claimed, that is an error, and
// nobody gets it any more.
func (s *Storage) GetAndDelete(ctx context.Context, key string) (string, error) {
	e, err := s.find(ctx, key)
	if err != nil {
		return "", err
	}
	// The claim is for this one writing of the key, and has to be remembered for as long as the value may be found.
	claim := s.prefix + "taken:" + e.id
	n, err := s.counter.Increment(ctx, claim, e.expires.Sub(s.now())+time.Minute)
	if err != nil {
		return "", fmt.Errorf("authscs: get and delete: %w", err)
	}
	if n != 1 {
		return "", storage.ErrNotFound
	}
	if err := s.remove(ctx, s.token(key)); err != nil {
		return "", fmt.Errorf("authscs: get and delete: %w", err)
	}
	return e.value, nil
}

// Increment implements [storage.Storage].
func (s *Storage) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	return s.counter.Increment(ctx, s.countKey(key), ttl)
}

func (s *Storage) countKey(key string) string { return s.prefix + "count:" + digest(key) }

// token is the name of a key in the scs store. It has the form of scs's own tokens, for stores whose column is as wide
// as those and no wider.
func (s *Storage) token(key string) string { return digest(s.prefix + key) }

// digest is the base64url of the SHA-256, without padding: 43 characters.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// entry is a value as the scs store holds it.
type entry struct {
	expires time.Time // in milliseconds
	id      string    // of this writing of the key
	value   string
}

func (e *entry) encode() []byte {
	return []byte(strconv.FormatInt(e.expires.UnixMilli(), 10) + " " + e.id + " " + e.value)
}

func decode(b []byte) (entry, error) {
	parts := strings.SplitN(string(b), " ", 3)
	if len(parts) != 3 {
		return entry{}, errors.New("what is stored was not written by a Storage")
	}
	ms, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return entry{}, errors.New("what is stored has no time of expiry")
	}
	return entry{time.UnixMilli(ms), parts[1], parts[2]}, nil
}

// find returns the entry of a key, or ErrNotFound.
func (s *Storage) find(ctx context.Context, key string) (entry, error) {
	b, found, err := s.read(ctx, s.token(key))
	if err != nil {
		return entry{}, fmt.Errorf("authscs: get: %w", err)
	}
	if !found {
		return entry{}, storage.ErrNotFound
	}
	e, err := decode(b)
	if err != nil {
		return entry{}, fmt.Errorf("authscs: get: %w", err)
	}
	if !s.now().Before(e.expires) {
		return entry{}, storage.ErrNotFound
	}
	return e, nil
}

// The scs store's methods. Those without a context at least do not begin when it has ended.

func (s *Storage) read(ctx context.Context, token string) ([]byte, bool, error) {
	if s.ctx != nil {
		return s.ctx.FindCtx(ctx, token)
	}
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	return s.store.Find(token)
}

func (s *Storage) commit(ctx context.Context, token string, b []byte, expires time.Time) error {
	if s.ctx != nil {
		return s.ctx.CommitCtx(ctx, token, b, expires)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.store.Commit(token, b, expires)
}

func (s *Storage) remove(ctx context.Context, token string) error {
	if s.ctx != nil {
		return s.ctx.DeleteCtx(ctx, token)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.store.Delete(token)
}
