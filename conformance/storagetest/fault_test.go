package storagetest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/storagetest"
	"github.com/cardea-auth/cardea/core/storage"
)

// faultVariable names the fault that TestFaulty has to show.
const faultVariable = "CARDEA_STORAGETEST_FAULT"

// faults are storages that are wrong in one way, with the case that has to notice.
var faults = []struct {
	name, group, test string
	spoil             func(f *faulty)
}{
	{"shares its keys with others", "Open", "IsEmptyAndAlone", func(f *faulty) { f.use(shared()) }},
	{"takes empty for absent", "Values", "EmptyIsNotAbsent", func(f *faulty) {
		f.get = func(ctx context.Context, key string) (string, error) {
			value, err := f.door.Get(ctx, key)
			if err == nil && value == "" {
				err = storage.ErrNotFound
			}
			return value, err
		}
	}},
	{"ends values at NUL", "Values", "EveryByteIsKept", func(f *faulty) {
		f.value = func(v string) string { v, _, _ = strings.Cut(v, "\x00"); return v }
	}},
	{"repairs invalid UTF-8", "Values", "EveryByteIsKept", func(f *faulty) {
		f.value = func(v string) string { return strings.ToValidUTF8(v, "\ufffd") }
	}},
	{"truncates", "Values", "Mebibyte", func(f *faulty) { f.value = func(v string) string { return v[:min(len(v), 65535)] } }},
	{"keeps what was deleted", "Values", "Delete", func(f *faulty) {
		f.remove = func(context.Context, string) error { return nil }
	}},
	{"reports a delete of nothing", "Values", "Absent", func(f *faulty) {
		f.remove = func(ctx context.Context, key string) error { _, err := f.door.GetAndDelete(ctx, key); return err }
	}},
	{"folds the case of keys", "Keys", "NeverMeet", func(f *faulty) { f.key = strings.ToLower }},
	{"trims keys", "Keys", "NeverMeet", func(f *faulty) { f.key = strings.TrimSpace }},
	{"cuts keys", "Keys", "NeverMeet", func(f *faulty) { f.key = func(k string) string { return k[:min(len(k), 255)] } }},
	{"cuts keys of counters", "Keys", "NeverMeetAsCounters", func(f *faulty) { f.key = func(k string) string { return k[:min(len(k), 255)] } }},
	{"takes without removing", "GetAndDelete", "Once", func(f *faulty) { f.take = f.door.Get }},
	{"takes in two steps", "Race", "GetAndDelete", func(f *faulty) {
		pair := meeting()
		f.take = func(ctx context.Context, key string) (string, error) {
			value, err := f.door.Get(ctx, key)
			pair()
			if err == nil {
				err = f.door.Delete(ctx, key)
			}
			return value, err
		}
	}},
	{"counts in two steps", "Race", "Increment", func(f *faulty) {
		pair := meeting()
		f.increment = func(ctx context.Context, key string, ttl time.Duration) (int64, error) {
			value, err := f.door.Get(ctx, key)
			if err != nil && !errors.Is(err, storage.ErrNotFound) {
				return 0, err
			}
			pair()
			n, _ := strconv.ParseInt(value, 10, 64)
			return n + 1, f.door.Set(ctx, key, strconv.FormatInt(n+1, 10), ttl)
		}
	}},
	{"prolongs counters", "CounterLifetimes", "SetOnCreationOnly", func(f *faulty) {
		f.increment = func(ctx context.Context, key string, ttl time.Duration) (int64, error) {
			n, err := f.door.Increment(ctx, key, ttl)
			if err == nil {
				err = f.door.Set(ctx, key, strconv.FormatInt(n, 10), ttl)
			}
			return n, err
		}
	}},
	{"gives a new lifetime to whatever is one", "CounterLifetimes", "KeepsTheLifetimeOfAValue", func(f *faulty) {
		f.increment = func(ctx context.Context, key string, ttl time.Duration) (int64, error) {
			n, err := f.door.Increment(ctx, key, ttl)
			if err == nil && n == 1 {
				err = f.door.Set(ctx, key, "1", ttl)
			}
			return n, err
		}
	}},
	{"lets counters live forever", "Race", "IncrementSetsTheLifetime", func(f *faulty) { f.window = func(time.Duration) time.Duration { return year } }},
	{"takes any window", "Counters", "NeedsAWindow", func(f *faulty) {
		f.window = func(ttl time.Duration) time.Duration { return min(max(ttl, time.Second), year) }
	}},
	{"takes text for zero", "Counters", "RefusesWhatIsNoNumber", func(f *faulty) {
		f.increment = func(ctx context.Context, key string, ttl time.Duration) (int64, error) {
			n, err := f.door.Increment(ctx, key, ttl)
			if err != nil && storage.Whole(ttl) > 0 {
				return 1, f.door.Set(ctx, key, "1", ttl)
			}
			return n, err
		}
	}},
	{"keeps the first lifetime", "Lifetimes", "SetReplacesTheLifetime", func(f *faulty) {
		f.set = func(ctx context.Context, key, value string, ttl time.Duration) error {
			if done, err := f.door.SetIfAbsent(ctx, key, value, ttl); done || err != nil {
				return err
			}
			return nil
		}
	}},
	{"rounds up", "Lifetimes", "CutToWholeSeconds", func(f *faulty) { f.ttl = func(d time.Duration) time.Duration { return d + time.Second - 1 } }},
	{"writes what is over", "Lifetimes", "TooShortWritesNothing", func(f *faulty) { f.ttl = func(d time.Duration) time.Duration { return max(d, time.Second) } }},
	{"deletes what is over", "Lifetimes", "TooShortWritesNothing", func(f *faulty) {
		f.set = func(ctx context.Context, key, value string, ttl time.Duration) error {
			if storage.Whole(ttl) == 0 {
				return f.door.Delete(ctx, key)
			}
			return f.door.Set(ctx, key, value, ttl)
		}
	}},
	{"forgets after a month", "Lifetimes", "Forever", func(f *faulty) { f.ttl = func(d time.Duration) time.Duration { return min(d, 30*24*time.Hour) } }},
	{"forgets nothing", "Lifetimes", "ValuesEnd", func(f *faulty) { f.ttl = func(time.Duration) time.Duration { return storage.Forever } }},
	{"prolongs by reading", "Lifetimes", "ReadingDoesNotProlong", func(f *faulty) {
		f.get = func(ctx context.Context, key string) (string, error) {
			value, err := f.door.Get(ctx, key)
			if err == nil {
				err = f.door.Set(ctx, key, value, 10*time.Minute)
			}
			return value, err
		}
	}},
	{"sets what is there", "Swap", "SetIfAbsent", func(f *faulty) {
		f.setIfAbsent = func(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
			return true, f.door.Set(ctx, key, value, ttl)
		}
	}},
	{"replaces nothing by something", "Swap", "Replace", func(f *faulty) {
		f.replace = func(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
			if done, err := f.door.Replace(ctx, key, old, value, ttl); done || err != nil {
				return done, err
			}
			return f.door.SetIfAbsent(ctx, key, value, ttl)
		}
	}},
	{"compares lengths", "Swap", "ComparesEveryByte", func(f *faulty) {
		f.replace = func(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
			if now, err := f.door.Get(ctx, key); err == nil && len(now) == len(old) {
				old = now
			}
			return f.door.Replace(ctx, key, old, value, ttl)
		}
	}},
	{"deletes what changed", "Update", "DropsOnlyWhatItSaw", func(f *faulty) {
		f.deleteIf = func(ctx context.Context, key, _ string) (bool, error) { return true, f.door.Delete(ctx, key) }
	}},
	{"replaces in two steps", "Race", "UpdateLosesNothing", func(f *faulty) {
		pair := meeting()
		f.replace = func(ctx context.Context, key, old, value string, ttl time.Duration) (bool, error) {
			now, err := f.door.Get(ctx, key)
			if err != nil || now != old {
				return false, err
			}
			pair()
			return true, f.door.Set(ctx, key, value, ttl)
		}
	}},
	{"brings back what was deleted", "Race", "UpdateBringsNothingBack", func(f *faulty) {
		f.remove = func(ctx context.Context, key string) error {
			value, err := f.door.Get(ctx, key)
			if err == nil {
				err = errors.Join(f.door.Delete(ctx, key), f.door.Set(ctx, key, value, time.Hour))
			}
			return err
		}
	}},
	{"guesses at links", "Link", "GetLinked", func(f *faulty) {
		f.link = func(l storage.Link) storage.Link { l.Path = l.Path[:1]; return l }
	}},
	{"does not listen to the context", "Context", "CancelledBefore", func(f *faulty) { f.ctx = context.WithoutCancel }},
	{"takes a breakdown for absence", "Context", "PastItsDeadline", func(f *faulty) {
		f.err = func(err error) error {
			if err != nil {
				return errors.Join(storage.ErrNotFound, err)
			}
			return nil
		}
	}},
	{"takes being closed for absence", "Close", "EveryMethodIsAnError", func(f *faulty) {
		f.err = func(err error) error {
			if errors.Is(err, errClosed) {
				return storage.ErrNotFound
			}
			return err
		}
	}},
	{"stays open", "Close", "EveryMethodIsAnError", func(f *faulty) { f.stays = true }},
	{"keeps writes to itself", "Reopen", "EachSeesTheOthersWrites", func(f *faulty) { f.alone = true }},
}

