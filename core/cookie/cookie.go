package cookie

import "time"

// Cookie is a cookie to be set. It is a plain value: copy it to change it.
//
// Name is an RFC 9110 token and carries its prefix (__Secure-, __Host-) if it has one. Value is the text itself, valid
// UTF-8; it is percent-encoded when written. An empty value is allowed.
type Cookie struct {
	Name, Value string
	Attributes
}

// Attributes are everything of a cookie but its name and value; the zero value is a cookie without any.
type Attributes struct {
	// Path and Domain are left out if empty: then the browser takes the directory of the request, and this host alone.
	Path, Domain string
	// MaxAge is how long the browser keeps the cookie; the zero value means until it is closed.
	MaxAge Age
	// Expires is the absolute form of MaxAge, which browsers prefer to it; the zero time leaves it out.
	Expires time.Time
	// HttpOnly hides the cookie from scripts; Secure keeps it off plain http; Partitioned keeps one per top-level site.
	HttpOnly, Secure, Partitioned bool
	// SameSite is left out if zero.
	SameSite SameSite
}

// MaxAgeLimit is the longest lifetime a cookie may have. Browsers cut longer ones; better-auth refuses to write them,
// and so do we.
const MaxAgeLimit = 400 * 24 * time.Hour

// Age is a cookie's Max-Age. The zero value means that there is none, which is not the same as one of zero seconds:
// For(0) tells the browser to delete the cookie.
type Age struct {
	d   time.Duration
	set bool
}

// For returns the age d, of which whole seconds are written. A negative d gives the zero Age, as in better-auth.
func For(d time.Duration) Age {
	if d < 0 {
		return Age{}
	}
	return Age{d, true}
}

// Duration returns the age, and false if there is none.
func (a Age) Duration() (time.Duration, bool) { return a.d, a.set }

// SameSite says whether requests that other sites cause carry the cookie. The zero value leaves the attribute out.
type SameSite uint8

// The values of the SameSite attribute. None is only honoured on secure cookies, so it makes a cookie secure.
const (
	Lax SameSite = iota + 1
	Strict
	None
)

// String returns the attribute's value as it is written, or "" for the zero value and unknown ones.
func (s SameSite) String() string {
	switch s {
	case Lax:
		return "Lax"
	case Strict:
		return "Strict"
	case None:
		return "None"
	}
	return ""
}
