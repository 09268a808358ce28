// Package ratelimit limits how often one client may call one endpoint.
//
// [Rules] say how often, a [Counter] counts, and a [Limiter] asks the one and then the other, as better-auth does
// (formats.md §8). The counters are [Memory] for a single process, [Database] for servers that share a store, and
// [Secondary] for those that share something like Redis.
//
//	rules, err := ratelimit.Compile(ratelimit.Config{Routes: []string{"/sign-in/email"}})
//	limiter := ratelimit.New(rules, ratelimit.NewMemory(ratelimit.MemoryOptions{}), ratelimit.Options{})
//	wait, ok, err := limiter.Allow(ctx, ratelimit.Request{IP: "203.0.113.5", Route: "/sign-in/email"})
//
// It slows guessing down. What must not happen more often than a number of times, whoever asks, such as tries at one
// code, needs a count of its own beside the thing that is guessed. Against floods that fill the network, limit in front
// of this server.
package ratelimit
