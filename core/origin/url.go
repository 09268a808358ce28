package origin

import "strings"

// URL is an absolute URL as a browser understands it (WHATWG URL Standard §4.1). Values come from [Parse] and
// [Resolve]; they are comparable and safe to copy.
type URL struct {
	Scheme string // lower case, without the colon: "https"

	// Host is a lower-case ASCII name, an IPv4 address in dotted decimal or an IPv6 address in brackets, compressed as
	// RFC 5952 does. Under schemes other than http, https, ws, wss and ftp it is opaque: its case is kept, and it is
	// empty if there is none.
	Host string
	Port string // decimal without leading zeros; empty for the default port of the scheme

	Path     string // percent-encoded, without dot segments, at least "/" for http and https
	Query    string // percent-encoded, with its leading "?"; empty if there is none
	Fragment string // percent-encoded, with its leading "#"; empty if there is none

	// Userinfo reports an "@" before the host. What stood there is forgotten: no URL we handle has a use for it, and
	// "https://trusted.example@evil.example" exists to deceive.
	Userinfo bool

	authority bool // "//" was there, so that "app:///x" and "app:/x" stay apart
	opaque    bool // the path is not a hierarchy: "mailto:someone"
	repaired  bool // something was read leniently, so that another parser may see another host; see trustworthy
}

// Origin returns scheme, host and port, "https://example.com:8443", or "" for schemes whose origin is opaque: all but
// http, https, ws, wss and ftp (URL Standard §4.7). Opaque origins are never equal to anything, themselves included.
func (u URL) Origin() string {
	if !special(u.Scheme) {
		return ""
	}
	return u.Scheme + "://" + u.HostPort()
}

// HostPort returns the host, and the port where it is not the default one: "example.com:8443", "[::1]".
func (u URL) HostPort() string {
	if u.Port == "" {
		return u.Host
	}
	return u.Host + ":" + u.Port
}

// String returns the URL in its normal form (URL Standard §4.5): pure ASCII, without userinfo, and parsing to itself.
func (u URL) String() string {
	prefix := ":"
	switch {
	case u.authority:
		prefix = "://"
	case !u.opaque && strings.HasPrefix(u.Path, "//"):
		prefix = ":/." // or the path would be taken for a host
	}
	return u.Scheme + prefix + u.HostPort() + u.Path + u.Query + u.Fragment
}

// isWeb reports whether u is an http or https URL, the only ones that a pattern without a scheme may match.
func (u URL) isWeb() bool {
	return u.Scheme == "https" || u.Scheme == "http"
}

// special reports whether scheme is one of the URL Standard's special schemes (§4.2). The sixth, file, is not parsed.
func special(scheme string) bool {
	return defaultPort(scheme) != ""
}

func defaultPort(scheme string) string {
	switch scheme {
	case "https", "wss":
		return "443"
	case "http", "ws":
		return "80"
	case "ftp":
		return "21"
	}
	return ""
}
