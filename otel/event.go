package authotel

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/cardea-auth/cardea/core"
)

// event counts an event and notes it on the span of the call. Of its fields only those are told that come from a small
// set: never a user, an address or a session.
func (p *Plugin) event(ctx context.Context, _ *core.Exchange, e core.Event) {
	attrs := make([]attribute.KeyValue, 0, 2)
	attrs = append(attrs, attrEvent.String(e.EventName()))
	span, ok := ctx.Value(spanKey{}).(trace.Span)
	if !ok {
		span = trace.SpanFromContext(ctx)
	}
	switch e := e.(type) {
	case core.SignedUp:
		attrs = append(attrs, attrSignIn.String(e.Method))
	case core.SignedIn:
		attrs = append(attrs, attrSignIn.String(e.Method))
		span.SetAttributes(attrSignIn.String(e.Method))
		p.signIns.Add(ctx, 1, metric.WithAttributes(attrOutcome.String("success"), attrSignIn.String(e.Method)))
	case core.SignInFailed:
		attrs = append(attrs, attrSignIn.String(e.Method))
		span.SetAttributes(attrSignIn.String(e.Method))
		code := ""
		if e.Reason != nil {
			code = e.Reason.Code
		}
		p.signIns.Add(ctx, 1, metric.WithAttributes(attrOutcome.String("failure"), attrSignIn.String(e.Method), attrErrorCode.String(code)))
	case core.RateLimited:
		attrs = append(attrs, attrRoute.String(e.Path))
	}
	if span.IsRecording() {
		span.AddEvent(e.EventName(), trace.WithAttributes(attrs[1:]...))
	}
	p.events.Add(ctx, 1, metric.WithAttributes(attrs...))
}
