package options

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// request is a request as an argument of a function: {"url","method","headers"}, or nil for none. Names of headers are
// in lower case and in order.
func request(r *http.Request) any {
	if r == nil {
		return nil
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	var headers wire.Object
	headers.Set("host", r.Host)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		headers.Set(strings.ToLower(name), strings.Join(r.Header[name], ", "))
	}
	var o wire.Object
	o.Set("url", scheme+"://"+r.Host+r.URL.RequestURI())
	o.Set("method", r.Method)
	o.Set("headers", &headers)
	return &o
}
