package ratelimit_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/clientip"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/authtest"
)

// step is a request of the recorded vectors with its answer.
type step struct {
	AdvanceMS  int64 `json:"advanceMs"`
	Path       string
	IP         *string
	Status     int
	RetryAfter *string
	Body       string
}

type vectorOptions struct {
	Storage     string
	Window, Max int
	CustomRules customRules
}

// customRules keep the order of the object that they come from.
type customRules []ratelimit.CustomRule

func (c *customRules) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		path, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		rule := ratelimit.CustomRule{Path: path.(string)}
		if string(value) == "false" {
			rule.Off = true
		} else {
			var seconds struct{ Window, Max int }
			if err := json.Unmarshal(value, &seconds); err != nil {
				return err
			}
			rule.Rule = ratelimit.Rule{Window: time.Duration(seconds.Window) * time.Second, Max: seconds.Max}
		}
		*c = append(*c, rule)
	}
	return nil
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// TestVectors replays what a server of better-auth 1.7.25 answered.
func TestVectors(t *testing.T) {
	t.Parallel()
	var vectors struct {
		RateLimiting []struct {
			Name    string
			Options vectorOptions
			Steps   []step
		}
		RateLimitSecondaryStorage struct {
			Options vectorOptions
			Keys    []string
			Steps   []step
		}
	}
	readJSON(t, "vectors.json", &vectors)
	if len(vectors.RateLimiting) != 10 || len(vectors.RateLimitSecondaryStorage.Steps) != 5 {
		t.Fatalf("testdata/vectors.json has %d cases and %d steps, want 10 and 5", len(vectors.RateLimiting), len(vectors.RateLimitSecondaryStorage.Steps))
	}
	for _, c := range vectors.RateLimiting {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			replay(t, c.Options, c.Steps)
		})
	}
	t.Run("secondary-storage", func(t *testing.T) {
		t.Parallel()
		c := vectors.RateLimitSecondaryStorage
		ip, path, _ := strings.Cut(c.Keys[0], "|")
		for i := range c.Steps {
			c.Steps[i].IP, c.Steps[i].Path = &ip, path
		}
		replay(t, c.Options, c.Steps)
	})
}

func replay(t *testing.T, o vectorOptions, steps []step) {
	rules := compile(t, ratelimit.Config{
		Default: ratelimit.Rule{Window: time.Duration(o.Window) * time.Second, Max: o.Max},
		Custom:  o.CustomRules,
		Routes:  []string{"/ok", "/get-session", "/sign-in/email"},
	})
	ips, err := clientip.New(clientip.Options{Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	// All paths of the vectors are routes without parameters, so that both ways of counting give the same.
	for _, exact := range []bool{false, true} {
		now := authtest.NewClock()
		limiter := ratelimit.New(rules, counters[o.Storage](t, now), ratelimit.Options{Exact: exact, Logger: quiet})
		for i, s := range steps {
			now.Advance(time.Duration(s.AdvanceMS) * time.Millisecond)
			h := http.Header{}
			if s.IP != nil {
				h.Set("X-Forwarded-For", *s.IP)
			}
			r := ratelimit.Request{IP: ips.Resolve(h, ""), Route: s.Path, Path: s.Path}
			wait, ok, err := limiter.Allow(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if want := s.Status != http.StatusTooManyRequests; ok != want {
				t.Errorf("exact %v, step %d: got allowed %v, want %v", exact, i, ok, want)
			}
			want := "0"
			if s.RetryAfter != nil {
				want = *s.RetryAfter
			}
			if got := strconv.FormatFloat(wait.Seconds(), 'f', -1, 64); got != want {
				t.Errorf("exact %v, step %d: got %s s to wait, want %s", exact, i, got, want)
			}
			if s.Body != "" && s.Body != ratelimit.Body {
				t.Errorf("got the body %s, want %s", ratelimit.Body, s.Body)
			}
		}
	}
}

// TestContract compares the built-in data with the contract's.
func TestContract(t *testing.T) {
	t.Parallel()
	var contract struct {
		Defaults struct {
			Window int `json:"window_s"`
			Max    int
		}
		Rules []struct {
			Match struct {
				Exact, Prefix []string
			}
			Window int `json:"window_s"`
			Max    int
		} `json:"core_special_rules"`
		Key struct {
			Bucket string `json:"no_ip_bucket"`
		}
		Response struct {
			Headers map[string]string
			Body    json.RawMessage
		}
	}
	readJSON(t, "ratelimits.json", &contract)
	sorted := func(paths []string) string { return strings.Join(slices.Sorted(slices.Values(paths)), " ") }
	builtIn := ratelimit.BuiltIn()
	if len(builtIn) != len(contract.Rules) {
		t.Fatalf("got %d built-in rules, want %d", len(builtIn), len(contract.Rules))
	}
	for i, want := range contract.Rules {
		got := builtIn[i]
		if got.Window != time.Duration(want.Window)*time.Second || got.Max != want.Max ||
			sorted(got.Paths) != sorted(want.Match.Exact) || sorted(got.Prefixes) != sorted(want.Match.Prefix) {
			t.Errorf("built-in rule %d: got %+v, want %+v", i, got, want)
		}
	}
	var seen recorder
	limiter := ratelimit.New(compile(t, ratelimit.Config{}), &seen, ratelimit.Options{Logger: quiet})
	if _, _, err := limiter.Allow(t.Context(), ratelimit.Request{Route: "/ok"}); err != nil {
		t.Fatal(err)
	}
	if want := (ratelimit.Rule{Window: time.Duration(contract.Defaults.Window) * time.Second, Max: contract.Defaults.Max}); seen.rule != want {
		t.Errorf("default rule: got %+v, want %+v", seen.rule, want)
	}
	if want := contract.Key.Bucket + "|/ok"; seen.key != want {
		t.Errorf("key without an address: got %q, want %q", seen.key, want)
	}
	if contract.Response.Headers[strings.ToLower(ratelimit.RetryHeader)] == "" {
		t.Errorf("got the header %s, want one of %v", ratelimit.RetryHeader, contract.Response.Headers)
	}
	var body bytes.Buffer
	if err := json.Compact(&body, contract.Response.Body); err != nil || body.String() != ratelimit.Body {
		t.Errorf("got the body %s, want %s (%v)", ratelimit.Body, body.String(), err)
	}
}
