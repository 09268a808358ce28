package cookie_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
)

// patch reads attributes as better-auth's options spell them.
func (a attributes) patch(t *testing.T) cookie.Patch {
	t.Helper()
	p := cookie.Patch{Path: a.Path, Domain: a.Domain, HttpOnly: a.HttpOnly, Secure: a.Secure, Partitioned: a.Partitioned}
	if a.MaxAge != nil {
		p.MaxAge = new(cookie.For(time.Duration(*a.MaxAge * float64(time.Second))))
	}
	if a.SameSite != nil {
		site, ok := map[string]cookie.SameSite{"lax": cookie.Lax, "strict": cookie.Strict, "none": cookie.None}[*a.SameSite]
		if !ok {
			t.Fatalf("sameSite %q", *a.SameSite)
		}
		p.SameSite = &site
	}
	return p
}

// cookie builds the cookie whose attributes are exactly a.
func (a attributes) cookie(t *testing.T, name, value string) cookie.Cookie {
	t.Helper()
	jar := cookie.Jar{
		Defaults:  cookie.Patch{Path: new(""), HttpOnly: new(false), SameSite: new(cookie.SameSite(0))},
		Overrides: map[string]cookie.Override{name: {Name: name, Patch: a.patch(t)}},
	}
	c := jar.Cookie(name, cookie.Patch{})
	c.Value = value
	if a.Expires != nil {
		at, err := time.Parse(time.RFC3339, *a.Expires)
		if err != nil {
			t.Fatal(err)
		}
		c.Expires = at
	}
	return c
}

// jar reads the options as the configuration does: it is there that the base URL decides about secure cookies.
func (c nameCase) jar(t *testing.T) *cookie.Jar {
	t.Helper()
	var static string
	var dynamic struct{ Protocol string }
	if raw := c.Options.BaseURL; len(raw) > 0 && json.Unmarshal(raw, &static) != nil {
		if err := json.Unmarshal(raw, &dynamic); err != nil {
			t.Fatal(err)
		}
	}
	o := c.Options.Advanced
	j := &cookie.Jar{Prefix: o.CookiePrefix, Defaults: o.DefaultCookieAttributes.patch(t), Overrides: map[string]cookie.Override{}}
	switch {
	case o.UseSecureCookies != nil:
		j.Secure = *o.UseSecureCookies
	case dynamic.Protocol != "":
		j.Secure = dynamic.Protocol == "https"
	case static != "":
		j.Secure = strings.HasPrefix(static, "https://")
	default:
		j.Secure = true // the vectors were made in production mode
	}
	if o.CrossSubDomainCookies.Enabled {
		u, err := url.Parse(static)
		if err != nil {
			t.Fatal(err)
		}
		j.Domain = u.Hostname()
		if d := o.CrossSubDomainCookies.Domain; d != "" {
			j.Domain = d
		}
	}
	for key, custom := range o.Cookies {
		j.Overrides[key] = cookie.Override{Name: custom.Name, Patch: custom.Attributes.patch(t)}
	}
	return j
}

func TestNameVectors(t *testing.T) {
	t.Parallel()
	seconds := func(configured, fallback float64) cookie.Patch {
		if configured == 0 {
			configured = fallback
		}
		return cookie.Patch{MaxAge: new(cookie.For(time.Duration(configured) * time.Second))}
	}
	for i, c := range some(t, load(t).CookieNames.Cases) {
		jar := c.jar(t)
		cache := seconds(c.Options.Session.CookieCache.MaxAge, 300)
		for _, k := range []struct {
			key  string
			own  cookie.Patch
			want namedCookie
		}{
			{"session_token", seconds(c.Options.Session.ExpiresIn, 604800), c.Cookies["sessionToken"]},
			{"session_data", cache, c.Cookies["sessionData"]},
			{"account_data", cache, c.Cookies["accountData"]},
			{"dont_remember", cookie.Patch{}, c.Cookies["dontRememberToken"]},
			{"two_factor", seconds(0, 600), c.TwoFactor},
		} {
			got := jar.Cookie(k.key, k.own)
			want := k.want.Attributes.cookie(t, strings.TrimPrefix(k.want.Name, "__Secure-"), "")
			want.Name = k.want.Name
			if got != want {
				t.Errorf("case %d, %s:\n got %+v\nwant %+v", i, k.key, got, want)
			}
		}
	}
}

func TestJarPrecedence(t *testing.T) {
	t.Parallel()
	jar := cookie.Jar{
		Secure:   true,
		Domain:   "from-jar.example",
		Defaults: cookie.Patch{Domain: new("from-defaults.example"), Path: new("/defaults"), MaxAge: new(cookie.For(time.Second))},
		Overrides: map[string]cookie.Override{
			"k": {Patch: cookie.Patch{Path: new("/override"), Secure: new(false)}},
		},
	}
	got := jar.Cookie("k", cookie.Patch{Path: new("/own"), MaxAge: new(cookie.For(time.Minute))})
	want := cookie.Cookie{Name: "__Secure-better-auth.k", Attributes: cookie.Attributes{
		Domain: "from-defaults.example", Path: "/override", MaxAge: cookie.For(time.Minute), HttpOnly: true, SameSite: cookie.Lax,
	}}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}
