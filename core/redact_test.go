package core_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// gossip is a store that works until it is told to fail; then its errors quote all that it was given, as drivers do, and
// only the first 64 bytes of each value, as MySQL does. It keeps every string that ever went through it.
type gossip struct {
	store.Store
	mu   sync.Mutex
	fail map[string]bool // by method and table: "Create session"
	seen map[string]bool
}

func newGossip() *gossip {
	return &gossip{Store: memdb.New(), fail: map[string]bool{}, seen: map[string]bool{}}
}

func (g *gossip) failOn(calls ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.fail)
	for _, c := range calls {
		g.fail[c] = true
	}
}

// tell notes the values and returns an error that quotes them if that call is to fail.
func (g *gossip) tell(call string, t *schema.Table, where []store.Cond, r store.Record) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var quoted []string
	add := func(column string, v any) {
		if s, ok := v.(string); ok && s != "" {
			if column != "id" && column != "userId" && column != "providerId" {
				g.seen[s] = true
			}
			quoted = append(quoted, fmt.Sprintf("'%s'", s[:min(len(s), 64)]))
		}
	}
	for _, c := range where {
		add(c.Column, c.Value)
	}
	for column, v := range r {
		add(column, v)
	}
	if !g.fail[call+" "+t.Name] {
		return nil
	}
	return fmt.Errorf("Error 1062 (23000): Duplicate entry %s for key '%s.PRIMARY'", strings.Join(quoted, "-"), t.Name)
}

func (g *gossip) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := g.tell("FindOne", q.Table, q.Where, nil); err != nil {
		return nil, err
	}
	return g.Store.FindOne(ctx, q)
}

func (g *gossip) FindMany(ctx context.Context, q store.Query) ([]store.Record, error) {
	if err := g.tell("FindMany", q.Table, q.Where, nil); err != nil {
		return nil, err
	}
	return g.Store.FindMany(ctx, q)
}

func (g *gossip) Create(ctx context.Context, t *schema.Table, r store.Record) (store.Record, error) {
	if err := g.tell("Create", t, nil, r); err != nil {
		return nil, err
	}
	return g.Store.Create(ctx, t, r)
}

func (g *gossip) Update(ctx context.Context, q store.Query, set store.Record) (int64, error) {
	if err := g.tell("Update", q.Table, q.Where, set); err != nil {
		return 0, err
	}
	return g.Store.Update(ctx, q, set)
}

func (g *gossip) Delete(ctx context.Context, q store.Query) (int64, error) {
	if err := g.tell("Delete", q.Table, q.Where, nil); err != nil {
		return 0, err
	}
	return g.Store.Delete(ctx, q)
}

func (g *gossip) ConsumeOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := g.tell("ConsumeOne", q.Table, q.Where, nil); err != nil {
		return nil, err
	}
	return g.Store.ConsumeOne(ctx, q)
}

// resetInput is that of an endpoint as a plugin might have it: it uses a link up, and its errors say more than they should.
type resetInput struct {
	Token    string `json:"token"`
	Password string `json:"newPassword"`
	How      string `json:"how"`
}

// leaky has two endpoints that work with verification records and let slip what they know in every way there is.
type leaky struct{ log func() *slog.Logger }

const (
	resetToken = "rst0tokenABCDEFGHIJKLMNO"
	otpCode    = "918273"
)

