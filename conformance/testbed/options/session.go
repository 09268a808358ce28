package options

import (
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
)

func session(o strict.Object, c *core.SessionConfig) {
	o.Seconds("expiresIn", &c.ExpiresIn) // 0 is the default in both worlds
	o.Seconds("updateAge", &c.UpdateAge)
	o.Seconds("freshAge", &c.FreshAge)
	o.Bool("disableSessionRefresh", &c.DisableRefresh)
	o.Off("deferSessionRefresh")
	o.Object("cookieCache").Off("enabled")

	if o.Has("updateAge") {
		c.UpdateAge = explicit(c.UpdateAge)
	}
	if o.Has("freshAge") {
		c.FreshAge = explicit(c.FreshAge)
	}
}

// explicit is how Config says a duration that is zero on purpose: any negative one.
func explicit(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}
