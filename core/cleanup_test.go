package core_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
)

func TestCleanup(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.signUp("ann@example.com")
	r.clock.Advance(6 * day)
	kept := r.signUp("bob@example.com")
	r.clock.Advance(day + time.Minute)
	if err := r.Cleanup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Store().Count(t.Context(), storeFrom(r, model.SessionTable)); err != nil || n != 2 {
		t.Errorf("%d sessions (%v) within the minute of grace, want both", n, err)
	}
	r.clock.Advance(time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }() // ends with its context
	<-done
	if err := r.Cleanup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Store().Count(t.Context(), storeFrom(r, model.SessionTable)); err != nil || n != 1 {
		t.Errorf("%d sessions (%v), want the one that is alive", n, err)
	}
	wantStatus(t, r.do("GET", getSession, "", "Cookie", kept), 200, "bob@")
}

func TestBackgroundIsDrained(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var ran atomic.Int64
	release := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	for _, end := range []func() error{
		func() error { return nil },
		func() error { return errors.New("mail server away") },
		func() error { panic("boom") },
	} {
		r.Background(ctx, "test", func(ctx context.Context) error {
			<-release
			if ctx.Err() != nil {
				t.Error("background work was cancelled with its request")
			}
			ran.Add(1)
			return end()
		})
	}
	cancel()
	short, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if err := r.Close(short); err == nil {
		t.Error("Close did not say that work is still running")
	}
	close(release)
	if err := r.Close(t.Context()); err != nil || ran.Load() != 3 {
		t.Errorf("Close: %v after %d of 3", err, ran.Load())
	}
	if log := r.log.String(); !strings.Contains(log, "mail server away") || !strings.Contains(log, "boom") {
		t.Errorf("the log does not have the failures: %s", log)
	}
}

func TestBackgroundWaitsForTheCommit(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) { c.Background = func(fn func()) { fn() } })
	undone := errors.New("undone")
	for _, end := range []error{nil, undone} {
		ran := false
		err := r.Store().InTx(t.Context(), func(ctx context.Context) error {
			r.Background(ctx, "test", func(context.Context) error { ran = true; return nil })
			if ran {
				t.Error("ran before the commit")
			}
			return end
		})
		if !errors.Is(err, end) || ran != (end == nil) {
			t.Errorf("after %v: got %v, ran %v", end, err, ran)
		}
	}
}

func TestBackgroundRunnerOfTheApp(t *testing.T) {
	t.Parallel()
	inline := 0
	r := newRig(t, func(c *core.Config) { c.Background = func(fn func()) { inline++; fn() } })
	r.Background(t.Context(), "test", func(context.Context) error { return nil })
	if inline != 1 {
		t.Errorf("the app's runner ran %d times, want 1", inline)
	}
}

func TestHeaderInjectionIsA500(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.Hooks = []core.Hook{core.BeforeAny(core.Paths("/ok"), func(_ context.Context, x *core.Exchange, _ any) error {
			x.SetHeader("X-Next", "a\r\nSet-Cookie: evil=1")
			return nil
		})}
	})
	a := r.do("GET", "/api/auth/ok", "")
	if a.status != 500 || len(a.header["Set-Cookie"]) != 0 || a.header.Get("X-Next") != "" {
		t.Errorf("got %d %v", a.status, a.header)
	}
}
