package core

import (
	"context"
	"net/http"
)

// Request returns a copy of the request without its body, for callbacks that want to know more of it than Exchange tells,
// such as the language a client asks for. Unlike the Exchange it may be kept. It is nil in process.
func (x *Exchange) Request() *http.Request {
	if x.req == nil {
		return nil
	}
	r := x.req.Clone(context.WithoutCancel(x.req.Context()))
	r.Header, r.Body, r.ContentLength = x.reqHeader.Clone(), http.NoBody, 0
	return r
}
