// Package authotel shows what Cardea does in OpenTelemetry: a span and a duration for each call of an endpoint, counters
// of events and sign-ins, and, where asked for, spans of the store's calls and durations of password hashing.
//
//	auth, err := core.New(core.Config{
//		Store:    authotel.Store(bunstore.New(db), o),
//		Password: core.PasswordConfig{Hasher: authotel.Hasher(nil, o)},
//		Plugins:  []core.Plugin{authotel.New(o), …},
//	})
//
// Names, routes, statuses, error codes and methods of sign-in are all that it tells. Nothing that identifies somebody or
// lets somebody in is among the attributes: no ids, addresses, tokens or values, and no texts of errors.
//
// It makes no server spans and reads no trace headers: the instrumentation of the app's router does. Where better-auth
// has a span with the same meaning, the name and the attributes are the same.
package authotel

import (
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/cardea-auth/cardea/core"
)

// Options say where spans and measurements go. The zero value is useful.
type Options struct {
	// TracerProvider makes the spans. The default is OpenTelemetry's global one at the time of the call.
	TracerProvider trace.TracerProvider
	// MeterProvider makes the instruments. The default is OpenTelemetry's global one at the time of the call.
	MeterProvider metric.MeterProvider
}

// scope is the name of what is instrumented.
const scope = "github.com/cardea-auth/cardea/otel"

func (o Options) tracer() trace.Tracer {
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	return o.TracerProvider.Tracer(scope)
}

func (o Options) meter() metric.Meter {
	if o.MeterProvider == nil {
		o.MeterProvider = otel.GetMeterProvider()
	}
	return o.MeterProvider.Meter(scope)
}

// The attributes. Those of better-auth keep their names; http.route is, as there, the path under the base path.
const (
	attrOperation = attribute.Key("better_auth.operation_id")
	attrRoute     = attribute.Key("http.route")
	attrMethod    = attribute.Key("http.request.method")
	attrStatus    = attribute.Key("http.response.status_code")
	attrErrorType = attribute.Key("error.type")
	attrDBOp      = attribute.Key("db.operation.name")
	attrDBTable   = attribute.Key("db.collection.name")

	attrErrorCode = attribute.Key("cardea.error.code")
	attrChallenge = attribute.Key("cardea.challenge")
	attrEvent     = attribute.Key("cardea.event.name")
	attrSignIn    = attribute.Key("cardea.sign_in.method")
	attrOutcome   = attribute.Key("cardea.sign_in.outcome")
	attrHashing   = attribute.Key("cardea.password.operation")
)

// Plugin observes an Auth, or several. Its place in Config.Plugins decides which other observers its spans are around.
type Plugin struct {
	tracer   trace.Tracer
	duration metric.Float64Histogram
	events   metric.Int64Counter
	signIns  metric.Int64Counter
	shapes   sync.Map // core.AnyEndpoint to *shape
	unknown  *shape
}

// New makes the plugin. It has no endpoints and no tables.
func New(o Options) *Plugin {
	p := &Plugin{tracer: o.tracer(), unknown: &shape{}}
	m := o.meter()
	var errs [3]error
	p.duration, errs[0] = m.Float64Histogram("cardea.call.duration", metric.WithUnit("s"),
		metric.WithDescription("How long calls of endpoints took, over HTTP and in process."), buckets)
	p.events, errs[1] = m.Int64Counter("cardea.events", metric.WithUnit("{event}"),
		metric.WithDescription("What happened that matters to security."))
	p.signIns, errs[2] = m.Int64Counter("cardea.sign_ins", metric.WithUnit("{sign_in}"),
		metric.WithDescription("Sign-ins by how they ended."))
	handle(errs[:]...)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{ID: "otel", Observe: p.observe, Hooks: []core.Hook{core.OnAnyEvent(p.event)}}
}

var _ core.Plugin = (*Plugin)(nil)

// buckets are those that the semantic conventions have for HTTP servers, in seconds.
var buckets = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)

// handle gives errors of making instruments to OpenTelemetry, which has a place for them. The instruments are usable
// nevertheless.
func handle(errs ...error) {
	for _, err := range errs {
		if err != nil {
			otel.Handle(err)
		}
	}
}
