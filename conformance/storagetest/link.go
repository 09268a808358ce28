package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// owner is the link from a session to what is known of its user.
var owner = storage.Link{Path: []string{"session", "userId"}, Prefix: "revoked-before-"}

var linkCases = []testCase{
	{name: "Found", run: func(k *kit) {
		value := `{"session":{"id":"s1","userId":"u1"},"user":{"id":"u1"}}`
		k.set("token", value, long)
		k.set("revoked-before-u1", "1767531977678", long)
		k.wantPair("token", owner, storage.Pair{Value: value, Key: "revoked-before-u1", Linked: "1767531977678", Found: true})
	}},
	{name: "NotFound", run: func(k *kit) {
		k.set("revoked-before-u1", "1", long)
		_, err := storage.Follow(k.ctx, k.storage, "token", owner, follower(owner))
		if !errors.Is(err, storage.ErrNotFound) {
			k.Errorf("Follow of a key without a value: got error %v, want ErrNotFound", err)
		}
		value := `{"session":{"userId":"u2"}}`
		k.set("token", value, long)
		k.wantPair("token", owner, storage.Pair{Value: value, Key: "revoked-before-u2"})
		k.set("revoked-before-u2", "", long)
		k.wantPair("token", owner, storage.Pair{Value: value, Key: "revoked-before-u2", Found: true})
	}},
	{name: "PointsNowhere", run: func(k *kit) {
		k.set("revoked-before-", "1", long)
		for _, value := range []string{
			"", "text", "{", "null", "[]", `"text"`, "7", "{}", `{"session":null}`, `{"session":"u1"}`, `{"session":["userId"]}`,
			`{"session":{}}`, `{"session":{"userId":null}}`, `{"session":{"userId":7}}`, `{"session":{"userId":{"a":1}}}`,
			`{"session":{"userid":"u1"}}`, `{"userId":"u1"}`, "\x00", `{"session":{"userId":"u1"`,
			strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		} {
			k.set("token", value, long)
			k.wantPair("token", owner, storage.Pair{Value: value})
		}
	}},
	{name: "OddNames", run: func(k *kit) {
		for id, inJSON := range map[string]string{
			"": `""`, "a b": `"a b"`, "ä": `"ä"`, "é": `"\u00e9"`, "🔑": `"\ud83d\udd11"`, `q"u`: `"q\"u"`, "{u}": `"{u}"`, "*": `"*"`,
		} {
			value := fmt.Sprintf(`{"session":{"userId":%s}}`, inJSON)
			k.set("token", value, long)
			k.set("revoked-before-"+id, "of "+id, long)
			k.wantPair("token", owner, storage.Pair{Value: value, Key: "revoked-before-" + id, Linked: "of " + id, Found: true})
		}
	}},
	{name: "DeeperAndWithoutPath", run: func(k *kit) {
		k.set("key", `{"a":{"b":{"c":"d"}}}`, long)
		k.set("d", "end", long)
		k.wantPair("key", storage.Link{Path: []string{"a", "b", "c"}}, storage.Pair{Value: `{"a":{"b":{"c":"d"}}}`, Key: "d", Linked: "end", Found: true})
		k.set("text", `"d"`, long)
		k.wantPair("text", storage.Link{}, storage.Pair{Value: `"d"`, Key: "d", Linked: "end", Found: true})
	}},
	{name: "WhatEndedIsNotFound", needs: timed, run: func(k *kit) {
		value := `{"session":{"userId":"u1"}}`
		k.set("token", value, time.Hour)
		k.set("revoked-before-u1", "1", 10*time.Minute)
		k.advance(10 * time.Minute)
		k.wantPair("token", owner, storage.Pair{Value: value, Key: "revoked-before-u1"})
		k.advance(time.Hour)
		if _, err := storage.Follow(k.ctx, k.storage, "token", owner, follower(owner)); !errors.Is(err, storage.ErrNotFound) {
			k.Errorf("Follow of a value that ended: got error %v, want ErrNotFound", err)
		}
	}},
	{name: "TheCallersReadingCounts", run: func(k *kit) {
		k.set("token", `{"session":{"userId":"u1"}}`, long)
		k.set("revoked-before-u1", "of u1", long)
		k.set("elsewhere", "of elsewhere", long)
		for to, want := range map[string]storage.Pair{
			"elsewhere": {Key: "elsewhere", Linked: "of elsewhere", Found: true},
			"nowhere":   {Key: "nowhere"},
			"":          {},
		} {
			want.Value = `{"session":{"userId":"u1"}}`
			got, err := storage.Follow(k.ctx, k.storage, "token", owner, func(string) (string, error) { return to, nil })
			if err != nil || got != want {
				k.Errorf("Follow by a caller who reads %q: got %+v, %v, want %+v", to, got, err, want)
			}
		}
		_, err := storage.Follow(k.ctx, k.storage, "token", owner, func(string) (string, error) { return "", errRefused })
		if !errors.Is(err, errRefused) {
			k.Errorf("Follow by a caller who cannot read the value: got error %v, want his", err)
		}
	}},
	{name: "GetLinked", needs: []feature{linking}, run: func(k *kit) {
		l, ok := k.storage.(storage.Linker)
		if !ok {
			k.Fatalf("%T does not implement storage.Linker: implement it, or set Features.NoLinker", k.storage)
		}
		value := `{"session":{"userId":"u1"},"user":{}}`
		k.set("token", value, long)
		k.set("revoked-before-u1", "1", long)
		want := storage.Pair{Value: value, Key: "revoked-before-u1", Linked: "1", Found: true}
		if got, err := l.GetLinked(k.ctx, "token", owner); err != nil || got != want {
			k.Errorf("GetLinked: got %+v, %v, want %+v", got, err, want)
		}
		if got, err := l.GetLinked(k.ctx, "absent", owner); !errors.Is(err, storage.ErrNotFound) || got != (storage.Pair{}) {
			k.Errorf("GetLinked of a key without a value: got %+v, %v, want ErrNotFound", got, err)
		}
	}},
}

// wantPair says what a link leads to.
func (k *kit) wantPair(key string, link storage.Link, want storage.Pair) {
	k.Helper()
	got, err := storage.Follow(k.ctx, k.storage, key, link, follower(link))
	if err != nil || got != want {
		k.Errorf("Follow(%q, %v):\n got %+v, %v\nwant %+v", key, link, got, err, want)
	}
}

// follower reads values as Go does.
func follower(link storage.Link) func(string) (string, error) {
	return func(value string) (string, error) { return link.Key(value), nil }
}
