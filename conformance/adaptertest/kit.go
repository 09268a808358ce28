package adaptertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

const (
	origin        = "http://localhost:3000"
	secret        = "adaptertest-secret-0123456789-0123456789" //nolint:gosec // of a test
	sessionCookie = "better-auth.session_token"
)

// patience is how long a request may take. An adapter that hangs then fails its case instead of stopping the suite.
const patience = 30 * time.Second

// kit is what a case works with: an Auth over a fresh store, and short words for what cases do all the time.
type kit struct {
	*testing.T
	opts   *Options
	config core.Config // for a case to change before the first serve
	auth   *core.Auth
	probe  *probe
	clock  *clock
	log    *logBuffer
	url    string // of the app that was served last
}

func newKit(t *testing.T, o *Options) *kit {
	k := &kit{T: t, opts: o, probe: newProbe(), log: &logBuffer{}}
	k.clock = &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	k.config = core.Config{
		BaseURL:  origin,
		Secret:   secret,
		Store:    o.NewStore(t),
		Plugins:  []core.Plugin{emailpassword.New(emailpassword.Options{}), k.probe},
		Password: core.PasswordConfig{Hasher: hasher{}},
		Now:      k.clock.Now,
		Logger:   slog.New(slog.NewTextHandler(k.log, nil)),
		// Cases send more requests at one time than a client may.
		RateLimit: core.RateLimitConfig{Enabled: core.Off},
	}
	return k
}

// serve has app served with the kit's Auth, which is made on the way if there is none yet.
func (k *kit) serve(app App) {
	k.Helper()
	k.makeAuth()
	app.Auth = k.auth
	k.url = k.opts.Serve(k.T, app)
	if strings.Count(k.url, "/") != 2 || !strings.HasPrefix(k.url, "http://") {
		k.Fatalf("adaptertest: Options.Serve returned %q: want something like http://127.0.0.1:4711", k.url)
	}
}

func (k *kit) makeAuth() {
	k.Helper()
	if k.auth != nil {
		return
	}
	auth, err := core.New(k.config)
	if err != nil {
		k.Fatalf("core.New: %v", err)
	}
	k.Cleanup(func() {
		if err := auth.Close(context.Background()); err != nil {
			k.Errorf("Close: %v", err)
		}
	})
	if err := auth.Migrate(k.Context()); err != nil {
		k.Fatalf("Migrate: %v", err)
	}
	k.auth = auth
}

// signUp makes a user through the app and returns a line with the Cookie header of their session.
func (k *kit) signUp(name string) string {
	k.Helper()
	a := k.post("/api/auth/sign-up/email", `{"name":"`+name+`","email":"`+name+`@example.com","password":"password-1"}`)
	a.want(k.T, "sign-up", 200, `"name":"`+name+`"`)
	for _, line := range a.header["Set-Cookie"] {
		if pair, _, _ := strings.Cut(line, ";"); strings.HasPrefix(pair, sessionCookie+"=") {
			return "Cookie: " + pair
		}
	}
	k.Fatalf("sign-up set no session cookie: %q", a.header["Set-Cookie"])
	return ""
}

// clock is a clock that cases move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// logBuffer is a log that cases read.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// hasher stands in for scrypt: how passwords are hashed is no adapter's business, and takes time.
type hasher struct{}

func (hasher) Hash(_ context.Context, password string) (string, error) {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:]), nil
}

func (h hasher) Verify(ctx context.Context, encoded, password string) (bool, error) {
	got, err := h.Hash(ctx, password)
	return got == encoded, err
}