func (l leaky) Manifest() core.Manifest {
	return core.Manifest{ID: "leaky", Endpoints: []core.AnyEndpoint{
		core.Define(core.Spec{ID: "leakyRequest", Method: "POST", Path: "/leaky/request", Access: core.Public},
			func(ctx context.Context, x *core.Exchange, _ core.None) (core.StatusOutput, error) {
				x.Auth().Background(ctx, "mail", func(context.Context) error {
					return &url.Error{Op: "Post", URL: "https://u:pw-of-the-mailer@mail.example/send?key=mail-api-key&link=/reset/" + resetToken, Err: errors.New("refused")}
				})
				return core.StatusOutput{Status: true}, x.Auth().CreateVerification(ctx, "reset-password:"+resetToken, otpCode, 60e9)
			}),
		core.Define(core.Spec{ID: "leakyReset", Method: "POST", Path: "/leaky/:token/reset", Access: core.Public},
			func(ctx context.Context, x *core.Exchange, in resetInput) (core.StatusOutput, error) {
				failure := fmt.Errorf("no luck with %q, %s, %v, %s and %s", in.Password, in.Token, x.RequestHeader("Cookie"), x.RequestHeader("Authorization"), x.Param("token"))
				switch in.How {
				case "panic":
					panic(failure)
				case "refuse":
					return core.StatusOutput{}, core.ErrUnauthorized.Wrap(failure)
				case "log":
					x.Logger().WarnContext(ctx, "reset "+in.Token, "newPassword", in.Password, "error", "no luck with "+in.Token+x.RequestHeader("Cookie")+" "+x.RequestHeader("Authorization"),
						slog.Group("g", "session_token", in.Token), "cookie", []string{in.Token})
					x.Logger().With("token", in.Token).WithGroup("h").InfoContext(ctx, "with", "error", errors.New(in.Token))
					return core.StatusOutput{}, nil
				case "fail":
					return core.StatusOutput{}, failure
				}
				_, err := x.Auth().ConsumeVerification(ctx, "reset-password:"+in.Token)
				return core.StatusOutput{}, err
			}),
	}}
}

// TestLogsHoldNoSecrets runs flows that work and flows that fail in every way, over a store whose errors quote what they
// were given, and looks for all that was secret on the way in what was logged at any level.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			g, log := newGossip(), &syncBuffer{}
			options := &slog.HandlerOptions{Level: slog.LevelDebug - 100, AddSource: true}
			var handler slog.Handler = slog.NewTextHandler(log, options)
			if format == "json" {
				handler = slog.NewJSONHandler(log, options)
			}
			r := newRig(t, func(c *core.Config) {
				c.Store, c.Logger, c.Plugins = g, slog.New(handler), append(c.Plugins, leaky{})
				c.Background = func(fn func()) { fn() }
			})
			secrets := runFlows(t, r, g)
			text := log.String()
			if lines := strings.Count(text, "\n"); lines < 20 {
				t.Errorf("only %d lines were logged: the flows did not fail\n%s", lines, text)
			}
			unescape := strings.NewReplacer(`\`, "") // handlers escape once more
			plain := unescape.Replace(text)
			for _, s := range secrets {
				for _, spelling := range []string{s, url.QueryEscape(s), strings.Trim(fmt.Sprintf("%q", s), `"`)} {
					spelling, text := unescape.Replace(spelling), plain
					if i := strings.Index(text, spelling); i >= 0 {
						t.Errorf("%q is in the log: %.400s", s, text[max(0, i-200):])
						break
					}
				}
			}
			for _, want := range []string{"Duplicate entry", "for key", "leakyReset", "redact_test.go", "no luck with"} {
				if !strings.Contains(text, want) {
					t.Errorf("the log says nothing of %q: what is no secret must stay", want)
				}
			}
		})
	}
}

