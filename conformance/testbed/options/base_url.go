package options

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
)

func baseURLs(o strict.Object, c *core.BaseURLsConfig) {
	o.Strings("allowedHosts", &c.AllowedHosts)
	o.Choice("protocol", &c.Protocol, "http", "https", "auto")
	o.String("fallback", &c.Fallback)
}

// dynamicCookies makes cookies as better-auth does with NODE_ENV unset: where the host decides about the base URL, but
// nothing about the domain of cookies, they are never secure, unless the options say that they or all base URLs are.
func dynamicCookies(c *core.Config) {
	dynamic := len(c.BaseURLs.AllowedHosts) > 0 && c.BaseURLs.Protocol != "http" && c.BaseURLs.Protocol != "https"
	if dynamic && c.Compat == core.Exact && !c.Cookies.CrossSubDomain && c.Cookies.Secure == core.Default {
		c.Cookies.Secure = core.Off
	}
}

// trustedOrigins asks a function (request) for a list of texts. Those that are null or undefined do not count.
func trustedOrigins(f Function) func(context.Context, *http.Request) ([]string, error) {
	return func(ctx context.Context, r *http.Request) ([]string, error) {
		v, err := f(ctx, request(r))
		if err != nil {
			return nil, err
		}
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("trustedOrigins returned %T instead of a list", v)
		}
		var patterns []string
		for _, item := range list {
			if text, ok := item.(string); ok {
				patterns = append(patterns, text)
			}
		}
		return patterns, nil
	}
}
