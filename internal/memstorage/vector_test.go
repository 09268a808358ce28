package memstorage_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/internal/memstorage"
)

// TestRateLimitVector counts the requests of a recording of better-auth's rate limiter: what Increment returns decides
// each of its answers.
func TestRateLimitVector(t *testing.T) {
	t.Parallel()
	var vector struct {
		Options struct{ Window, Max int }
		Keys    []string
		Steps   []struct {
			AdvanceMs int
			Status    int
		}
	}
	data, err := os.ReadFile("testdata/ratelimit.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &vector); err != nil {
		t.Fatal(err)
	}
	if len(vector.Steps) == 0 || len(vector.Keys) != 1 {
		t.Fatalf("got %d steps and %d keys, want some and one", len(vector.Steps), len(vector.Keys))
	}
	c := newClock()
	s := memstorage.New(memstorage.Options{Now: c.Now})
	for i, step := range vector.Steps {
		c.advance(time.Duration(step.AdvanceMs) * time.Millisecond)
		n, err := s.Increment(t.Context(), vector.Keys[0], time.Duration(vector.Options.Window)*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if allowed := n <= int64(vector.Options.Max); allowed != (step.Status == 200) {
			t.Errorf("step %d: got the sum %d of at most %d, want what makes the status %d", i, n, vector.Options.Max, step.Status)
		}
	}
}
