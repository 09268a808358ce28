package core

import (
	"context"

	"github.com/cardea-auth/cardea/core/origin"
)

// CheckCallback returns [ErrInvalidCallbackURL] unless a client may be sent to target: it is empty, a safe path on this
// origin, or an absolute URL of a trusted origin. Bodies are checked before the handler runs; an endpoint that takes a place
// to go to from the query of a GET request calls this first of all. Calls in process are not checked: their input is the
// app's own.
func (x *Exchange) CheckCallback(ctx context.Context, target string) error {
	if target == "" || !x.HTTP() || x.originCheckOff() {
		return nil
	}
	ok, err := x.TrustedRedirect(ctx, target)
	if err == nil && !ok {
		err = ErrInvalidCallbackURL
	}
	return err
}

// RedirectBack returns the error that sends the client to target, with query parameters added to it, name and value in
// turn. It checks once more, in the form in which it is sent, what [Exchange.CheckCallback] let pass.
func (x *Exchange) RedirectBack(ctx context.Context, target string, params ...string) error {
	location := target
	if len(params) > 0 {
		location = origin.AppendQuery(target, params...)
	}
	if err := x.CheckCallback(ctx, location); err != nil {
		return err
	}
	return Redirect(location)
}
