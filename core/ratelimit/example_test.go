package ratelimit_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
)

func Example() {
	rules, err := ratelimit.Compile(ratelimit.Config{
		Custom: []ratelimit.CustomRule{
			{Path: "/sign-in/*", Rule: ratelimit.Rule{Window: time.Minute, Max: 2}},
			{Path: "/get-session", Off: true},
		},
		Routes: []string{"/sign-in/email", "/get-session"},
	})
	if err != nil {
		panic(err)
	}
	limiter := ratelimit.New(rules, ratelimit.NewMemory(ratelimit.MemoryOptions{}), ratelimit.Options{})

	for range 3 {
		wait, ok, err := limiter.Allow(context.Background(), ratelimit.Request{IP: "203.0.113.5", Route: "/sign-in/email"})
		if err != nil {
			panic(err)
		}
		if !ok {
			fmt.Printf("429 %s: %.0f %s\n", ratelimit.RetryHeader, wait.Seconds(), ratelimit.Body)
			continue
		}
		fmt.Println("go on")
	}
	// Output:
	// go on
	// go on
	// 429 X-Retry-After: 60 {"message":"Too many requests. Please try again later."}
}
