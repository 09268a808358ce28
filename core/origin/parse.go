package origin

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	errRelative     = errors.New("origin: URL has no scheme")
	errFile         = errors.New("origin: file URLs are not supported")
	errUTF8         = errors.New("origin: URL is not valid UTF-8")
	errHost         = errors.New("origin: URL has an invalid host")
	errNonASCIIHost = errors.New("origin: URL has a host that is not ASCII (write it in its xn-- form)")
	errPort         = errors.New("origin: URL has an invalid port")
)

// Parse reads an absolute URL the way a browser does (WHATWG URL Standard §4.4, the basic URL parser).
//
// Where RFC 3986 and the browsers differ, the browsers win: space around the URL and tabs and newlines inside it
// vanish, a backslash is a slash, "https:example.com" has a host, and 0x7f.1 is 127.0.0.1. Three kinds of URL are
// errors although a browser may accept them, so that whoever compares origins fails closed:
//
//   - hosts that are not ASCII: their xn-- form is accepted as it stands, without checking its Punycode;
//   - file URLs, whose origin is meaningless on a server;
//   - invalid UTF-8.
//
// The error says what is wrong without repeating the URL.
func Parse(raw string) (URL, error) {
	return parse(raw, nil)
}

// Resolve returns where a browser on the page base goes when told to go to target, which may be absolute or relative.
// base must be absolute. It fails as [Parse] does.
func Resolve(base, target string) (URL, error) {
	b, err := Parse(base)
	if err != nil {
		return URL{}, err
	}
	return parse(target, &b)
}

func parse(raw string, base *URL) (URL, error) {
	if !utf8.ValidString(raw) {
		return URL{}, errUTF8
	}
	clean := stripIgnored(raw)
	scheme, rest, absolute := cutScheme(clean)
	if scheme == "file" {
		return URL{}, errFile
	}
	rest, fragment := cutBefore(rest, '#')
	rest, query := cutBefore(rest, '?')

	// "https:page" is relative on an https page, and only there.
	relative := !absolute ||
		base != nil && base.Scheme == scheme && special(scheme) && !strings.HasPrefix(rest, "//")

	var u URL
	var err error
	if relative {
		u, err = parseRelative(rest, query, fragment, base)
	} else {
		u, err = parseAbsolute(scheme, rest)
	}
	if err != nil {
		return URL{}, err
	}
	if query != "" {
		u.Query = "?" + percentEncode(query[1:], queryUnsafe(u.Scheme))
	}
	if fragment != "" {
		u.Fragment = "#" + percentEncode(fragment[1:], fragmentUnsafe)
	}
	u.repaired = u.repaired || len(clean) != len(raw)
	return u, nil
}

// parseAbsolute reads what follows the scheme and its colon, up to the query.
func parseAbsolute(scheme, rest string) (URL, error) {
	u := URL{Scheme: scheme}
	if special(scheme) {
		// Browsers skip any number of slashes of either kind here, none included.
		after := strings.TrimLeft(rest, `/\`)
		u.repaired = rest[:len(rest)-len(after)] != "//" || strings.Contains(rest, `\`)
		return u, u.parseAuthorityAndPath(after)
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		return u, u.parseAuthorityAndPath(after)
	}
	if strings.HasPrefix(rest, "/") {
		u.Path = appendPath("", rest[1:], false)
		return u, nil
	}
	u.opaque = true
	u.Path = percentEncode(rest, opaqueUnsafe)
	return u, nil
}

// parseRelative reads a reference without its query and fragment against base, which is nil if there is none.
func parseRelative(rest, query, fragment string, base *URL) (URL, error) {
	if base == nil {
		return URL{}, errRelative
	}
	if base.opaque && (rest != "" || query != "" || fragment == "") {
		return URL{}, errRelative
	}
	u := *base
	u.Fragment = ""
	isSpecial := special(base.Scheme)
	isSlash := func(i int) bool {
		return i < len(rest) && (rest[i] == '/' || isSpecial && rest[i] == '\\')
	}
	switch {
	case isSlash(0) && isSlash(1):
		u = URL{Scheme: base.Scheme}
		after := rest[2:]
		if isSpecial {
			after = strings.TrimLeft(after, `/\`)
		}
		return u, u.parseAuthorityAndPath(after)
	case isSlash(0):
		u.Path = appendPath("", rest[1:], isSpecial)
		u.Query = ""
	case rest != "":
		u.Path = appendPath(parentPath(base.Path), rest, isSpecial)
		u.Query = ""
	case query != "":
		u.Query = ""
	}
	return u, nil
}

// parseAuthorityAndPath reads "user@host:port/path".
func (u *URL) parseAuthorityAndPath(s string) error {
	ends := "/"
	if special(u.Scheme) {
		ends = `/\`
	}
	path := ""
	if i := strings.IndexAny(s, ends); i >= 0 {
		s, path = s[:i], s[i:]
	}
	if err := u.parseAuthority(s); err != nil {
		return err
	}
	switch {
	case path != "":
		u.Path = appendPath("", path[1:], special(u.Scheme))
	case special(u.Scheme):
		u.Path = "/"
	}
	return nil
}

func (u *URL) parseAuthority(s string) error {
	u.authority = true
	// The last "@" counts: browsers take the ones before it for part of the password.
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		u.Userinfo = true
		if s = s[i+1:]; s == "" {
			return errHost
		}
	}
	host, port := s, ""
	if i := portColon(s); i >= 0 {
		host, port = s[:i], s[i+1:]
		if host == "" {
			return errHost
		}
		u.repaired = u.repaired || port == "" || len(port) > 1 && port[0] == '0'
	}
	if host == "" {
		if special(u.Scheme) {
			return errHost
		}
		return nil
	}
	var err error
	if u.Host, err = parseHost(host, special(u.Scheme)); err != nil {
		return err
	}
	// Percent-encoding, 0x7f.1 and the long forms of IPv6 are legal; they also hide a host from whoever reads it
	// with another parser.
	u.repaired = u.repaired || !strings.EqualFold(host, u.Host)
	return u.parsePort(port)
}

// portColon returns the index of the colon before the port, or -1. Colons between brackets belong to an IPv6 address.
func portColon(s string) int {
	inBrackets := false
	for i := range len(s) {
		switch {
		case s[i] == '[':
			inBrackets = true
		case s[i] == ']':
			inBrackets = false
		case s[i] == ':' && !inBrackets:
			return i
		}
	}
	return -1
}

func (u *URL) parsePort(s string) error {
	if s == "" {
		return nil
	}
	if !allDigits(s) {
		return errPort
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return errPort
	}
	if port := strconv.FormatUint(n, 10); port != defaultPort(u.Scheme) {
		u.Port = port
	}
	return nil
}

// stripIgnored removes what browsers do not see: C0 controls and spaces around the URL, tabs and newlines anywhere.
func stripIgnored(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

// cutScheme splits "scheme:rest" and lower-cases the scheme. Without one, rest is all of s.
func cutScheme(s string) (scheme, rest string, ok bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(s[:i]), s[i+1:], true
		default:
			return "", s, false
		}
	}
	return "", s, false
}

// cutBefore splits s before the first sep, which stays with the second part.
func cutBefore(s string, sep byte) (before, from string) {
	if i := strings.IndexByte(s, sep); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
