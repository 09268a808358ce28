package core

import (
	"context"
	"errors"
)

// OnRequest makes a hook that runs for every HTTP request under the base path, also those to no endpoint, after the rate
// limit and before anything else is looked at. It may change what the rest of the call sees of the headers
// ([Exchange.SetRequestHeader]), refuse by returning an error, or answer by returning [Respond]. [Exchange.Endpoint] is
// nil where there is none.
func OnRequest(fn func(ctx context.Context, x *Exchange) error) Hook { return Hook{request: fn} }

// OnResponse makes a hook that gets every response to an HTTP request under the base path before it is sent, refusals and
// failures included; only the answers of the rate limit and of disabled paths pass it by. What it returns is sent: res, or
// another response in its place, whose headers are its own to fill. An error becomes the response instead.
func OnResponse(fn func(ctx context.Context, x *Exchange, res *Response) (*Response, error)) Hook {
	return Hook{response: fn}
}

// httpHooks are those made by OnRequest and OnResponse, in the order in which they run.
type httpHooks struct {
	request  []func(ctx context.Context, x *Exchange) error
	response []func(ctx context.Context, x *Exchange, res *Response) (*Response, error)
}

func newHTTPHooks(owners []owner) (h httpHooks) {
	for _, o := range owners {
		for _, hook := range o.manifest.Hooks {
			if hook.request != nil {
				h.request = append(h.request, hook.request)
			}
			if hook.response != nil {
				h.response = append(h.response, hook.response)
			}
		}
	}
	return h
}

// before runs the request hooks. done says that one of them has answered, with out or err.
func (h *httpHooks) before(ctx context.Context, x *Exchange) (out any, done bool, err error) {
	for _, hook := range h.request {
		if err := hook(ctx, x); err != nil {
			var r *reply
			if errors.As(err, &r) {
				return r.value, true, nil
			}
			return nil, true, err
		}
	}
	return nil, false, nil
}

// after runs the response hooks.
func (h *httpHooks) after(ctx context.Context, x *Exchange, res *Response) *Response {
	for _, hook := range h.response {
		changed, err := hook(ctx, x, res)
		if err != nil {
			return x.respondError(ctx, err)
		}
		if changed != nil {
			res = changed
		}
	}
	return res
}
