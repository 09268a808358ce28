package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// swaps is what cases about conditional writes need.
var swaps = []feature{swapping}

var swapCases = []testCase{
	{name: "SetIfAbsent", needs: swaps, run: func(k *kit) {
		s := k.swapper()
		done, err := s.SetIfAbsent(k.ctx, "key", "first", long)
		k.wantDone(done, err, true, "SetIfAbsent without a value")
		done, err = s.SetIfAbsent(k.ctx, "key", "second", long)
		k.wantDone(done, err, false, "SetIfAbsent with a value")
		k.wantValue("key", "first")
		k.set("empty", "", long)
		done, err = s.SetIfAbsent(k.ctx, "empty", "value", long)
		k.wantDone(done, err, false, "SetIfAbsent with an empty value")
		k.remove("key")
		done, err = s.SetIfAbsent(k.ctx, "key", "third", long)
		k.wantDone(done, err, true, "SetIfAbsent after Delete")
		k.wantValue("key", "third")
	}},
	{name: "Replace", needs: swaps, run: func(k *kit) {
		s := k.swapper()
		done, err := s.Replace(k.ctx, "key", "", "value", long)
		k.wantDone(done, err, false, "Replace of nothing")
		k.wantNone("key")
		k.set("key", "old", long)
		done, err = s.Replace(k.ctx, "key", "other", "new", long)
		k.wantDone(done, err, false, "Replace of another value")
		k.wantValue("key", "old")
		done, err = s.Replace(k.ctx, "key", "old", "new", long)
		k.wantDone(done, err, true, "Replace of the value")
		k.wantValue("key", "new")
		done, err = s.Replace(k.ctx, "key", "new", "new", long)
		k.wantDone(done, err, true, "Replace by the same")
		k.wantValue("key", "new")
	}},
	{name: "DeleteIf", needs: swaps, run: func(k *kit) {
		s := k.swapper()
		done, err := s.DeleteIf(k.ctx, "key", "")
		k.wantDone(done, err, false, "DeleteIf of nothing")
		k.set("key", "value", long)
		done, err = s.DeleteIf(k.ctx, "key", "other")
		k.wantDone(done, err, false, "DeleteIf of another value")
		k.wantValue("key", "value")
		done, err = s.DeleteIf(k.ctx, "key", "value")
		k.wantDone(done, err, true, "DeleteIf of the value")
		k.wantNone("key")
	}},
	{name: "ComparesEveryByte", needs: swaps, run: func(k *kit) {
		s := k.swapper()
		values := append(oddValues(), "", "a", "A", "a\x00", "a\x00B", "ab", strings.Repeat("x", 1<<16), strings.Repeat("x", 1<<16)+"y")
		for i, value := range values {
			k.set("key", value, long)
			for j, old := range values {
				if i == j || old == value {
					continue
				}
				if done, err := s.Replace(k.ctx, "key", old, "replaced", long); err != nil || done {
					k.Errorf("Replace of %s while it is %s: got %t, %v, want false", brief(old), brief(value), done, err)
				}
				if done, err := s.DeleteIf(k.ctx, "key", old); err != nil || done {
					k.Errorf("DeleteIf of %s while it is %s: got %t, %v, want false", brief(old), brief(value), done, err)
				}
			}
			done, err := s.Replace(k.ctx, "key", value, value+"!", long)
			k.wantDone(done, err, true, "Replace of %s", brief(value))
			k.wantValue("key", value+"!")
			done, err = s.DeleteIf(k.ctx, "key", value+"!")
			k.wantDone(done, err, true, "DeleteIf of %s", brief(value+"!"))
		}
	}},
	{name: "TooShortWritesNothing", needs: swaps, run: func(k *kit) {
		s := k.swapper()
		k.set("key", "value", long)
		for _, ttl := range []time.Duration{0, -time.Hour, time.Second - 1} {
			done, err := s.SetIfAbsent(k.ctx, "absent", "value", ttl)
			k.wantDone(done, err, false, "SetIfAbsent for %v", ttl)
			k.wantNone("absent")
			done, err = s.Replace(k.ctx, "key", "value", "new", ttl)
			k.wantDone(done, err, false, "Replace for %v", ttl)
			k.wantValue("key", "value")
		}
	}},
	{name: "NewLifetimes", needs: []feature{swapping, advancing}, run: func(k *kit) {
		s := k.swapper()
		for _, key := range []string{"longer", "shorter", "cut", "forever", "timed"} {
			ttl := 10 * time.Minute
			if key == "timed" {
				ttl = storage.Forever
			}
			done, err := s.SetIfAbsent(k.ctx, key, "old", ttl)
			k.wantDone(done, err, true, "SetIfAbsent(%q)", key)
		}
		for key, ttl := range map[string]time.Duration{
			"longer": time.Hour, "shorter": time.Minute, "cut": 100*time.Second + 900*time.Millisecond,
			"forever": storage.Forever, "timed": time.Minute,
		} {
			done, err := s.Replace(k.ctx, key, "old", "new", ttl)
			k.wantDone(done, err, true, "Replace(%q) for %v", key, ttl)
		}
		k.advance(100 * time.Second)
		k.wantNone("shorter")
		k.wantNone("cut")
		k.wantNone("timed")
		k.advance(30 * time.Minute)
		k.wantValue("longer", "new")
		k.advance(year)
		k.wantNone("longer")
		k.wantValue("forever", "new")
	}},
	{name: "RefusedLeavesTheLifetime", needs: []feature{swapping, advancing}, run: func(k *kit) {
		s := k.swapper()
		k.set("key", "value", 10*time.Minute)
		done, err := s.SetIfAbsent(k.ctx, "key", "value", time.Hour)
		k.wantDone(done, err, false, "SetIfAbsent with a value")
		done, err = s.Replace(k.ctx, "key", "other", "value", time.Hour)
		k.wantDone(done, err, false, "Replace of another value")
		k.advance(8 * time.Minute)
		k.wantValue("key", "value")
		k.advance(2 * time.Minute)
		k.wantNone("key")
	}},
	{name: "WhatEndedIsAbsent", needs: []feature{swapping, advancing}, run: func(k *kit) {
		s := k.swapper()
		k.set("key", "value", 10*time.Minute)
		k.advance(10 * time.Minute)
		done, err := s.Replace(k.ctx, "key", "value", "new", long)
		k.wantDone(done, err, false, "Replace of what ended")
		done, err = s.DeleteIf(k.ctx, "key", "value")
		k.wantDone(done, err, false, "DeleteIf of what ended")
		k.wantNone("key")
		done, err = s.SetIfAbsent(k.ctx, "key", "new", long)
		k.wantDone(done, err, true, "SetIfAbsent of what ended")
		k.wantValue("key", "new")
	}},
}

