package cookie

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrInvalid says that a cookie cannot be written: a part of it would end the attribute or the header line, or its
// Max-Age is above [MaxAgeLimit].
var ErrInvalid = errors.New("cookie: invalid")

// AppendSetCookie appends the value of the Set-Cookie header that sets c to dst and returns the extended slice.
//
// The order is name=value, Max-Age, Domain, Path, Expires, HttpOnly, Secure, SameSite, Partitioned. A name starting with
// __Host- forces Secure, Path=/ and no Domain; one starting with __Secure-, Partitioned, and SameSite=None force
// Secure (prefixes match in any case, as browsers match them). The value goes through [EncodeURIComponent]. The only
// error is [ErrInvalid] wrapped with the reason, which names the cookie but never shows its value; dst is then returned
// as it was.
func AppendSetCookie(dst []byte, c Cookie) ([]byte, error) {
	if err := c.check(); err != nil {
		return dst, err
	}
	if hasPrefixFold(c.Name, "__Host-") {
		c.Secure, c.Path, c.Domain = true, "/", ""
	}
	if hasPrefixFold(c.Name, "__Secure-") || c.Partitioned || c.SameSite == None {
		c.Secure = true
	}
	dst = append(dst, c.Name...)
	dst = append(dst, '=')
	dst = appendURIComponent(dst, c.Value)
	if d, ok := c.MaxAge.Duration(); ok {
		dst = append(dst, "; Max-Age="...)
		dst = strconv.AppendInt(dst, int64(d/time.Second), 10)
	}
	if c.Domain != "" {
		dst = append(dst, "; Domain="...)
		dst = append(dst, c.Domain...)
	}
	if c.Path != "" {
		dst = append(dst, "; Path="...)
		dst = append(dst, c.Path...)
	}
	if !c.Expires.IsZero() {
		dst = append(dst, "; Expires="...)
		dst = c.Expires.UTC().AppendFormat(dst, http.TimeFormat)
	}
	if c.HttpOnly {
		dst = append(dst, "; HttpOnly"...)
	}
	if c.Secure {
		dst = append(dst, "; Secure"...)
	}
	if c.SameSite != 0 {
		dst = append(dst, "; SameSite="...)
		dst = append(dst, c.SameSite.String()...)
	}
	if c.Partitioned {
		dst = append(dst, "; Partitioned"...)
	}
	return dst, nil
}

// SetCookie returns the value of the Set-Cookie header that sets c; see [AppendSetCookie]. It is not called String, so
// that printing a cookie never fails half-way.
func (c Cookie) SetCookie() (string, error) {
	b, err := AppendSetCookie(nil, c)
	return string(b), err
}

func (c *Cookie) check() error {
	if !isToken(c.Name) {
		return fmt.Errorf("%w: name %q", ErrInvalid, c.Name)
	}
	var reason string
	switch {
	case !utf8.ValidString(c.Value): // encodeURIComponent has no result for it
		reason = "the value is not UTF-8"
	case c.MaxAge.d > MaxAgeLimit:
		reason = "Max-Age is above 400 days"
	case !isAttribute(c.Domain) || strings.ContainsAny(c.Domain, " ,"):
		reason = fmt.Sprintf("Domain %q", c.Domain)
	case !isAttribute(c.Path):
		reason = fmt.Sprintf("Path %q", c.Path)
	case !c.Expires.IsZero() && (c.Expires.UTC().Year() < 1601 || c.Expires.UTC().Year() > 9999):
		reason = "Expires is outside the years 1601 to 9999" // RFC 6265 §5.1.1 step 5, and four digits
	case c.SameSite > None:
		reason = fmt.Sprintf("SameSite %d", c.SameSite)
	default:
		return nil
	}
	return fmt.Errorf("%w: %q: %s", ErrInvalid, c.Name, reason)
}

// isToken reports whether s is an RFC 9110 §5.6.2 token.
func isToken(s string) bool {
	for i := range len(s) {
		if !tokenChar[s[i]] {
			return false
		}
	}
	return s != ""
}

var tokenChar = func() (set [256]bool) {
	for c := byte('!'); c < 0x7f; c++ {
		set[c] = !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, rune(c))
	}
	return set
}()

// isAttribute reports whether s can stand after the = of Domain or Path: printable ASCII without semicolon.
func isAttribute(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == ';' {
			return false
		}
	}
	return true
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
