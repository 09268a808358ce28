package authotel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	authotel "github.com/cardea-auth/cardea/otel"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// collector is a backend in memory.
type collector struct {
	spans   *tracetest.SpanRecorder
	reader  *sdkmetric.ManualReader
	options authotel.Options
	tracer  trace.Tracer
}

func newCollector() *collector {
	c := &collector{spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	traces := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(c.spans))
	c.tracer = traces.Tracer("test")
	c.options = authotel.Options{
		TracerProvider: traces,
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(c.reader)),
	}
	return c
}

func attributes(kv []attribute.KeyValue) string {
	lines := make([]string, len(kv))
	for i, a := range kv {
		lines[i] = fmt.Sprintf("%s=%s", a.Key, a.Value.String())
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

// lines returns the spans that ended since last time, in the order in which they ended.
func (c *collector) lines() []string {
	var out []string
	for _, s := range c.spans.Ended() {
		line := s.Name() + " {" + attributes(s.Attributes()) + "}"
		if s.SpanKind() != trace.SpanKindInternal {
			line += " " + s.SpanKind().String()
		}
		if s.Status().Code != codes.Unset {
			line += " " + s.Status().Code.String() + s.Status().Description
		}
		for _, e := range s.Events() {
			line += " [" + e.Name + " " + attributes(e.Attributes) + "]"
		}
		out = append(out, line)
	}
	c.spans.Reset()
	return out
}

func (c *collector) wantSpans(t *testing.T, want ...string) {
	t.Helper()
	if got := c.lines(); !slices.Equal(got, want) {
		t.Errorf("spans: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// metrics returns every point as "name{attributes} count".
func (c *collector) metrics(t *testing.T) []string {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := c.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range all.ScopeMetrics {
		for _, m := range s.Metrics {
			switch d := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range d.DataPoints {
					out = append(out, fmt.Sprintf("%s{%s} %d", m.Name, attributes(p.Attributes.ToSlice()), p.Count))
					if p.Sum < 0 || p.Sum > 60 {
						t.Errorf("%s: a sum of %v s", m.Name, p.Sum)
					}
				}
			case metricdata.Sum[int64]:
				for _, p := range d.DataPoints {
					out = append(out, fmt.Sprintf("%s{%s} %d", m.Name, attributes(p.Attributes.ToSlice()), p.Value))
				}
			default:
				t.Errorf("%s is a %T", m.Name, d)
			}
		}
	}
	slices.Sort(out)
	return out
}

// plainHasher keeps tests fast and hashes easy to find.
type plainHasher struct{}

func (plainHasher) Hash(_ context.Context, pw string) (string, error) { return "hash-of-" + pw, nil }

func (plainHasher) Verify(_ context.Context, encoded, pw string) (bool, error) {
	if strings.HasPrefix(pw, "broken") {
		return false, errors.New("cannot verify " + pw)
	}
	return encoded == "hash-of-"+pw, nil
}

// narrator has endpoints that emit events, as plugins do, and that end in ways in which nothing built in does.
type narrator struct{}

func (narrator) Manifest() core.Manifest {
	e := func(id, method string, access core.Access, h core.Handler[core.None, string]) core.AnyEndpoint {
		return core.Define(core.Spec{ID: id, Method: method, Path: "/" + id + "/:id", Access: access}, h)
	}
	return core.Manifest{ID: "narrator", Endpoints: []core.AnyEndpoint{
		e("succeed", "GET POST", core.Public, func(ctx context.Context, x *core.Exchange, _ core.None) (string, error) {
			return "", x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
				x.Emit(ctx, core.SignedUp{Method: "social:github"})
				x.Emit(ctx, core.SignedIn{Method: "social:github", SessionID: "the-session-id"})
				x.Emit(ctx, core.EmailChanged{UserID: "the-user-id", Old: "old@example.com", New: "new@example.com"})
				return nil
			})
		}),
		e("fail", "POST", core.Public, func(ctx context.Context, x *core.Exchange, _ core.None) (string, error) {
			x.Emit(ctx, core.SignInFailed{Method: "email", UserID: "the-user-id", Reason: emailpassword.ErrInvalidEmailOrPassword})
			return "", emailpassword.ErrInvalidEmailOrPassword
		}),
		e("challenge", "POST", core.Public, func(context.Context, *core.Exchange, core.None) (string, error) {
			return "", &core.Challenge{Method: "two-factor"}
		}),
		e("busy", "POST", core.Public, func(context.Context, *core.Exchange, core.None) (string, error) { return "", core.ErrBusy }),
		e("break", "POST", core.Public, func(context.Context, *core.Exchange, core.None) (string, error) {
			return "", errors.New("the-text-of-an-error")
		}),
		e("panic", "POST", core.Public, func(context.Context, *core.Exchange, core.None) (string, error) { panic("the-text-of-a-panic") }),
		e("inside", "GET", core.ServerOnly, func(context.Context, *core.Exchange, core.None) (string, error) { return "", nil }),
	}}
}

const origin = "http://localhost:3000"

func newAuth(t testing.TB, c *collector, s store.Store) *core.Auth {
	t.Helper()
	auth, err := core.New(core.Config{
		BaseURL: origin, Secret: "otel-test-secret-0123456789-0123456789", Store: s,
		Logger:   slog.New(slog.NewTextHandler(io.Discard, nil)),
		Password: core.PasswordConfig{Hasher: authotel.Hasher(plainHasher{}, c.options)},
		Plugins:  []core.Plugin{emailpassword.New(emailpassword.Options{}), narrator{}, authotel.New(c.options)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return auth
}

func serve(ctx context.Context, auth *core.Auth, method, path, body string) *core.Response {
	r := httptest.NewRequest(method, origin+"/api/auth"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return auth.Serve(ctx, r)
}

func TestSpanOfACall(t *testing.T) {
	t.Parallel()
	c := newCollector()
	auth := newAuth(t, c, memdb.New())
	for _, call := range []struct{ method, path, want string }{
		{"GET", "/ok", "GET /ok {better_auth.operation_id=ok http.request.method=GET http.response.status_code=200 http.route=/ok}"},
		{"POST", "/succeed/7", "POST /succeed/:id {better_auth.operation_id=succeed cardea.sign_in.method=social:github http.request.method=POST http.response.status_code=200 http.route=/succeed/:id} " +
			"[sign-up cardea.sign_in.method=social:github] [sign-in cardea.sign_in.method=social:github] [email-changed ]"},
		{"POST", "/fail/7", "POST /fail/:id {better_auth.operation_id=fail cardea.error.code=INVALID_EMAIL_OR_PASSWORD cardea.sign_in.method=email http.request.method=POST http.response.status_code=401 http.route=/fail/:id} " +
			"[sign-in-failed cardea.sign_in.method=email]"},
		{"POST", "/challenge/7", "POST /challenge/:id {better_auth.operation_id=challenge cardea.challenge=two-factor http.request.method=POST http.response.status_code=200 http.route=/challenge/:id}"},
		{"POST", "/busy/7", "POST /busy/:id {better_auth.operation_id=busy cardea.error.code=SERVICE_UNAVAILABLE error.type=SERVICE_UNAVAILABLE http.request.method=POST http.response.status_code=503 http.route=/busy/:id} Error"},
		{"POST", "/break/7", "POST /break/:id {better_auth.operation_id=break error.type=500 http.request.method=POST http.response.status_code=500 http.route=/break/:id} Error"},
		{"POST", "/panic/7", "POST /panic/:id {better_auth.operation_id=panic error.type=500 http.request.method=POST http.response.status_code=500 http.route=/panic/:id} Error"},
		{"GET", "/no-such-path", "HTTP GET {http.request.method=GET http.response.status_code=404}"},
		{"BREW", "/ok", "HTTP _OTHER {http.request.method=_OTHER http.response.status_code=404}"},
	} {
		serve(t.Context(), auth, call.method, call.path, "")
		c.wantSpans(t, call.want)
	}
	_, _ = auth.Call(t.Context(), "inside", core.CallInput{})
	_, _ = auth.Call(t.Context(), "succeed", core.CallInput{})
	c.wantSpans(t, "inside {better_auth.operation_id=inside http.response.status_code=200}",
		"GET /succeed/:id {better_auth.operation_id=succeed cardea.sign_in.method=social:github http.request.method=GET http.response.status_code=200 http.route=/succeed/:id} "+
			"[sign-up cardea.sign_in.method=social:github] [sign-in cardea.sign_in.method=social:github] [email-changed ]")

	want := []string{
		"cardea.call.duration{better_auth.operation_id=break error.type=500 http.response.status_code=500} 1",
		"cardea.call.duration{better_auth.operation_id=busy cardea.error.code=SERVICE_UNAVAILABLE error.type=SERVICE_UNAVAILABLE http.response.status_code=503} 1",
		"cardea.call.duration{better_auth.operation_id=challenge http.response.status_code=200} 1",
		"cardea.call.duration{better_auth.operation_id=fail cardea.error.code=INVALID_EMAIL_OR_PASSWORD http.response.status_code=401} 1",
		"cardea.call.duration{better_auth.operation_id=inside http.response.status_code=200} 1",
		"cardea.call.duration{better_auth.operation_id=ok http.response.status_code=200} 1",
		"cardea.call.duration{better_auth.operation_id=panic error.type=500 http.response.status_code=500} 1",
		"cardea.call.duration{better_auth.operation_id=succeed http.response.status_code=200} 2",
		"cardea.call.duration{http.response.status_code=404} 2",
		"cardea.events{cardea.event.name=email-changed} 2",
		"cardea.events{cardea.event.name=sign-in cardea.sign_in.method=social:github} 2",
		"cardea.events{cardea.event.name=sign-in-failed cardea.sign_in.method=email} 1",
		"cardea.events{cardea.event.name=sign-up cardea.sign_in.method=social:github} 2",
		"cardea.sign_ins{cardea.challenge=two-factor cardea.sign_in.outcome=challenge} 1",
		"cardea.sign_ins{cardea.error.code=INVALID_EMAIL_OR_PASSWORD cardea.sign_in.method=email cardea.sign_in.outcome=failure} 1",
		"cardea.sign_ins{cardea.sign_in.method=social:github cardea.sign_in.outcome=success} 2",
	}
	if got := c.metrics(t); !slices.Equal(got, want) {
		t.Errorf("metrics: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The spans of a request hang together: the app's own, the call's, those of store and hasher.
func TestSpansNest(t *testing.T) {
	t.Parallel()
	c := newCollector()
	auth := newAuth(t, c, authotel.Store(memdb.New(), c.options))
	ctx, server := c.tracer.Start(t.Context(), "server", trace.WithSpanKind(trace.SpanKindServer))
	res := serve(ctx, auth, "POST", "/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
	server.End()
	if res.Status != http.StatusOK {
		t.Fatalf("sign-up: %d %s", res.Status, res.Body)
	}
	parents := map[trace.SpanID]string{{}: ""}
	for _, s := range c.spans.Ended() {
		parents[s.SpanContext().SpanID()] = s.Name()
		if s.SpanContext().TraceID() != server.SpanContext().TraceID() {
			t.Errorf("%s is of another trace", s.Name())
		}
	}
	got := map[string]string{}
	for _, s := range c.spans.Ended() {
		got[s.Name()] = parents[s.Parent().SpanID()]
	}
	for name, parent := range map[string]string{
		"server": "", "POST /sign-up/email": "server", "password hash": "POST /sign-up/email", "db transaction": "POST /sign-up/email",
		"db create user": "db transaction", "db create account": "db transaction", "db create session": "db transaction",
	} {
		if p, ok := got[name]; !ok || p != parent {
			t.Errorf("%s: parent %q (there: %v), want %q", name, p, ok, parent)
		}
	}
}

// TestNothingSecretIsTold runs flows that work and flows that fail and looks for everything that went through the store or
// over the wire in all that was exported.
func TestNothingSecretIsTold(t *testing.T) {
	t.Parallel()
	c := newCollector()
	s := &eavesdropper{Store: memdb.New(), heard: map[string]bool{}}
	auth := newAuth(t, c, authotel.Store(s, c.options))
	secrets := []string{"ann.of.otel@", "password-1", "password-2", "broken-password", "the-user-id", "the-session-id", "the-text-of", "path-token", "old@example.com"}
	const sign = `{"name":"Ann of Otel","email":"ann.of.otel@example.com","password":"password-1"}`
	cookieOf := func(r *core.Response) string {
		line, _, _ := strings.Cut(strings.Join(r.Header["Set-Cookie"], ""), ";")
		_, value, _ := strings.Cut(line, "=")
		secrets = append(secrets, value)
		return line
	}
	if res := serve(t.Context(), auth, "POST", "/sign-up/email", sign); res.Status != 200 {
		t.Fatalf("sign-up: %d %s", res.Status, res.Body)
	}
	serve(t.Context(), auth, "POST", "/sign-up/email", sign)
	me := cookieOf(serve(t.Context(), auth, "POST", "/sign-in/email", sign))
	for _, pw := range []string{"password-2", "broken-password"} {
		serve(t.Context(), auth, "POST", "/sign-in/email", strings.Replace(sign, "password-1", pw, 1))
	}
	for _, path := range []string{"succeed", "fail", "challenge", "break", "panic"} {
		serve(t.Context(), auth, "POST", "/"+path+"/path-token", "")
	}
	r := httptest.NewRequest(http.MethodGet, origin+"/api/auth/get-session?token=path-token", nil)
	r.Header.Set("Cookie", me)
	r.Header.Set("Authorization", "Bearer path-token")
	if res := auth.Serve(t.Context(), r); !strings.Contains(string(res.Body), "ann.of.otel") {
		t.Fatalf("get-session: %d %s", res.Status, res.Body)
	}
	s.mu.Lock()
	s.fails = true
	s.mu.Unlock()
	auth.Serve(t.Context(), r)
	serve(t.Context(), auth, "POST", "/sign-in/email", sign)

	for heard := range s.heard {
		if len(heard) > 4 && heard != "credential" {
			secrets = append(secrets, heard)
		}
	}
	told := strings.Join(append(c.lines(), c.metrics(t)...), "\n")
	for _, secret := range secrets {
		if secret != "" && strings.Contains(told, secret) {
			t.Errorf("%q is told in\n%s", secret, told)
		}
	}
	for _, want := range []string{"GET /get-session", "db findJoined session {db.collection.name=session db.operation.name=findJoined error.type=_OTHER} Error", "password verify {error.type=_OTHER} Error", "db transaction"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is missing in\n%s", want, told)
		}
	}
	if len(secrets) < 15 {
		t.Errorf("only %d secrets were looked for", len(secrets))
	}
}

// Several Auths may share a plugin, and calls run at once.
func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	c := newCollector()
	auth := newAuth(t, c, authotel.Store(memdb.New(), c.options))
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { serve(context.Background(), auth, "GET", "/ok", "") })
		wg.Go(func() { serve(context.Background(), auth, "POST", "/succeed/1", "") })
	}
	wg.Wait()
	told := strings.Join(c.metrics(t), "\n")
	for _, want := range []string{"operation_id=ok http.response.status_code=200} 50", "sign_in.outcome=success} 50"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is missing in\n%s", want, told)
		}
	}
}

// TestGlobalProviders uses neither provider: OpenTelemetry's own defaults do nothing until the app sets them.
func TestGlobalProviders(t *testing.T) {
	t.Parallel()
	auth := newAuth(t, &collector{}, authotel.Store(memdb.New(), authotel.Options{}))
	if res := serve(t.Context(), auth, "GET", "/ok", ""); res.Status != 200 {
		t.Errorf("got %d, want 200", res.Status)
	}
}

func BenchmarkGetSession(b *testing.B) {
	for _, c := range []struct {
		name    string
		plugins []core.Plugin
		wrap    func(store.Store) store.Store
	}{
		{"none", nil, func(s store.Store) store.Store { return s }},
		{"noop", []core.Plugin{authotel.New(authotel.Options{})}, func(s store.Store) store.Store { return authotel.Store(s, authotel.Options{}) }},
		{"sampled", []core.Plugin{authotel.New(discard())}, func(s store.Store) store.Store { return authotel.Store(s, discard()) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			auth, err := core.New(core.Config{
				BaseURL: origin, Secret: "otel-test-secret-0123456789-0123456789", Store: c.wrap(memdb.New()),
				Password: core.PasswordConfig{Hasher: plainHasher{}},
				Plugins:  append(c.plugins, emailpassword.New(emailpassword.Options{})),
			})
			if err != nil {
				b.Fatal(err)
			}
			up := serve(b.Context(), auth, "POST", "/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1"}`)
			line, _, _ := strings.Cut(up.Header["Set-Cookie"][0], ";")
			r := httptest.NewRequest(http.MethodGet, origin+"/api/auth/get-session", nil)
			r.Header.Set("Cookie", line)
			b.ReportAllocs()
			for b.Loop() {
				if res := auth.Serve(b.Context(), r); len(res.Body) < 100 {
					b.Fatal(res.Status)
				}
			}
		})
	}
}

// discard samples everything and keeps nothing.
func discard() authotel.Options {
	return authotel.Options{
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSyncer(tracetest.NewNoopExporter())),
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader())),
	}
}
