package options

import (
	"strings"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
)

func advanced(o strict.Object, c *core.Config) {
	cookies(o, &c.Cookies)
	clientIP(o.Object("ipAddress"), &c.ClientIP)
	o.Bool("disableCSRFCheck", &c.DisableCSRFCheck)
	if o.IsList("disableOriginCheck") {
		o.Strings("disableOriginCheck", &c.OriginCheckExempt)
	} else {
		o.Bool("disableOriginCheck", &c.DisableOriginCheck)
	}
	// Turning the origin check off takes the CSRF check along, unless that is said to stay.
	c.KeepCSRFCheck = o.Has("disableCSRFCheck") && !c.DisableCSRFCheck
	o.Bool("skipTrailingSlashes", &c.SkipTrailingSlashes)
	o.Bool("trustedProxyHeaders", &c.TrustProxyHeaders)
}

func cookies(o strict.Object, c *core.CookieConfig) {
	o.String("cookiePrefix", &c.Prefix)
	if o.Has("useSecureCookies") {
		secure := false
		o.Bool("useSecureCookies", &secure)
		c.Secure = core.Off
		if secure {
			c.Secure = core.On
		}
	}

	cross := o.Object("crossSubDomainCookies")
	domain := ""
	cross.Bool("enabled", &c.CrossSubDomain)
	cross.String("domain", &domain)
	cross.Any("additionalCookies") // better-auth does nothing about it
	if c.CrossSubDomain {
		c.Domain = domain // Config refuses a domain that nothing uses; better-auth does not mind
	}

	c.Defaults = cookieAttributes(o.Object("defaultCookieAttributes"))
	single := o.Object("cookies")
	for _, key := range single.Names() {
		one := single.Object(key)
		override := cookie.Override{Patch: cookieAttributes(one.Object("attributes"))}
		one.String("name", &override.Name)
		if c.Overrides == nil {
			c.Overrides = map[string]cookie.Override{}
		}
		c.Overrides[key] = override
	}
}

func cookieAttributes(o strict.Object) cookie.Patch {
	p := cookie.Patch{
		Path:        pointer(o, "path", o.String),
		Domain:      pointer(o, "domain", o.String),
		HttpOnly:    pointer(o, "httpOnly", o.Bool),
		Secure:      pointer(o, "secure", o.Bool),
		Partitioned: pointer(o, "partitioned", o.Bool),
	}
	if seconds := pointer(o, "maxAge", o.Seconds); seconds != nil {
		age := cookie.For(*seconds)
		p.MaxAge = &age
	}
	var sameSite string
	o.Choice("sameSite", &sameSite, "lax", "Lax", "strict", "Strict", "none", "None")
	if s, ok := map[string]cookie.SameSite{"lax": cookie.Lax, "strict": cookie.Strict, "none": cookie.None}[strings.ToLower(sameSite)]; ok {
		p.SameSite = &s
	}
	return p
}

// pointer reads a member into a new value, and returns nil if there is none.
func pointer[T any](o strict.Object, name string, read func(string, *T)) *T {
	if !o.Has(name) {
		return nil
	}
	v := new(T)
	read(name, v)
	return v
}

func clientIP(o strict.Object, c *core.ClientIPConfig) {
	o.Bool("disableIpTracking", &c.Disable)
	o.Strings("ipAddressHeaders", &c.Headers)
	o.Strings("trustedProxies", &c.TrustedProxies)
	o.Int("ipv6Subnet", &c.IPv6Subnet)
}
