package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/internal/memstorage"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

const tooMany = `{"message":"Too many requests. Please try again later."}`

// limited turns rate limits on, with a limit that few requests reach.
func limited(most int) func(*core.Config) {
	return func(c *core.Config) {
		c.RateLimit = core.RateLimitConfig{Enabled: core.On, Window: time.Minute, Max: most}
	}
}

// get sends requests and returns their statuses.
func (r *rig) get(path string, n int, headers ...string) string {
	r.t.Helper()
	var statuses []string
	for range n {
		statuses = append(statuses, fmt.Sprint(r.do("GET", path, "", headers...).status))
	}
	return strings.Join(statuses, " ")
}

func wantStatuses(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

func TestLimitsAreOnInProduction(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		development bool
		enabled     core.Switch
		want        bool
	}{
		{"production", false, core.Default, true},
		{"development", true, core.Default, false},
		{"production, off", false, core.Off, false},
		{"development, on", true, core.On, true},
	} {
		r := newRig(t, func(config *core.Config) {
			config.Development = c.development
			config.RateLimit = core.RateLimitConfig{Enabled: c.enabled}
		})
		last := answer{}
		for range 4 {
			last = r.do("POST", "/api/auth/sign-in/email", `{"email":"a@example.com","password":"wrong-password"}`)
		}
		if got := last.status == http.StatusTooManyRequests; got != c.want {
			t.Errorf("%s: the fourth sign-in was answered %d", c.name, last.status)
		}
		if c.want && (last.body != tooMany || last.header.Get("X-Retry-After") != "10" || last.header.Get("Content-Type") != "application/json") {
			t.Errorf("%s: got %s with %v", c.name, last.body, last.header)
		}
	}
}

// TestLimitComesBeforeEverythingElse: a request over the limit is told so whatever else is wrong with it, and does
// nothing; only disabled paths come first.
func TestLimitComesBeforeEverythingElse(t *testing.T) {
	t.Parallel()
	hooked := 0
	r := newRig(t, limited(1), func(c *core.Config) {
		c.DisabledPaths = []string{"/list-sessions"}
		c.Hooks = []core.Hook{core.BeforeAny(core.Everywhere, func(context.Context, *core.Exchange, any) error {
			hooked++
			return nil
		})}
	})
	wantStatuses(t, "/ok", r.get("/api/auth/ok", 2), "200 429")
	wantStatuses(t, "disabled", r.get("/api/auth/list-sessions", 3), "404 404 404")
	before := hooked
	r.do("POST", "/api/auth/sign-out", `{}`)
	for name, a := range map[string]answer{
		"bad JSON":       r.do("POST", "/api/auth/sign-out", `{`),
		"foreign origin": r.do("POST", "/api/auth/sign-out", `{}`, "Origin", "https://evil.example", "Cookie", "a=b"),
		"media type":     r.do("POST", "/api/auth/sign-out", `{}`, "Content-Type", "text/plain"),
	} {
		wantStatus(t, a, 429, tooMany)
		if len(a.cookies()) != 0 {
			t.Errorf("%s: got cookies %v", name, a.cookies())
		}
	}
	if hooked != before+1 {
		t.Errorf("got %d hooks run, want 1", hooked-before)
	}
}

// TestUnknownPathsShareOneCount: whoever makes up paths does not get a count for each.
func TestUnknownPathsShareOneCount(t *testing.T) {
	t.Parallel()
	r := newRig(t, limited(3))
	got := ""
	for _, path := range []string{"/api/auth/a", "/api/auth//ok", "/api/auth/ok/", "/api/auth/%6fk", "/elsewhere"} {
		got += r.get(path, 1) + " "
	}
	wantStatuses(t, "unknown paths", got, "404 404 404 429 429 ")
	wantStatuses(t, "/ok", r.get("/api/auth/ok", 1), "200")

	exact := newRig(t, limited(1), func(c *core.Config) { c.Compat = core.Exact })
	wantStatuses(t, "exact", exact.get("/api/auth/a", 2)+" "+exact.get("/api/auth/b", 1), "404 429 404")
	wantStatuses(t, "exact, a slash at the end", exact.get("/api/auth/ok", 1)+" "+exact.get("/api/auth/ok/", 1), "200 429")
}

