package redisstorage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cardea-auth/cardea/core/storage"
)

// spy notes the commands that a client sends, and answers those that it is told to in the place of Redis.
type spy struct {
	refuse func(cmd redis.Cmder) error // nil lets the command pass

	mu   sync.Mutex
	sent []string
}

func (s *spy) DialHook(next redis.DialHook) redis.DialHook { return next }

func (s *spy) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		s.mu.Lock()
		s.sent = append(s.sent, cmd.Name())
		s.mu.Unlock()
		if s.refuse != nil {
			if err := s.refuse(cmd); err != nil {
				cmd.SetErr(err)
				return err
			}
		}
		return next(ctx, cmd)
	}
}

func (s *spy) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		s.mu.Lock()
		s.sent = append(s.sent, "pipeline")
		s.mu.Unlock()
		return next(ctx, cmds)
	}
}

// take returns what was sent since the last time.
func (s *spy) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sent := s.sent
	s.sent = nil
	return sent
}

// answer is an error that Redis answers with.
type answer string

func (a answer) Error() string { return string(a) }

func (answer) RedisError() {}

var _ redis.Error = answer("")

var link = storage.Link{Path: []string{"session", "userId"}, Prefix: "revoked-sessions-before-"}

// TestRoundTrips counts them, once Redis has the scripts.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, observer := t.Context(), &spy{}
	mustSet(t, s, "revoked-sessions-before-u1", "1", time.Minute)
	s.client.AddHook(observer)
	for what, call := range map[string]struct {
		command string
		run     func() error
	}{
		"Get":          {"get", func() error { _, err := s.Get(ctx, "key"); return err }},
		"Set":          {"set", func() error { return s.Set(ctx, "key", "v", time.Minute) }},
		"Delete":       {"del", func() error { return s.Delete(ctx, "other") }},
		"GetAndDelete": {"getdel", func() error { _, err := s.GetAndDelete(ctx, "key"); return err }},
		"Increment":    {"evalsha", func() error { _, err := s.Increment(ctx, "counter", time.Minute); return err }},
		"SetIfAbsent":  {"set", func() error { _, err := s.SetIfAbsent(ctx, "key", "v", time.Minute); return err }},
		"Replace":      {"evalsha", func() error { _, err := s.Replace(ctx, "key", "v", "w", time.Minute); return err }},
		"DeleteIf":     {"evalsha", func() error { _, err := s.DeleteIf(ctx, "key", "x"); return err }},
		"Follow": {"evalsha", func() error {
			_, err := storage.Follow(ctx, s, "key", link, func(v string) (string, error) { return link.Key(v), nil })
			return err
		}},
	} {
		mustSet(t, s, "key", `{"session":{"userId":"u1"}}`, time.Minute)
		if err := call.run(); err != nil { // Redis may not have the script yet
			t.Fatalf("%s: %v", what, err)
		}
		mustSet(t, s, "key", `{"session":{"userId":"u1"}}`, time.Minute)
		observer.take()
		if err := call.run(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := observer.take(); !slices.Equal(got, []string{call.command}) {
			t.Errorf("%s: sent %q, want only %q", what, got, call.command)
		}
	}
}

func TestGetAndDeleteBeforeRedis62(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.client.AddHook(&spy{refuse: func(cmd redis.Cmder) error {
		if cmd.Name() == "getdel" {
			return answer("ERR unknown command `GETDEL`, with args beginning with: `key`, ")
		}
		return nil
	}})
	mustSet(t, s, "key", "value\x00\xff", time.Minute)
	if got, err := s.GetAndDelete(t.Context(), "key"); err != nil || got != "value\x00\xff" {
		t.Errorf("GetAndDelete: got %q, %v, want the value", got, err)
	}
	if got, err := s.GetAndDelete(t.Context(), "key"); !errors.Is(err, storage.ErrNotFound) || got != "" {
		t.Errorf("GetAndDelete again: got %q, %v, want ErrNotFound", got, err)
	}
}

// TestGetLinkedWhereScriptsMayNot is about servers that let a script read only the keys that it was told of.
func TestGetLinkedWhereScriptsMayNot(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.client.AddHook(&spy{refuse: func(cmd redis.Cmder) error {
		if cmd.Name() == "evalsha" || cmd.Name() == "eval" {
			return answer("ERR Error running script: script tried accessing undeclared key")
		}
		return nil
	}})
	value := `{"session":{"userId":"u1"}}`
	mustSet(t, s, "token", value, time.Minute)
	mustSet(t, s, "revoked-sessions-before-u1", "7", time.Minute)
	want := storage.Pair{Value: value, Key: "revoked-sessions-before-u1", Linked: "7", Found: true}
	if got, err := s.GetLinked(t.Context(), "token", link); err != nil || got != want {
		t.Errorf("GetLinked: got %+v, %v, want %+v", got, err, want)
	}
}

// TestErrorsKeepKeysToThemselves: a session token is a key, and errors are logged.
func TestErrorsKeepKeysToThemselves(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.client.AddHook(&spy{refuse: func(cmd redis.Cmder) error {
		return answer(fmt.Sprintf("ERR unknown command `%s`, with args beginning with: `%v`, ", cmd.Name(), cmd.Args()))
	}})
	ctx := t.Context()
	errs := map[string]error{}
	_, errs["Get"] = s.Get(ctx, "s3cret")
	errs["Set"] = s.Set(ctx, "s3cret", "s3cret", time.Minute)
	errs["Delete"] = s.Delete(ctx, "s3cret")
	_, errs["GetAndDelete"] = s.GetAndDelete(ctx, "s3cret")
	_, errs["Increment"] = s.Increment(ctx, "s3cret", time.Minute)
	_, errs["SetIfAbsent"] = s.SetIfAbsent(ctx, "s3cret", "s3cret", time.Minute)
	_, errs["Replace"] = s.Replace(ctx, "s3cret", "s3cret", "s3cret", time.Minute)
	_, errs["DeleteIf"] = s.DeleteIf(ctx, "s3cret", "s3cret")
	_, errs["GetLinked"] = s.GetLinked(ctx, "s3cret", link)
	for what, err := range errs {
		if err == nil || errors.Is(err, storage.ErrNotFound) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got error %v, want one that does not tell the key", what, err)
		}
	}
}