// runFlows returns everything that was secret.
func runFlows(t *testing.T, r *rig, g *gossip) []string {
	t.Helper()
	const email = "ann.of.the.log@example.com"
	passwords := []string{`correct"horse battery`, "wrong horse & battery", "new\thorse battery"}
	body := func(pairs ...string) string {
		var b strings.Builder
		for i := 0; i < len(pairs); i += 2 {
			fmt.Fprintf(&b, `%c%q:%q`, "{,"[min(i, 1)], pairs[i], pairs[i+1])
		}
		return b.String() + "}"
	}
	secrets := map[string]bool{email: true, resetToken: true, otpCode: true, "pw-of-the-mailer": true, "mail-api-key": true}
	for _, p := range passwords {
		secrets[p] = true
	}
	post := func(path, body string, headers ...string) answer {
		t.Helper()
		a := r.do("POST", "/api/auth"+path, body, headers...)
		for _, c := range a.cookies() {
			if c.Value != "" {
				secrets[c.Value] = true
				token, _, _ := strings.Cut(c.Value, ".")
				secrets[token] = true
			}
		}
		return a
	}
	signUp := body("name", "Ann of the Log", "email", email, "password", passwords[0])
	signIn := body("email", email, "password", passwords[0])

	g.failOn("FindOne user")
	wantStatus(t, post("/sign-up/email", signUp), 500, "")
	g.failOn("Create user")
	post("/sign-up/email", signUp)
	g.failOn("Create account")
	post("/sign-up/email", signUp)
	g.failOn("Create session")
	post("/sign-up/email", signUp)
	g.failOn()
	wantStatus(t, post("/sign-up/email", signUp), 200, "")
	wantStatus(t, post("/sign-up/email", signUp), 422, "")
	wantStatus(t, post("/sign-in/email", body("email", email, "password", passwords[1])), 401, "")
	in := post("/sign-in/email", signIn)
	wantStatus(t, in, 200, "")
	me := []string{"Cookie", sessionCookie + "=" + in.cookie(sessionCookie), "Authorization", "Bearer bearer-token-of-ann"}
	secrets["bearer-token-of-ann"] = true

	for _, call := range []string{"FindOne user", "FindMany account", "FindOne account", "Create session"} {
		g.failOn(call)
		post("/sign-in/email", signIn)
	}
	for _, call := range []string{"FindOne session", "FindMany session", "FindOne user", "FindMany account", "FindOne account", "Update account"} {
		g.failOn(call)
		post("/change-password", body("currentPassword", passwords[0], "newPassword", passwords[0]), me...)
		r.do("GET", "/api/auth/get-session", "", me...)
	}
	g.failOn("Delete session")
	wantStatus(t, post("/sign-out", "{}", me...), 500, "")
	g.failOn()
	wantStatus(t, post("/change-password", body("currentPassword", passwords[0], "newPassword", passwords[2]), me...), 200, "")

	g.failOn("Create verification")
	wantStatus(t, post("/leaky/request", "{}"), 500, "")
	g.failOn()
	wantStatus(t, post("/leaky/request", "{}"), 200, "")
	for _, call := range []string{"ConsumeOne verification", "Delete verification"} {
		g.failOn(call)
		wantStatus(t, post("/leaky/path-token-x/reset", body("token", resetToken, "newPassword", passwords[2], "how", "")), 500, "")
	}
	g.failOn()
	secrets["path-token-x"] = true
	for how, status := range map[string]int{"panic": 500, "refuse": 401, "fail": 500, "log": 200} {
		wantStatus(t, post("/leaky/path-token-x/reset", body("token", resetToken, "newPassword", passwords[2], "how", how), me...), status, "")
	}
	post("/sign-in/email", `{"email":"`+email+`","password":"`+passwords[1]+`" oops`) // 400, logged at debug level

	for s := range g.seen { // hashes, tokens, verification values, whatever went to the store
		secrets[s] = true
	}
	delete(secrets, "127.0.0.1")
	delete(secrets, "192.0.2.1") // the address that httptest gives to clients
	return slices.Collect(maps.Keys(secrets))
}

// A panic of a request leaves its stack in the log, whole: it shows no values.
func TestPanicKeepsItsStack(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := newRig(t, func(c *core.Config) {
		c.Logger, c.Plugins = slog.New(slog.NewTextHandler(&log, nil)), append(c.Plugins, leaky{})
	})
	req := httptest.NewRequest(http.MethodPost, testOrigin+"/api/auth/leaky/x/reset", strings.NewReader(`{"token":"x","newPassword":"x","how":"panic"}`))
	req.Header.Set("Content-Type", "application/json")
	r.Serve(t.Context(), req)
	for _, want := range []string{"leaky.Manifest", "redact_test.go", "(*Auth).Serve"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in %s", want, log.String())
		}
	}
}

