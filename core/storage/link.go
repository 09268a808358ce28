package storage

import (
	"context"
	"encoding/json"
	"errors"
)

// Link says to which other key a value points: the value is a JSON object, Path leads to a string in it by the names of
// the members, and the key is Prefix followed by that string. The value of a session
//
//	{"session":{"userId":"u1", …}, …}
//
// points to "revoked-sessions-before-u1" by the link {Path: ["session", "userId"], Prefix: "revoked-sessions-before-"}.
type Link struct {
	Path   []string
	Prefix string
}

// Key returns the key that value points to, or "" if it points nowhere.
func (l Link) Key(value string) string {
	var at any
	if json.Unmarshal([]byte(value), &at) != nil {
		return ""
	}
	for _, name := range l.Path {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	if s, ok := at.(string); ok {
		return l.Prefix + s
	}
	return ""
}

// Pair is a value and the one that it points to.
type Pair struct {
	// Value is the value of the key that was asked for.
	Value string
	// Key is the key that Value points to; empty if it points nowhere.
	Key string
	// Linked is the value of Key, if Found is set.
	Linked string
	// Found says whether Key has a value.
	Found bool
}

// Linker is what a storage may offer besides Storage: a value and the one it points to in one round trip.
//
// GetLinked returns ErrNotFound if key has no value. A value that is not such an object, or has no string at that place,
// points nowhere: that is no error. The second value is read no earlier than the first.
type Linker interface {
	Storage
	GetLinked(ctx context.Context, key string, link Link) (Pair, error)
}

// Follow returns the value of key and of the key that it points to, in one round trip where s is a [Linker] and in two
// otherwise. ErrNotFound if key has no value.
//
// next reads the value and returns the key that it points to, or "" if there is none. It is called once, and its word
// counts: should a storage have read the value in another way, the key of next is looked up again. So the answer depends
// on nobody's JSON but the caller's.
func Follow(ctx context.Context, s Storage, key string, link Link, next func(value string) (string, error)) (Pair, error) {
	pair, err := getLinked(ctx, s, key, link)
	if err != nil {
		return Pair{}, err
	}
	to, err := next(pair.Value)
	if err != nil {
		return Pair{}, err
	}
	if to == pair.Key {
		return pair, nil
	}
	pair = Pair{Value: pair.Value, Key: to}
	if to == "" {
		return pair, nil
	}
	pair.Linked, err = s.Get(ctx, to)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Pair{}, err
	}
	pair.Found = err == nil
	return pair, nil
}

func getLinked(ctx context.Context, s Storage, key string, link Link) (Pair, error) {
	if l, ok := s.(Linker); ok {
		return l.GetLinked(ctx, key, link)
	}
	value, err := s.Get(ctx, key)
	return Pair{Value: value}, err
}