// TestLimitCountsByRoute: what stands for a parameter makes no new count.
func TestLimitCountsByRoute(t *testing.T) {
	t.Parallel()
	echo := core.Define(core.Spec{ID: "echo", Method: "GET", Path: "/echo/:name", Access: core.Public},
		func(_ context.Context, x *core.Exchange, _ core.None) (string, error) { return x.Param("name"), nil })
	plugin := testPlugin{core.Manifest{
		ID: "echo", Endpoints: []core.AnyEndpoint{echo},
		RateLimits: []ratelimit.PathRule{{Rule: ratelimit.Rule{Window: time.Minute, Max: 2}, Prefixes: []string{"/echo/"}}},
	}}
	add := func(c *core.Config) { c.Plugins = append(c.Plugins, plugin) }
	for compat, want := range map[core.Compat]string{core.Hardened: "200 200 429", core.Exact: "200 200 200"} {
		r := newRig(t, limited(100), add, func(c *core.Config) { c.Compat = compat })
		got := r.get("/api/auth/echo/a", 1) + " " + r.get("/api/auth/echo/b?x=1", 1) + " " + r.get("/api/auth/echo/c", 1)
		wantStatuses(t, fmt.Sprint("compat ", compat), got, want)
	}
	r := newRig(t, limited(100), add, func(c *core.Config) {
		c.RateLimit.Custom = []ratelimit.CustomRule{{Path: "/echo/:name", Off: true}}
	})
	wantStatuses(t, "off", r.get("/api/auth/echo/a", 4), "200 200 200 200")
	for range 4 {
		if out, err := echo.Call(t.Context(), newRig(t, limited(1), add).Auth, core.None{}); err != nil || out != "" {
			t.Errorf("in process: got %q, %v", out, err)
		}
	}
}

func TestInProcessCallsAreNotLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t, limited(1))
	for range 3 {
		if _, err := core.OK.Call(t.Context(), r.Auth, core.None{}, core.WithRequest(httptest.NewRequest("GET", testOrigin+"/api/auth/ok", nil))); err != nil {
			t.Fatal(err)
		}
	}
	wantStatuses(t, "/ok", r.get("/api/auth/ok", 2), "200 429")
}

// TestLimitByClient: one client's requests do not use up another's; those without an address are one client.
func TestLimitByClient(t *testing.T) {
	t.Parallel()
	proxied := func(c *core.Config) { c.ClientIP.TrustedProxies = []string{"192.0.2.1"} } // what httptest has
	from := func(ip string) []string { return []string{"X-Forwarded-For", ip} }
	r := newRig(t, limited(1), proxied)
	wantStatuses(t, "first", r.get("/api/auth/ok", 2, from("203.0.113.1")...), "200 429")
	wantStatuses(t, "second", r.get("/api/auth/ok", 2, from("203.0.113.2")...), "200 429")
	wantStatuses(t, "one /64", r.get("/api/auth/ok", 1, from("2001:db8::1")...)+" "+r.get("/api/auth/ok", 1, from("2001:db8::2")...), "200 429")

	unproxied := newRig(t, limited(1))
	wantStatuses(t, "spoofed", unproxied.get("/api/auth/ok", 1, from("203.0.113.1")...)+" "+unproxied.get("/api/auth/ok", 1, from("203.0.113.2")...), "200 429")

	disable := func(c *core.Config) { c.ClientIP.Disable = true }
	wantStatuses(t, "no addresses", newRig(t, limited(1), disable).get("/api/auth/ok", 3), "200 429 429")
	exact := newRig(t, limited(1), disable, func(c *core.Config) { c.Compat = core.Exact })
	wantStatuses(t, "no addresses, exact", exact.get("/api/auth/ok", 3), "200 200 200")
}

// brokenCounter is a counter that cannot be reached.
type brokenCounter struct{}

func (brokenCounter) Consume(context.Context, string, ratelimit.Rule) (time.Duration, bool, error) {
	return 0, false, errors.New("connection refused")
}

func TestLimitWithoutCounter(t *testing.T) {
	t.Parallel()
	broken := func(c *core.Config) { c.RateLimit.Counter = brokenCounter{} }
	r := newRig(t, limited(1), broken)
	wantStatus(t, r.do("GET", "/api/auth/ok", ""), 500, "")
	if !strings.Contains(r.log.String(), "connection refused") {
		t.Errorf("the log lacks the cause: %s", r.log)
	}
	open := newRig(t, limited(1), broken, func(c *core.Config) { c.RateLimit.FailOpen = true })
	wantStatuses(t, "open", open.get("/api/auth/ok", 3), "200 200 200")
	if !strings.Contains(open.log.String(), "connection refused") {
		t.Errorf("the log lacks the cause: %s", open.log)
	}
}

// hangingStorage never answers.
type hangingStorage struct{ storage.Storage }

