package core

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Observer is told of each call of an endpoint, over HTTP or in process, when its route is known and before anything else
// is done. The context that it returns goes with the rest of the call. What it returns besides, unless nil, is called
// once with how the call ended, also if that was by a panic. [Exchange.Endpoint] is nil for a path that is no endpoint's.
//
// It cannot change the call, and no error stands in its way: a panic of either function is logged and otherwise ignored.
type Observer func(ctx context.Context, x *Exchange) (context.Context, func(Outcome))

// Outcome is how a call ended. Nothing in it comes from the client or is a secret.
type Outcome struct {
	// Status is the HTTP status of the answer, in process the one that a client would have got.
	Status int
	// Code is the error's code in the contract, such as "INVALID_EMAIL_OR_PASSWORD", or empty.
	Code string
	// Challenge names the further step that a sign-in asks for ([Challenge].Method), or is empty.
	Challenge string
}

// observation is one call that somebody watches.
type observation struct {
	ends    []func(Outcome)
	outcome Outcome
}

func newObservers(owners []owner) (all []Observer) {
	for _, o := range owners {
		if o.manifest.Observe != nil {
			all = append(all, o.manifest.Observe)
		}
	}
	return all
}

// observe begins to watch a call if anybody wants to. Whoever calls it defers x.observed.
func (x *Exchange) observe(ctx context.Context) context.Context {
	if len(x.auth.observers) == 0 {
		return ctx
	}
	x.watched = &observation{outcome: Outcome{Status: http.StatusInternalServerError}} // until the call says otherwise
	for _, begin := range x.auth.observers {
		ctx = x.beginObservation(ctx, begin) //nolint:fatcontext // one value for each observer is what is wanted
	}
	return ctx
}

func (x *Exchange) beginObservation(ctx context.Context, begin Observer) (observed context.Context) {
	defer func() {
		if v := recover(); v != nil {
			x.logError(ctx, fmt.Errorf("core: observer: %w", newPanicError(v)))
			observed = ctx
		}
	}()
	observed, end := begin(ctx, x)
	if end != nil {
		x.watched.ends = append(x.watched.ends, end)
	}
	return observed
}

// noteError keeps what observers may know of the error that a call ends with.
func (x *Exchange) noteError(err error) {
	if x.watched == nil {
		return
	}
	o := &x.watched.outcome
	*o = Outcome{Status: http.StatusInternalServerError}
	var challenge *Challenge
	if errors.As(err, &challenge) {
		o.Status, o.Challenge = http.StatusOK, challenge.Method
	} else if e := clientError(err); e != nil {
		o.Status, o.Code = e.Status, e.Code
	}
}

// noteStatus keeps the status that a call ends with.
func (x *Exchange) noteStatus(status int) {
	if x.watched != nil {
		x.watched.outcome.Status = status
	}
}

// observed tells the observers, the last first, that the call has ended.
func (x *Exchange) observed(ctx context.Context) {
	if x.watched == nil {
		return
	}
	for _, end := range slices.Backward(x.watched.ends) {
		x.endObservation(ctx, end)
	}
}

func (x *Exchange) endObservation(ctx context.Context, end func(Outcome)) {
	defer func() {
		if v := recover(); v != nil {
			x.logError(ctx, fmt.Errorf("core: observer: %w", newPanicError(v)))
		}
	}()
	end(x.watched.outcome)
}
