package redisstorage

import (
	"context"
	"errors"
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
	var p storage.Pair
	texts := make([]string, len(answer))
	for i, v := range answer {
		text, ok := v.(string)
		if !ok && (i < 2 || v != nil) {
			return storage.Pair{}, fmt.Errorf("redisstorage: get linked: Redis answered with %T at %d", v, i)
		}
		texts[i] = text
	}
	switch len(answer) {
	case 1:
		p.Value = texts[0]
	case 3:
		p = storage.Pair{Value: texts[0], Key: link.Prefix + texts[1], Linked: texts[2], Found: answer[2] != nil}
	default:
		return storage.Pair{}, fmt.Errorf("redisstorage: get linked: Redis answered with %d values", len(answer))
	}
	return p, nil
}

func (s *Storage) getTwo(ctx context.Context, key string, link storage.Link) (storage.Pair, error) {
	value, err := s.Get(ctx, key)
	if err != nil {
		return storage.Pair{}, err
	}
	p := storage.Pair{Value: value, Key: link.Key(value)}
	if p.Key == "" {
		return p, nil
	}
	p.Linked, err = s.Get(ctx, p.Key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return storage.Pair{}, err
	}
	p.Found = err == nil
	return p, nil
}

