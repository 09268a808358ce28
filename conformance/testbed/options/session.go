package options

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
)

func (r reader) session(o strict.Object, c *core.SessionConfig) {
	o.Seconds("expiresIn", &c.ExpiresIn) // 0 is the default in both worlds
	o.Seconds("updateAge", &c.UpdateAge)
	o.Seconds("freshAge", &c.FreshAge)
	o.Bool("disableSessionRefresh", &c.DisableRefresh)
	o.Bool("deferSessionRefresh", &c.DeferRefresh)
	o.Bool("storeSessionInDatabase", &c.StoreInDatabase)
	o.Bool("preserveSessionInDatabase", &c.PreserveInDatabase)
	r.cookieCache(o.Object("cookieCache"), &c.CookieCache)

	if o.Has("updateAge") {
		c.UpdateAge = explicit(c.UpdateAge)
	}
	if o.Has("freshAge") {
		c.FreshAge = explicit(c.FreshAge)
	}
}

func (r reader) cookieCache(o strict.Object, c *core.CookieCacheConfig) {
	o.Bool("enabled", &c.Enabled)
	o.Seconds("maxAge", &c.MaxAge) // 0 is the default in both worlds
	strategy := ""
	o.Choice("strategy", &strategy, "compact", "jwt", "jwe")
	c.Strategy = map[string]cache.Strategy{"jwt": cache.JWT, "jwe": cache.JWE}[strategy]
	o.Any("refreshCache") // is for servers without a database
	if version := r.function(o, "version"); version != nil {
		c.VersionFunc = func(s *model.Session, u *model.User) string {
			v, err := version(context.Background(), s, u)
			if err != nil {
				return err.Error() // which no copy has
			}
			return fmt.Sprint(v)
		}
		return
	}
	o.String("version", &c.Version)
}

// explicit is how Config says a duration that is zero on purpose: any negative one.
func explicit(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}
