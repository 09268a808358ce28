package authotel

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/cardea-auth/cardea/core/password"
)

// Hasher returns a hasher that hashes and verifies as h does, with a span and a duration for each. A nil h is
// better-auth's scrypt. Core bounds how many run at once around it, so the time spent waiting for a slot is not in here but
// in the span around it. Safe for concurrent use if h is.
func Hasher(h password.Hasher, o Options) password.Hasher {
	if h == nil {
		h = new(password.Scrypt)
	}
	t := &timedHasher{hasher: h, tracer: o.tracer()}
	var err error
	t.duration, err = o.meter().Float64Histogram("cardea.password.duration", metric.WithUnit("s"),
		metric.WithDescription("How long hashing and verifying a password took, once it had a slot."), buckets)
	handle(err)
	return t
}

type timedHasher struct {
	hasher   password.Hasher
	tracer   trace.Tracer
	duration metric.Float64Histogram
}

// hashing is one of the two operations, with what its measurements have in common.
type hashing struct {
	name       string
	ok, failed []metric.RecordOption
}

func newHashing(op string) hashing {
	record := func(attrs ...attribute.KeyValue) []metric.RecordOption {
		return []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(append(attrs, attrHashing.String(op))...))}
	}
	return hashing{"password " + op, record(), record(attrErrorType.String(otherError))}
}

var hash, verify = newHashing("hash"), newHashing("verify")

// Hash is that of the hasher behind it.
func (t *timedHasher) Hash(ctx context.Context, pw string) (encoded string, err error) {
	begin := time.Now()
	ctx, span := t.tracer.Start(ctx, hash.name)
	defer func() { t.end(ctx, span, &hash, time.Since(begin), err) }()
	return t.hasher.Hash(ctx, pw)
}

// Verify is that of the hasher behind it.
func (t *timedHasher) Verify(ctx context.Context, encoded, pw string) (ok bool, err error) {
	begin := time.Now()
	ctx, span := t.tracer.Start(ctx, verify.name)
	defer func() { t.end(ctx, span, &verify, time.Since(begin), err) }()
	return t.hasher.Verify(ctx, encoded, pw)
}

func (t *timedHasher) end(ctx context.Context, span trace.Span, op *hashing, took time.Duration, err error) {
	endSpan(span, err)
	options := op.ok
	if err != nil {
		options = op.failed
	}
	t.duration.Record(ctx, took.Seconds(), options...)
}