func (hangingStorage) Increment(ctx context.Context, _ string, _ time.Duration) (int64, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func TestStorageHasADeadline(t *testing.T) {
	t.Parallel()
	r := newRig(t, limited(1), func(c *core.Config) {
		c.SecondaryStorage, c.StoreTimeout = hangingStorage{}, time.Millisecond
	})
	wantStatus(t, r.do("GET", "/api/auth/ok", ""), 500, "")
}

// TestLimitOfFifty: of fifty requests at once exactly as many pass as are allowed, wherever they are counted.
func TestLimitOfFifty(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(*core.Config){
		"memory":   func(c *core.Config) { c.RateLimit.Storage = core.RateLimitMemory },
		"database": func(c *core.Config) { c.RateLimit.Storage = core.RateLimitDatabase },
		"secondary": func(c *core.Config) {
			c.SecondaryStorage = memstorage.New(memstorage.Options{})
		},
		"custom": func(c *core.Config) { c.RateLimit.Counter = ratelimit.NewMemory(ratelimit.MemoryOptions{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, limited(7), where)
			var allowed atomic.Int64
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					res := r.Serve(t.Context(), httptest.NewRequest("GET", testOrigin+"/api/auth/ok", nil))
					switch res.Status {
					case 200:
						allowed.Add(1)
					case 429:
					default:
						t.Errorf("got %d %s", res.Status, res.Body)
					}
				})
			}
			wg.Wait()
			if n := allowed.Load(); n != 7 {
				t.Errorf("got %d allowed, want 7", n)
			}
		})
	}
}

// TestTableOfLimits: the table is part of the schema where limits are kept in it, and nowhere else.
func TestTableOfLimits(t *testing.T) {
	t.Parallel()
	if newRig(t, limited(1)).Schema().Table("rateLimit") != nil {
		t.Error("there is a table of rate limits that nothing uses")
	}
	s := memdb.New()
	r := newRig(t, limited(5), func(c *core.Config) { c.Store, c.RateLimit.Storage = s, core.RateLimitDatabase })
	table := r.Schema().Table("rateLimit")
	if table == nil {
		t.Fatal("there is no table of rate limits")
	}
	r.get("/api/auth/ok", 2)
	rec, err := s.FindOne(t.Context(), store.From(table, store.Eq("key", "192.0.2.1|/ok")))
	if err != nil || fmt.Sprint(rec["count"]) != "2" || fmt.Sprint(rec["lastRequest"]) != fmt.Sprint(schema.Milliseconds(r.clock.Now()).UnixMilli()) {
		t.Errorf("got the row %v, %v", rec, err)
	}
}

func TestRateLimitConfig(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]core.RateLimitConfig{
		"Config.SecondaryStorage":      {Storage: core.RateLimitSecondary},
		"has both Storage and Counter": {Storage: core.RateLimitMemory, Counter: brokenCounter{}},
		"none of the constants":        {Storage: 9},
		"Recipient":                    {Recipient: ratelimit.Rule{Max: -1, Window: time.Minute}},
		"the window is -1s":            {Window: -time.Second},
		"Config.Custom[0]":             {Custom: []ratelimit.CustomRule{{Path: "ok"}}},
		"give it a positive number of": {Max: -1},
	} {
		_, err := core.New(core.Config{BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), RateLimit: c})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q in it", c, err, want)
		}
	}
}

// mailer has an endpoint that would send a mail.
func mailer(sent *[]string) core.Plugin {
	type in struct {
		Email string `json:"email"`
		Kind  string `json:"kind"`
	}
	send := core.Define(core.Spec{ID: "send", Method: "POST", Path: "/send", Access: core.Public},
		func(ctx context.Context, x *core.Exchange, in in) (bool, error) {
			if err := x.LimitRecipient(ctx, in.Kind, in.Email); err != nil {
				return false, err
			}
			*sent = append(*sent, in.Kind+" "+in.Email)
			return true, nil
		})
	return testPlugin{core.Manifest{ID: "mailer", Endpoints: []core.AnyEndpoint{send}}}
}