// errRefused is what the function of an Update returns that wants nothing changed.
var errRefused = errors.New("storagetest: refused")

var updateCases = []testCase{
	{name: "PutKeepAndDrop", needs: swaps, run: func(k *kit) {
		k.update("key", func(string, bool) (storage.Change, error) { return storage.Change{}, nil }, "", false)
		k.wantNone("key")
		k.update("key", func(string, bool) (storage.Change, error) { return storage.Put("first", long), nil }, "", false)
		k.wantValue("key", "first")
		k.update("key", func(string, bool) (storage.Change, error) { return storage.Change{}, nil }, "first", true)
		k.wantValue("key", "first")
		k.update("key", func(string, bool) (storage.Change, error) { return storage.Put("", long), nil }, "first", true)
		k.wantValue("key", "")
		k.update("key", func(string, bool) (storage.Change, error) { return storage.Drop(), nil }, "", true)
		k.wantNone("key")
		k.update("key", func(string, bool) (storage.Change, error) { return storage.Drop(), nil }, "", false)
		k.wantNone("key")
	}},
	{name: "TooShortDrops", needs: swaps, run: func(k *kit) {
		k.set("key", "value", long)
		k.update("key", func(string, bool) (storage.Change, error) { return storage.Put("new", time.Millisecond), nil }, "value", true)
		k.wantNone("key")
	}},
	{name: "ErrorChangesNothing", needs: swaps, run: func(k *kit) {
		k.set("key", "value", long)
		err := storage.Update(k.ctx, k.swapper(), "key", func(string, bool) (storage.Change, error) {
			return storage.Drop(), errRefused
		})
		if !errors.Is(err, errRefused) {
			k.Errorf("Update: got error %v, want that of the function", err)
		}
		k.wantValue("key", "value")
	}},
	{name: "SeesWhatOthersDid", needs: swaps, run: func(k *kit) {
		// Between reading and writing, each time something else happens to the value.
		meanwhile := []func(){
			func() { k.set("key", "theirs", long) },
			func() { k.remove("key") },
			func() { k.set("key", "again", long) },
		}
		k.set("key", "value", long)
		var seen []string
		err := storage.Update(k.ctx, k.swapper(), "key", func(old string, found bool) (storage.Change, error) {
			seen = append(seen, fmt.Sprintf("%s %t", old, found))
			if n := len(seen); n <= len(meanwhile) {
				meanwhile[n-1]()
			}
			return storage.Put(old+" and ours", long), nil
		})
		if want := []string{"value true", "theirs true", " false", "again true"}; err != nil || !slices.Equal(seen, want) {
			k.Errorf("Update: got error %v and calls with %q, want %q", err, seen, want)
		}
		k.wantValue("key", "again and ours")
	}},
	{name: "DropsOnlyWhatItSaw", needs: swaps, run: func(k *kit) {
		k.set("key", "value", long)
		calls := 0
		k.swap("key", func(old string, found bool) (storage.Change, error) {
			if calls++; calls == 1 {
				k.set("key", "precious", long)
			}
			if old == "precious" {
				return storage.Change{}, nil
			}
			return storage.Drop(), nil
		})
		k.wantValue("key", "precious")
	}},
}

func (k *kit) swap(key string, fn func(old string, found bool) (storage.Change, error)) {
	k.Helper()
	if err := storage.Update(k.ctx, k.swapper(), key, fn); err != nil {
		k.Fatalf("Update(%q): got error %v, want none", key, err)
	}
}

// update is swap with the value that fn has to be given.
func (k *kit) update(key string, fn func(string, bool) (storage.Change, error), wantOld string, wantFound bool) {
	k.Helper()
	k.swap(key, func(old string, found bool) (storage.Change, error) {
		if old != wantOld || found != wantFound {
			k.Errorf("Update(%q): its function was given %s, %t, want %s, %t", key, brief(old), found, brief(wantOld), wantFound)
		}
		return fn(old, found)
	})
}
