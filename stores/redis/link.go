package redisstorage

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/storage"
)

// GetLinked implements [storage.Linker]. A script reads the first value as JSON to find the second key. Where that is
// not possible, because the keys may be in two places or Redis lets no script read a key that it was not told of before,
// it takes a second round trip.
func (s *Storage) GetLinked(ctx context.Context, key string, link storage.Link) (storage.Pair, error) {
	if !s.single {
		return s.getTwo(ctx, key, link)
	}
	args := make([]any, 1, 1+len(link.Path))
	args[0] = s.prefix + link.Prefix
	for _, name := range link.Path {
		args = append(args, name)
	}
	answer, err := linkScript.Run(ctx, s.client, []string{s.prefix + key}, args...).Slice()
	if refused(err) {
		return s.getTwo(ctx, key, link)
	}
	if err != nil {
		return storage.Pair{}, wrap("get linked", err)
	}
	return pair(answer, link)
}

// pair reads the answer of linkScript.
func pair(answer []any, link storage.Link) (storage.Pair, error) {
	switch len(answer) {
	case 1:
		if value, ok := answer[0].(string); ok {
			return storage.Pair{Value: value}, nil
		}
	case 3:
		value, ok := answer[0].(string)
		to, pointed := answer[1].(string)
		linked, found := answer[2].(string)
		if ok && pointed {
			return storage.Pair{Value: value, Key: link.Prefix + to, Linked: linked, Found: found}, nil
		}
	}
	return storage.Pair{}, fmt.Errorf("redisstorage: get linked: Redis gave %d values that are not what the script returns", len(answer))
}

// getTwo is what Follow does with a storage that has no GetLinked.
func (s *Storage) getTwo(ctx context.Context, key string, link storage.Link) (storage.Pair, error) {
	plain := struct{ storage.Storage }{s}
	return storage.Follow(ctx, plain, key, link, func(value string) (string, error) { return link.Key(value), nil })
}
