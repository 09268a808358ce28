package ratelimit_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/authtest"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("x", 300)
	for _, c := range []struct {
		name string
		o    ratelimit.Options
		r    ratelimit.Request
		want string
	}{
		{"route", ratelimit.Options{}, ratelimit.Request{IP: "192.0.2.1", Route: "/ok", Path: "/ok"}, "192.0.2.1|/ok"},
		{"parameter", ratelimit.Options{}, ratelimit.Request{IP: "192.0.2.1", Route: "/reset-password/:token", Path: "/reset-password/x"}, "192.0.2.1|/reset-password/:token"},
		{"no route", ratelimit.Options{}, ratelimit.Request{IP: "192.0.2.1", Path: "/OK"}, "192.0.2.1|*"},
		{"no address", ratelimit.Options{}, ratelimit.Request{Route: "/ok"}, "no-trusted-ip|/ok"},
		{"exact", ratelimit.Options{Exact: true}, ratelimit.Request{IP: "192.0.2.1", Route: "/ok", Path: "/ok"}, "192.0.2.1|/ok"},
		{"exact parameter", ratelimit.Options{Exact: true}, ratelimit.Request{IP: "192.0.2.1", Route: "/reset-password/:token", Path: "/reset-password/x"}, "192.0.2.1|/reset-password/x"},
		{"exact without a route", ratelimit.Options{Exact: true}, ratelimit.Request{IP: "192.0.2.1", Path: "/OK"}, "192.0.2.1|/OK"},
		{"exact, long", ratelimit.Options{Exact: true}, ratelimit.Request{IP: "192.0.2.1", Path: long[:245]}, "192.0.2.1|" + long[:245]},
		{"exact, too long", ratelimit.Options{Exact: true}, ratelimit.Request{IP: "192.0.2.1", Path: long[:246]},
			"192.0.2.1|sha256:9399c718689aa82a65fe2f79e3d283af28a2685e3835f03519b6b30bc5379d6f"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var seen recorder
			c.o.Logger = quiet
			limiter := ratelimit.New(compile(t, ratelimit.Config{}), &seen, c.o)
			if _, _, err := limiter.Allow(t.Context(), c.r); err != nil {
				t.Fatal(err)
			}
			if seen.key != c.want {
				t.Errorf("got %q, want %q", seen.key, c.want)
			}
		})
	}
}

// TestVariantsShareACounter: another spelling of a path is not another hundred requests.
func TestVariantsShareACounter(t *testing.T) {
	t.Parallel()
	limiter := ratelimit.New(compile(t, ratelimit.Config{Default: rule(10, 3)}), newMemory(t, authtest.NewClock()), ratelimit.Options{})
	for i, path := range []string{"/nothing", "/Nothing", "/nothing/", "/%6eothing"} {
		_, ok, err := limiter.Allow(t.Context(), ratelimit.Request{IP: "192.0.2.1", Path: path})
		if want := i < 3; ok != want || err != nil {
			t.Errorf("request %d, for %s: got allowed %v, %v, want %v", i, path, ok, err, want)
		}
	}
}

// answer is a counter that always answers the same.
type answer struct {
	wait time.Duration
	ok   bool
	err  error
}

func (a answer) Consume(context.Context, string, ratelimit.Rule) (time.Duration, bool, error) {
	return a.wait, a.ok, a.err
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]time.Duration{
		0:                       10 * time.Second, // a counter that does not know
		-time.Second:            10 * time.Second,
		time.Nanosecond:         time.Second,
		time.Millisecond:        time.Second,
		time.Second:             time.Second,
		time.Second + 1:         2 * time.Second,
		9999 * time.Millisecond: 10 * time.Second,
	} {
		limiter := ratelimit.New(compile(t, ratelimit.Config{}), answer{wait: wait}, ratelimit.Options{})
		got, ok, err := limiter.Allow(t.Context(), ratelimit.Request{IP: "192.0.2.1", Route: "/ok"})
		if got != want || ok || err != nil {
			t.Errorf("%v: got %v, %v, %v, want %v, denied", wait, got, ok, err, want)
		}
	}
}

func TestCounterFails(t *testing.T) {
	t.Parallel()
	errDown := errors.New("connection refused")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name    string
		open    bool
		ctx     context.Context
		counter answer
		allowed bool
		logged  string
	}{
		{"closed", false, t.Context(), answer{err: errDown}, false, ""},
		{"closed, counter says yes", false, t.Context(), answer{ok: true, err: errDown}, false, ""},
		{"open", true, t.Context(), answer{err: errDown}, true, "connection refused"},
		{"open, client gone", true, gone, answer{err: errDown}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			o := ratelimit.Options{FailOpen: c.open, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			limiter := ratelimit.New(compile(t, ratelimit.Config{}), c.counter, o)
			wait, ok, err := limiter.Allow(c.ctx, ratelimit.Request{IP: "192.0.2.1", Route: "/ok"})
			if ok != c.allowed || wait != 0 {
				t.Errorf("got %v, allowed %v, want allowed %v", wait, ok, c.allowed)
			}
			if !c.allowed && !errors.Is(err, errDown) || c.allowed && err != nil {
				t.Errorf("got error %v", err)
			}
			if got := log.String(); (got == "") != (c.logged == "") || !strings.Contains(got, c.logged) {
				t.Errorf("got the log %q, want %q in it", got, c.logged)
			}
		})
	}
}

func TestUnknownAddressIsLoggedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := ratelimit.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	limiter := ratelimit.New(compile(t, ratelimit.Config{}), new(recorder), o)
	for range 3 {
		if _, ok, err := limiter.Allow(t.Context(), ratelimit.Request{Route: "/ok"}); !ok || err != nil {
			t.Fatalf("got allowed %v, %v", ok, err)
		}
	}
	if got := strings.Count(log.String(), "which proxies to trust"); got != 1 {
		t.Errorf("got %d warnings, want 1:\n%s", got, log.String())
	}
}

func TestNewPanics(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func(){
		"no rules":   func() { ratelimit.New(nil, new(recorder), ratelimit.Options{}) },
		"no counter": func() { ratelimit.New(compile(t, ratelimit.Config{}), nil, ratelimit.Options{}) },
		"no storage": func() { ratelimit.NewSecondary(nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: got a limiter, want a panic", name)
				}
			}()
			build()
		}()
	}
}
