package memstorage_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/memstorage"
)

// clock is a time that only moves when it is told to. It belongs to one goroutine.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)} }

func (c *clock) Now() time.Time { return c.now }

func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

func mustSet(t *testing.T, s storage.Storage, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Set(t.Context(), key, value, ttl); err != nil {
		t.Fatalf("Set(%q, %v): got error %v, want none", key, ttl, err)
	}
}

func wantFound(t *testing.T, s storage.Storage, key string, want bool) {
	t.Helper()
	if _, err := s.Get(t.Context(), key); err == nil != want || err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("Get(%q): got error %v, want found %t", key, err, want)
	}
}

func TestExpiryIsExclusive(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := memstorage.New(memstorage.Options{Now: c.Now})
	mustSet(t, s, "key", "value", 10*time.Second)
	c.advance(10*time.Second - 1)
	wantFound(t, s, "key", true)
	c.advance(1)
	wantFound(t, s, "key", false)
}

func TestExpiredGoesWithTheWritesThatFollow(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := memstorage.New(memstorage.Options{Now: c.Now})
	for i := range 1000 {
		mustSet(t, s, strconv.Itoa(i), "value", time.Minute)
	}
	c.advance(time.Minute)
	for i := range 200 {
		if _, err := s.Increment(context.Background(), "counter"+strconv.Itoa(i), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if n, _ := s.Used(); n != 200 {
		t.Errorf("entries after 200 writes: got %d, want the 200 that are alive", n)
	}
}

// TestGrowthFollowsWhatIsAlive counts for very many clients, each of whom comes once.
func TestGrowthFollowsWhatIsAlive(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := memstorage.New(memstorage.Options{Now: c.Now})
	most := 0
	for i := range 200_000 {
		c.advance(10 * time.Millisecond)
		if _, err := s.Increment(context.Background(), "client "+strconv.Itoa(i), 10*time.Second); err != nil {
			t.Fatal(err)
		}
		n, _ := s.Used()
		most = max(most, n)
	}
	if most > 1001 {
		t.Errorf("entries at once: got %d, want the 1000 that are alive, or little more", most)
	}
}

func TestReadingRemovesWhatExpired(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := memstorage.New(memstorage.Options{Now: c.Now})
	mustSet(t, s, "key", "value", time.Minute)
	c.advance(time.Minute)
	wantFound(t, s, "key", false)
	if n, bytes := s.Used(); n != 0 || bytes != 0 {
		t.Errorf("got %d entries of %d bytes, want none", n, bytes)
	}
}

func TestFull(t *testing.T) {
	t.Parallel()
	c := newClock()
	const entries = 100
	s := memstorage.New(memstorage.Options{Now: c.Now, MaxBytes: entries * (memstorage.Overhead + int64(len("k000"+"1")))})
	ctx := t.Context()
	for i := range entries {
		if _, err := s.Increment(ctx, fmt.Sprintf("k%03d", i), time.Minute); err != nil {
			t.Fatalf("counter %d: got error %v, want none", i, err)
		}
	}
	refused := map[string]error{}
	_, refused["Increment"] = s.Increment(ctx, "another", time.Minute)
	refused["Set"] = s.Set(ctx, "another", "value", time.Minute)
	refused["Set of a longer value"] = s.Set(ctx, "k000", "longer", time.Hour)
	_, refused["SetIfAbsent"] = s.SetIfAbsent(ctx, "another", "value", time.Minute)
	_, refused["Replace by a longer value"] = s.Replace(ctx, "k000", "1", "longer", time.Hour)
	for what, err := range refused {
		if !errors.Is(err, memstorage.ErrFull) || errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: got error %v, want ErrFull", what, err)
		}
	}
	// What is there is neither dropped nor changed, and still counts, beyond one digit too.
	for n := int64(2); n <= 11; n++ {
		for i := range entries {
			if got, err := s.Increment(ctx, fmt.Sprintf("k%03d", i), time.Minute); err != nil || got != n {
				t.Fatalf("counter %d of a full storage: got %d, %v, want %d", i, got, err, n)
			}
		}
	}
	for _, key := range []string{"k001", "k002"} { // one of them pays for the digits
		if err := s.Delete(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	mustSet(t, s, "new1", "v", time.Hour)
	c.advance(time.Minute) // at once there is room for something large
	mustSet(t, s, "big", strings.Repeat("x", 90*memstorage.Overhead), time.Hour)
	if n, _ := s.Used(); n != 2 {
		t.Errorf("entries: got %d, want the two that are alive", n)
	}
}

// TestAgainstAModel does the same with the storage and with a map that keeps everything, in an order that chance decides.
func TestAgainstAModel(t *testing.T) {
	t.Parallel()
	type known struct {
		value   string
		expires time.Time // zero is never
	}
	c, rnd := newClock(), rand.New(rand.NewPCG(1, 2))
	s := memstorage.New(memstorage.Options{Now: c.Now})
	model := map[string]known{}
	ctx := t.Context()
	for step := range 50_000 {
		key := strconv.Itoa(rnd.IntN(40))
		ttl := time.Duration(rnd.IntN(20)) * time.Second
		if rnd.IntN(10) == 0 {
			ttl = storage.Forever
		}
		was, found := model[key]
		if found && !was.expires.IsZero() && !c.now.Before(was.expires) {
			delete(model, key)
			was, found = known{}, false
		}
		is := known{value: strings.Repeat("v", rnd.IntN(5)) + strconv.Itoa(step)}
		if ttl != storage.Forever {
			is.expires = c.now.Add(ttl)
		}
		switch rnd.IntN(6) {
		case 0:
			if err := s.Set(ctx, key, is.value, ttl); err != nil {
				t.Fatal(err)
			}
			if ttl > 0 {
				model[key] = is
			}
		case 1:
			if err := s.Delete(ctx, key); err != nil {
				t.Fatal(err)
			}
			delete(model, key)
		case 2:
			got, err := s.GetAndDelete(ctx, key)
			if err == nil != found || got != was.value {
				t.Fatalf("step %d: GetAndDelete(%q): got %q, %v, want %q, found %t", step, key, got, err, was.value, found)
			}
			delete(model, key)
		case 3:
			done, err := s.SetIfAbsent(ctx, key, is.value, ttl)
			if want := !found && ttl > 0; err != nil || done != want {
				t.Fatalf("step %d: SetIfAbsent(%q): got %t, %v, want %t", step, key, done, err, want)
			}
			if done {
				model[key] = is
			}
		case 4:
			done, err := s.Replace(ctx, key, was.value, is.value, ttl)
			if want := found && ttl > 0; err != nil || done != want {
				t.Fatalf("step %d: Replace(%q): got %t, %v, want %t", step, key, done, err, want)
			}
			if done {
				model[key] = is
			}
		case 5:
			c.advance(time.Duration(rnd.IntN(3000)) * time.Millisecond)
			continue
		}
		got, err := s.Get(ctx, key)
		want, found := model[key]
		if err == nil != found || got != want.value {
			t.Fatalf("step %d: Get(%q): got %q, %v, want %q, found %t", step, key, got, err, want.value, found)
		}
	}
	alive, bytes := 0, int64(0)
	for key, k := range model {
		if k.expires.IsZero() || c.now.Before(k.expires) {
			alive++
			bytes += int64(memstorage.Overhead + len(key) + len(k.value))
		}
		wantFound(t, s, key, k.expires.IsZero() || c.now.Before(k.expires))
	}
	if n, used := s.Used(); n != alive || used != bytes {
		t.Errorf("in use: got %d entries of %d bytes, want %d of %d", n, used, alive, bytes)
	}
}

func BenchmarkGet(b *testing.B) {
	s := memstorage.New(memstorage.Options{})
	for i := range 1000 {
		if err := s.Set(b.Context(), strconv.Itoa(i), "value", time.Hour); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Get(b.Context(), "500"); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkIncrement(b *testing.B) {
	s := memstorage.New(memstorage.Options{})
	b.ReportAllocs()
	for i := range b.N {
		if _, err := s.Increment(b.Context(), "203.0.113.1|/sign-in/email"+strconv.Itoa(i%1000), time.Minute); err != nil {
			b.Fatal(err)
		}
	}
}