func TestLimitRecipient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*core.Config)
		want   int // of eight mails to one address
	}{
		{"hardened", func(*core.Config) {}, 5},
		{"rule of the app", func(c *core.Config) { c.RateLimit.Recipient = ratelimit.Rule{Window: time.Minute, Max: 2} }, 2},
		{"exact", func(c *core.Config) { c.Compat = core.Exact }, 8},
		{"off", func(c *core.Config) { c.RateLimit.Enabled = core.Off }, 8},
		{"database", func(c *core.Config) { c.RateLimit.Storage = core.RateLimitDatabase }, 5},
		{"secondary storage", func(c *core.Config) { c.SecondaryStorage = memstorage.New(memstorage.Options{}) }, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sent []string
			s := memdb.New()
			r := newRig(t, limited(1), func(config *core.Config) {
				config.Store = s
				config.ClientIP.TrustedProxies = []string{"192.0.2.1"}
				config.Plugins = append(config.Plugins, mailer(&sent))
			}, c.change)
			mail := func(i int, kind, email string) answer {
				return r.do("POST", "/api/auth/send", `{"email":"`+email+`","kind":"`+kind+`"}`, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
			}
			for i := range 8 { // each from another client
				if a := mail(i, "reset-password", "ann@example.com"); a.status != 200 {
					wantStatus(t, a, 429, tooMany)
					if a.header.Get("X-Retry-After") == "" {
						t.Error("got no X-Retry-After")
					}
				}
			}
			if len(sent) != c.want {
				t.Errorf("got %d mails sent, want %d", len(sent), c.want)
			}
			wantStatus(t, mail(101, "reset-password", "bob@example.com"), 200, "")
			wantStatus(t, mail(102, "change-email", "ann@example.com"), 200, "")
			if table := r.Schema().Table("rateLimit"); table != nil {
				rows, err := s.FindMany(t.Context(), store.From(table))
				if err != nil || len(rows) == 0 || strings.Contains(fmt.Sprint(rows), "ann@example.com") {
					t.Errorf("got rows %v, %v, want some without addresses", rows, err)
				}
			}
			r.clock.Advance(15 * time.Minute)
			if c.name != "secondary storage" { // it has a clock of its own
				wantStatus(t, mail(103, "reset-password", "ann@example.com"), 200, "")
			}
			if _, err := r.Call(t.Context(), "send", core.CallInput{Body: map[string]any{"email": "ann@example.com", "kind": "reset-password"}}); err != nil {
				t.Errorf("in process: %v", err)
			}
		})
	}
}

// TestDisabledPathHasOneAnswer: no spelling of a disabled path reaches its endpoint.
func TestDisabledPathHasOneAnswer(t *testing.T) {
	t.Parallel()
	echo := core.Define(core.Spec{ID: "echo", Method: "GET", Path: "/echo/:name", Access: core.Public},
		func(context.Context, *core.Exchange, core.None) (string, error) { return "reached", nil })
	plugin := testPlugin{core.Manifest{ID: "echo", Endpoints: []core.AnyEndpoint{echo}}}
	for _, skip := range []bool{false, true} {
		r := newRig(t, func(c *core.Config) {
			c.Plugins = append(c.Plugins, plugin)
			c.DisabledPaths, c.SkipTrailingSlashes = []string{"/ok/", "/echo/:name"}, skip
		})
		for _, path := range []string{
			"/ok", "/ok/", "/ok//", "//ok", "/./ok", "/x/../ok", "/%6fk", "/ok%2f", "/OK", "/ok;a=b", "/ok?x", "/ok%00",
			"/echo/a", "/echo/a/", "/echo/%61", "/echo//a", "/Echo/a",
		} {
			if a := r.do("GET", "/api/auth"+path, ""); a.status != 404 || a.body != "" && a.body != "Not Found" {
				t.Errorf("skip %v, %s: got %d %s, want 404", skip, path, a.status, a.body)
			}
		}
		if a := r.do("GET", "/api/auth/ok", ""); a.body != "Not Found" {
			t.Errorf("got %q", a.body)
		}
	}
}

// TestMailsAreLimitedByRecipient: whoever asks from many addresses fills nobody's mailbox, and learns nothing by trying.
func TestMailsAreLimitedByRecipient(t *testing.T) {
	t.Parallel()
	sent := 0
	send := func(context.Context, core.Mail) error { sent++; return nil }
	r := newRig(t, func(c *core.Config) {
		c.ClientIP.TrustedProxies = []string{"192.0.2.1"}
		c.RateLimit = core.RateLimitConfig{Enabled: core.On, Recipient: ratelimit.Rule{Window: time.Hour, Max: 2}}
		c.Background = func(fn func()) { fn() }
		c.EmailVerification.Send = send
		c.Plugins = []core.Plugin{emailpassword.New(emailpassword.Options{SendResetPassword: send})}
	})
	if _, err := r.CreateUser(t.Context(), model.User{Name: "Ann", Email: "ann@example.com"}); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"/api/auth/send-verification-email", "/api/auth/request-password-reset"} {
		sent = 0
		for n, address := range []string{"ann@example.com", "nobody@example.com"} {
			for try := range 4 {
				from := fmt.Sprintf("198.51.100.%d", 1+i*100+n*10+try)
				a := r.do("POST", path, `{"email":"`+address+`"}`, "X-Forwarded-For", from)
				want := 200
				if try >= 2 {
					want = 429
				}
				if a.status != want {
					t.Errorf("%s for %s: try %d: got %d %s, want %d", path, address, try, a.status, a.body, want)
				}
			}
		}
		if sent != 2 {
			t.Errorf("%s: %d mails, want 2", path, sent)
		}
	}
}