// year is longer than any window of the suite.
const year = 365 * 24 * time.Hour

// shared returns one and the same door to every caller.
var shared = sync.OnceValue(newDoor)

// meeting returns a function that holds up its first caller until there is a second, so that what two of them do in
// several steps is sure to be mixed. The caller's case has to have more than one at a time.
func meeting() func() {
	var mu sync.Mutex
	n, both := 0, make(chan struct{})
	return func() {
		mu.Lock()
		n++
		if n == 2 {
			close(both)
		}
		mu.Unlock()
		<-both
	}
}

// TestFaults makes sure that the suite can fail: each fault, alone, in a process of its own, because a failing test
// cannot be had inside of one that passes.
func TestFaults(t *testing.T) {
	t.Parallel()
	if os.Getenv(faultVariable) != "" {
		t.Skip("this process shows one fault")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), exe, "-test.timeout=1m", "-test.run=^TestFaulty$/^"+f.group+"$/^"+f.test+"$")
			cmd.Env = append(os.Environ(), faultVariable+"="+f.name)
			out, err := cmd.CombinedOutput()
			want := "--- FAIL: TestFaulty/" + f.group + "/" + f.test + " "
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || !bytes.Contains(out, []byte(want)) {
				t.Errorf("a storage that %s: got %v and\n%s\nwant the suite to fail with %q", f.name, err, out, want)
			}
		})
	}
}

// TestFaulty is what TestFaults runs.
func TestFaulty(t *testing.T) {
	fault := os.Getenv(faultVariable)
	for _, f := range faults {
		if f.name == fault {
			storagetest.Run(t, storagetest.Options{
				Open:    func(testing.TB) storage.Storage { return newFaulty(f.spoil) },
				Advance: func(_ testing.TB, s storage.Storage, d time.Duration) { s.(*faulty).clock.Advance(d) },
				Reopen: func(_ testing.TB, s storage.Storage) storage.Storage {
					if s.(*faulty).alone {
						return newDoor()
					}
					return s
				},
				Close: func(_ testing.TB, s storage.Storage) { s.(*faulty).closed.Store(!s.(*faulty).stays) },
			})
			return
		}
	}
	t.Skipf("%s names no fault: TestFaults runs this", faultVariable)
}
