package ratelimit_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
)

var benchConfig = ratelimit.Config{
	Default: ratelimit.Rule{Max: math.MaxInt32},
	Plugins: pluginRules,
	Custom: []ratelimit.CustomRule{
		{Path: "/admin/**", Rule: rule(10, 10)}, {Path: "/*/x", Rule: rule(10, 10)}, {Path: "/ok", Rule: rule(1, math.MaxInt32)},
	},
	Routes: []string{"/ok"},
}

func benchmarkAllow(b *testing.B, c ratelimit.Counter, r ratelimit.Request) {
	b.Helper()
	limiter := ratelimit.New(compile(b, benchConfig), c, ratelimit.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, ok, err := limiter.Allow(b.Context(), r); !ok || err != nil {
			b.Fatalf("got allowed %v, %v", ok, err)
		}
	}
}

func BenchmarkMemory(b *testing.B) {
	benchmarkAllow(b, ratelimit.NewMemory(ratelimit.MemoryOptions{}), ratelimit.Request{IP: "203.0.113.5", Route: "/ok"})
}

func BenchmarkMemoryParallel(b *testing.B) {
	limiter := ratelimit.New(compile(b, benchConfig), ratelimit.NewMemory(ratelimit.MemoryOptions{}), ratelimit.Options{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, ok, err := limiter.Allow(b.Context(), ratelimit.Request{IP: "203.0.113.5", Route: "/ok"}); !ok || err != nil {
				b.Fatalf("got allowed %v, %v", ok, err)
			}
		}
	})
}

// BenchmarkMemoryFull is what an attacker can make a request cost at most: a part of the memory is full, and at each
// request the last counter in it has just expired.
func BenchmarkMemoryFull(b *testing.B) {
	now := authtest.NewClock()
	m := ratelimit.NewMemory(ratelimit.MemoryOptions{Now: now.Now})
	keys := make([]string, 1025)
	for i := range keys {
		keys[i] = fmt.Sprintf("192.0.2.1|/%d", i)
	}
	r := ratelimit.Rule{Window: 1024 * time.Millisecond, Max: 1}
	i := 0
	for b.Loop() {
		now.Advance(time.Millisecond)
		if _, ok, _ := m.Consume(b.Context(), keys[i%len(keys)], r); !ok {
			b.Fatalf("request %d: got denied", i)
		}
		i++
	}
}

func BenchmarkDatabase(b *testing.B) {
	c := ratelimit.NewDatabase(memdb.New(), newTable(b), compile(b, benchConfig), ratelimit.DatabaseOptions{})
	benchmarkAllow(b, c, ratelimit.Request{IP: "203.0.113.5", Route: "/ok"})
}
