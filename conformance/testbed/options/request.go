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
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	sorted := wire.NewObject()
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		sorted.Set(name, headers[name])
	}
	var o wire.Object
	o.Set("url", scheme+"://"+r.Host+r.URL.RequestURI())
	o.Set("method", r.Method)
	o.Set("headers", sorted)
	return &o
}
