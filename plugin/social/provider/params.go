package provider

import (
	"slices"

	"github.com/cardea-auth/cardea/core/oauth"
)

// before puts a parameter before those of the client, which may replace its value: {[p], ...params}.
func before(params []oauth.Param, p oauth.Param) []oauth.Param {
	f := oauth.Form{p}
	for _, q := range params {
		f.Set(q.Name, q.Value)
	}
	return f
}

// with puts a parameter among those of the client, which may not replace its value: {...params, [p]}.
func with(params []oauth.Param, p oauth.Param) []oauth.Param {
	f := oauth.Form(slices.Clone(params))
	f.Set(p.Name, p.Value)
	return f
}

// only returns the one special of a constructor's variadic ones, or the zero value.
func only[T any](more []T) T {
	var zero T
	if len(more) == 0 {
		return zero
	}
	return more[0]
}