// An app still gets at the driver's error through a store's.
func TestStoreErrorsKeepTheirCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("duplicate 'ann@example.com'")
	r := newRig(t, func(c *core.Config) { c.Store = conflict{memdb.New(), cause} })
	_, err := r.Store().Count(t.Context(), store.From(r.Schema().Table("user"), store.Eq("email", "ann@example.com")))
	if !errors.Is(err, store.ErrConflict) || !errors.Is(err, cause) {
		t.Errorf("got %v, want both the sentinel and the cause", err)
	}
	if strings.Contains(err.Error(), "ann@") || !strings.Contains(err.Error(), "duplicate '") {
		t.Errorf("got %q, want the text without the value", err)
	}
}

type conflict struct {
	store.Store
	cause error
}

func (c conflict) Count(context.Context, store.Query) (int64, error) {
	return 0, fmt.Errorf("%w: %w", store.ErrConflict, c.cause)
}

// What errors quote goes, what tells an operator where to look stays.
func TestLogRedactsErrors(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := newRig(t, func(c *core.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	})
	for in, want := range map[string]string{
		`dial tcp 127.0.0.1:5432: connect: connection refused`:           `dial tcp 127.0.0.1:5432: connect: connection refused`,
		`column "impersonatedByAnotherAdministrator" does not exist`:     `column "impersonatedByAnotherAdministrator" does not exist`,
		`sendTwoFactorOTPByURL: FAILED_TO_CREATE_SESSION_FOR_USER`:       `sendTwoFactorOTPByURL: FAILED_TO_CREATE_SESSION_FOR_USER`,
		`open /var/lib/app/v2/auth.sqlite3: no such file`:                `open /var/lib/app/v2/auth.sqlite3: no such file`,
		`parse "postgres://auth:s3cret@db/app": bad`:                     `parse "postgres://[redacted]@db/app": bad`,
		`Get "https://api.example/me?access_token=abc&v=1": EOF`:         `Get "https://api.example/me?access_token=[redacted]&v=[redacted]": EOF`,
		`dsn user=auth password=hunter2 host=db`:                         `dsn user=auth password=[redacted] host=db`,
		`header Authorization: Bearer abc.def`:                           `header Authorization: Bearer [redacted]`,
		`no session wMqmLVbDtHcXrYpKaZsEuNfGjQwT`:                        `no session [redacted]`,
		`no session wMq6mL0VbD5tHcX2rYpK9aZsE3uNf7Gj`:                    `no session [redacted]`,
		`jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmVk0`: `jwt [redacted].[redacted].c2lnbmVk0`,
	} {
		for kind, attr := range map[string]any{"error": errors.New(in), "err": in} {
			log.Reset()
			r.Config().Logger.Error("x", kind, attr)
			got, _ := strings.CutPrefix(strings.TrimSpace(log.String()), "level=ERROR msg=x "+kind+"=")
			if quoted := fmt.Sprintf("%q", want); got != quoted && got != want {
				t.Errorf("%s as %s:\n got %s\nwant %s", in, kind, got, quoted)
			}
		}
	}
}

// MySQL quotes 64 bytes of a value, whatever its length.
func TestStoreErrorsHoldNoBeginnings(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a-long-value ", 20)
	cause := fmt.Errorf("Duplicate entry '%s' for key 'verification.value'", long[:64])
	r := newRig(t, func(c *core.Config) { c.Store, c.StoreTimeout = conflict{memdb.New(), cause}, -1 })
	_, err := r.Store().Count(t.Context(), store.From(r.Schema().Table("verification"), store.AnyOf(store.In("value", "other", long))))
	if err == nil || strings.Contains(err.Error(), "a-long") || !strings.Contains(err.Error(), "Duplicate entry '[redacted]' for key 'verification.value'") {
		t.Errorf("got %v", err)
	}
}
