package cache

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
)

// securePrefix is how cookies of an https site are called.
const securePrefix = "__Secure-"

// Options say what the cookies of an installation are called. The zero value is that of one with better-auth's defaults
// on https.
type Options struct {
	// Prefix is the first part of cookie names. Default: better-auth.
	Prefix string
	// Name is the second part. Default: session_token for SessionToken, session_data for FromRequest.
	Name string
	// Insecure makes FromRequest read the cookie without the prefix __Secure-, as a site on plain http has it. It is not
	// read beside the other, because whoever controls the network can set it. Default: false.
	Insecure bool
	// Version refuses content of another version in FromRequest. Default: empty, any version.
	Version string
	// Now is the clock of FromRequest. Default: time.Now.
	Now func() time.Time
}

func (o Options) withDefaults(name string) Options {
	if o.Prefix == "" {
		o.Prefix = "better-auth"
	}
	if o.Name == "" {
		o.Name = name
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// SessionToken returns the value of the request's session cookie, a token and its signature, or "" if there is none.
//
// It proves nothing: the signature is not checked and the session may be long gone. Use it to send visitors without a
// cookie to the sign-in page early, and let something that checks decide about all others. The cookie may have the
// prefix __Secure- or not, and a dash or a dot between prefix and name.
func SessionToken(r *http.Request, o Options) string {
	o = o.withDefaults("session_token")
	headers := r.Header["Cookie"]
	for _, separator := range []string{".", "-"} {
		name := o.Prefix + separator + o.Name
		value, ok := cookie.Last(headers, securePrefix+name)
		if !ok {
			value, _ = cookie.Last(headers, name)
		}
		if value != "" {
			return value
		}
	}
	return ""
}

// FromRequest returns the session in the request's cache cookie, by signature and expiry alone: no store is asked, and
// the session cookie is not looked at.
//
// So a session that was revoked is still found until the cookie expires, some minutes by default. Do not decide about
// anything that changes state or reveals more than the session itself. Errors: [ErrAbsent], [ErrInvalid] (also for
// another version) and [ErrExpired]; all mean that the application has to be asked.
func (c *Codec) FromRequest(r *http.Request, o Options) (*Entry, error) {
	o = o.withDefaults("session_data")
	name := o.Prefix + "." + o.Name
	if !o.Insecure {
		name = securePrefix + name
	}
	return c.find(r.Header["Cookie"], name, o.Now(), func(e *Entry) bool { return o.Version == "" || e.Version == o.Version })
}
