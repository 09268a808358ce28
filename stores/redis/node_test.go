package redisstorage_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// recording is what @better-auth/redis-storage did and left in Redis.
type recording struct {
	Operations []struct {
		Op, Key, Value string
		TTL            int // seconds; 0 is none
		Result         any
	}
	Keys []struct {
		Key, Value string
		TTL        int // seconds; -1 is none
	}
}

// nodePrefix begins the recorded keys. Another takes its place here, so that no two tests meet.
const nodePrefix = "better-auth:"

func record(t *testing.T) recording {
	t.Helper()
	data, err := os.ReadFile("testdata/node.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Operations) < 10 || len(r.Keys) < 5 {
		t.Fatalf("got %d operations and %d keys, want more", len(r.Operations), len(r.Keys))
	}
	return r
}

func lifetime(seconds int) time.Duration {
	if seconds <= 0 {
		return storage.Forever
	}
	return time.Duration(seconds) * time.Second
}

// TestWritesWhatNodeWrites does the recorded operations and compares what Redis has then.
func TestWritesWhatNodeWrites(t *testing.T) {
	t.Parallel()
	s, r := open(t), record(t)
	ctx := t.Context()
	for i, o := range r.Operations {
		switch o.Op {
		case "set":
			mustSet(t, s, o.Key, o.Value, lifetime(o.TTL))
		case "delete":
			if err := s.Delete(ctx, o.Key); err != nil {
				t.Fatal(err)
			}
		case "increment":
			if n, err := s.Increment(ctx, o.Key, lifetime(o.TTL)); err != nil || float64(n) != o.Result {
				t.Errorf("operation %d: Increment: got %d, %v, want %v", i, n, err, o.Result)
			}
		case "getAndDelete":
			got, err := s.GetAndDelete(ctx, o.Key)
			if o.Result == nil {
				if !errors.Is(err, storage.ErrNotFound) {
					t.Errorf("operation %d: GetAndDelete: got %q, %v, want ErrNotFound", i, got, err)
				}
			} else if err != nil || got != o.Result {
				t.Errorf("operation %d: GetAndDelete: got %q, %v, want %q", i, got, err, o.Result)
			}
		default:
			t.Fatalf("operation %d: unknown %q", i, o.Op)
		}
	}
	want := map[string]bool{}
	for _, k := range r.Keys {
		name := s.prefix + strings.TrimPrefix(k.Key, nodePrefix)
		want[name] = true
		if got, err := s.client.Get(ctx, name).Result(); err != nil || got != k.Value {
			t.Errorf("key %q: got %q, %v, want %q", k.Key, got, err, k.Value)
		}
		// Some seconds may have passed since.
		if got, err := s.client.PTTL(ctx, name).Result(); err != nil || k.TTL < 0 && got != -1 ||
			k.TTL > 0 && (got > lifetime(k.TTL) || got < lifetime(k.TTL)-9*time.Second) {
			t.Errorf("lifetime of %q: got %v, %v, want %d seconds", k.Key, got, err, k.TTL)
		}
	}
	got := keysOf(ctx, t, s.client, s.prefix)
	slices.Sort(got)
	if wanted := slices.Sorted(maps.Keys(want)); !slices.Equal(got, wanted) {
		t.Errorf("keys: got %q, want %q", got, wanted)
	}
}

// TestReadsWhatNodeWrote puts into Redis what Node left there.
func TestReadsWhatNodeWrote(t *testing.T) {
	t.Parallel()
	s, r := open(t), record(t)
	ctx := t.Context()
	sessions, counters := 0, 0
	for _, k := range r.Keys {
		key := strings.TrimPrefix(k.Key, nodePrefix)
		ttl := lifetime(k.TTL)
		if ttl == storage.Forever {
			ttl = 0 // as the client says it
		}
		if err := s.client.Set(ctx, s.prefix+key, k.Value, ttl).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range r.Keys {
		key := strings.TrimPrefix(k.Key, nodePrefix)
		if got, err := s.Get(ctx, key); err != nil || got != k.Value {
			t.Errorf("Get(%q): got %q, %v, want %q", key, got, err, k.Value)
		}
		switch {
		case strings.HasPrefix(k.Value, `{"session":`):
			sessions++
			user := link.Key(k.Value)
			got, err := s.GetLinked(ctx, key, link)
			if want := (storage.Pair{Value: k.Value, Key: user, Linked: "1767531977678", Found: true}); err != nil || got != want {
				t.Errorf("GetLinked(%q): got %+v, %v, want %+v", key, got, err, want)
			}
		case strings.Contains(key, "|"):
			counters++
			if n, err := s.Increment(ctx, key, time.Minute); err != nil || n != 4 {
				t.Errorf("Increment of Node's counter: got %d, %v, want 4", n, err)
			}
		case strings.HasPrefix(key, "verification:"):
			if got, err := s.GetAndDelete(ctx, key); err != nil || got != k.Value {
				t.Errorf("GetAndDelete(%q): got %q, %v, want %q", key, got, err, k.Value)
			}
		}
	}
	if sessions != 1 || counters != 1 {
		t.Errorf("the recording has %d sessions and %d counters, want one of each", sessions, counters)
	}
}
