package redisstorage_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/memdb"
	redisstorage "github.com/cardea-auth/cardea/stores/redis"
)

// asLimited, in the environment, makes the test's executable a process that sends fifty requests to an Auth whose limits
// are kept under that prefix, once its input ends, and prints how many were allowed.
const asLimited = "CARDEA_TEST_AS_LIMITED"

func TestMain(m *testing.M) {
	prefix := os.Getenv(asLimited)
	if prefix == "" {
		os.Exit(m.Run())
	}
	client := redis.NewClient(&redis.Options{Addr: address(), ContextTimeoutEnabled: true})
	auth, err := newLimited(client, prefix)
	if err != nil {
		panic(err)
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		panic(err)
	}
	fmt.Println(fifty(auth))
}

func newLimited(client *redis.Client, prefix string) (*core.Auth, error) {
	return core.New(core.Config{
		BaseURL: "http://localhost:3000", Secret: "redis-test-secret-0123456789-0123456789", Store: memdb.New(),
		SecondaryStorage: redisstorage.New(client, redisstorage.Options{Prefix: prefix}),
		RateLimit: core.RateLimitConfig{
			Custom: []ratelimit.CustomRule{{Path: "/ok", Rule: ratelimit.Rule{Window: time.Minute, Max: 20}}},
		},
	})
}

// fifty sends fifty requests at once and returns how many were allowed, or -1 if there was another answer.
func fifty(auth *core.Auth) int64 {
	var allowed, broken atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			switch auth.Serve(context.Background(), httptest.NewRequest("GET", "http://localhost:3000/api/auth/ok", nil)).Status {
			case 200:
				allowed.Add(1)
			case 429:
			default:
				broken.Add(1)
			}
		})
	}
	wg.Wait()
	if broken.Load() > 0 {
		return -1
	}
	return allowed.Load()
}

// TestRateLimitOfTwoProcesses: of a hundred requests at once, to two processes on one Redis, exactly as many pass as the
// limit allows, at one round trip each.
func TestRateLimitOfTwoProcesses(t *testing.T) {
	t.Parallel()
	prefix := newPrefix(t) // skips without Redis
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	type process struct {
		cmd   *exec.Cmd
		stdin io.Closer
		out   strings.Builder
	}
	processes := make([]process, 2)
	for i := range processes {
		p := &processes[i]
		p.cmd = exec.CommandContext(ctx, os.Args[0])
		p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = append(os.Environ(), asLimited+"="+prefix), &p.out, os.Stderr
		stdin, err := p.cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		p.stdin = stdin
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range processes {
		if err := processes[i].stdin.Close(); err != nil {
			t.Fatal(err)
		}
	}
	sum := 0
	for i := range processes {
		if err := processes[i].cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		n := 0
		if _, err := fmt.Sscan(processes[i].out.String(), &n); err != nil || n < 0 {
			t.Fatalf("got %q, %v", processes[i].out.String(), err)
		}
		sum += n
	}
	if sum != 20 {
		t.Errorf("got %d allowed, want 20", sum)
	}
	client := dial(t)
	if keys := keysOf(t.Context(), t, client, prefix); len(keys) != 1 || keys[0] != prefix+"192.0.2.1|/ok" {
		t.Errorf("got the keys %q, want one", keys)
	}
}

// commands counts the commands that a client sends.
type commands struct{ n atomic.Int64 }

func (c *commands) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *commands) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmd)
	}
}

func (c *commands) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestRateLimitTakesOneRoundTrip(t *testing.T) {
	t.Parallel()
	prefix := newPrefix(t)
	client := dial(t)
	auth, err := newLimited(client, prefix)
	if err != nil {
		t.Fatal(err)
	}
	request := func() {
		if res := auth.Serve(t.Context(), httptest.NewRequest("GET", "http://localhost:3000/api/auth/ok", nil)); res.Status != 200 {
			t.Fatalf("got %d", res.Status)
		}
	}
	request() // the server learns the script
	var sent commands
	client.AddHook(&sent)
	for range 5 {
		request()
	}
	if n := sent.n.Load(); n != 5 {
		t.Errorf("got %d commands for 5 requests, want 5", n)
	}
}
