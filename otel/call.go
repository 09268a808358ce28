package authotel

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/cardea-auth/cardea/core"
)

// shape is what all calls of an endpoint have in common, made once.
type shape struct {
	operation string
	methods   []methodShape // of the endpoint, the first being that of calls in process; empty if it has no route
	serverOK  []metric.RecordOption
}

type methodShape struct {
	method, name string
	start        []trace.SpanStartOption
}

func newShape(s core.Spec) *shape {
	h := &shape{operation: s.ID}
	h.serverOK = []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attrOperation.String(s.ID), attrStatus.Int(http.StatusOK)))}
	for m := range strings.FieldsSeq(s.Method) {
		h.methods = append(h.methods, methodShape{m, m + " " + s.Path, []trace.SpanStartOption{trace.WithAttributes(
			attrOperation.String(s.ID), attrRoute.String(s.Path), attrMethod.String(m))}})
	}
	if s.Access == core.ServerOnly {
		h.methods = []methodShape{{"", s.ID, []trace.SpanStartOption{trace.WithAttributes(attrOperation.String(s.ID))}}}
	}
	return h
}

func (p *Plugin) shapeOf(e core.AnyEndpoint) *shape {
	if e == nil {
		return p.unknown
	}
	if s, ok := p.shapes.Load(e); ok {
		return s.(*shape)
	}
	s, _ := p.shapes.LoadOrStore(e, newShape(e.Spec()))
	return s.(*shape)
}

// of returns what belongs to the call's own method.
func (s *shape) of(x *core.Exchange) methodShape {
	if len(s.methods) == 1 || len(s.methods) > 0 && !x.HTTP() {
		return s.methods[0]
	}
	method := x.Method()
	if i := slices.IndexFunc(s.methods, func(m methodShape) bool { return m.method == method }); i >= 0 {
		return s.methods[i]
	}
	switch method { // a client makes up methods as it likes: they must not become names
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "_OTHER"
	}
	return methodShape{method, "HTTP " + method, []trace.SpanStartOption{trace.WithAttributes(attrMethod.String(method))}}
}

type spanKey struct{}

// observe is the plugin's core.Observer. Its spans are internal: the server's own, if any, is the router's.
func (p *Plugin) observe(ctx context.Context, x *core.Exchange) (context.Context, func(core.Outcome)) {
	begin := time.Now()
	s := p.shapeOf(x.Endpoint())
	m := s.of(x)
	ctx, span := p.tracer.Start(ctx, m.name, m.start...)
	ctx = context.WithValue(ctx, spanKey{}, span) // events may come from below spans of the store
	return ctx, func(o core.Outcome) {
		p.end(ctx, s, span, time.Since(begin), o)
	}
}

func (p *Plugin) end(ctx context.Context, s *shape, span trace.Span, took time.Duration, o core.Outcome) {
	if o.Challenge != "" {
		p.signIns.Add(ctx, 1, metric.WithAttributes(attrOutcome.String("challenge"), attrChallenge.String(o.Challenge)))
	}
	if span.IsRecording() {
		span.SetAttributes(attrStatus.Int(o.Status))
		if o.Code != "" {
			span.SetAttributes(attrErrorCode.String(o.Code))
		}
		if o.Challenge != "" {
			span.SetAttributes(attrChallenge.String(o.Challenge))
		}
		if o.Status >= 500 {
			span.SetAttributes(attrErrorType.String(errorType(o)))
			span.SetStatus(codes.Error, "")
		}
	}
	span.End()
	if o.Status == http.StatusOK && s.serverOK != nil {
		p.duration.Record(ctx, took.Seconds(), s.serverOK...)
		return
	}
	set := make([]attribute.KeyValue, 0, 4)
	set = append(set, attrStatus.Int(o.Status))
	if s.operation != "" {
		set = append(set, attrOperation.String(s.operation))
	}
	if o.Code != "" {
		set = append(set, attrErrorCode.String(o.Code))
	}
	if o.Status >= 500 {
		set = append(set, attrErrorType.String(errorType(o)))
	}
	p.duration.Record(ctx, took.Seconds(), metric.WithAttributeSet(attribute.NewSet(set...)))
}

func errorType(o core.Outcome) string {
	if o.Code != "" {
		return o.Code
	}
	return strconv.Itoa(o.Status)
}
