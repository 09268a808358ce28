package origin

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Pattern is one entry of a list of trusted origins, compiled by [Compile]. The zero Pattern matches nothing.
type Pattern struct {
	text     string
	kind     patternKind
	glob     Glob       // over the host or the origin
	ipv4Only bool       // the host of the pattern is made of digits, dots and wildcards
	app      appPattern // for URLs that are neither http nor https
}

type patternKind int

const (
	neverMatches  patternKind = iota
	hostWildcard              // "*.example.com": any http or https origin on such a host
	exactOrigin               // "https://example.com", "myapp://"
	wildcardOfAll             // "https://*.example.com", "exp://192.168.*.*:*/**"
)

// Compile reads a pattern (formats.md §7.3):
//
//   - "https://example.com:8443" is that origin and no other. It has to be written as browsers write it: lower case,
//     without path, slash at the end or default port, or it matches nothing; [Pattern.Advice] then says what to write.
//   - "https://*.example.com" is compared with the whole origin, "*.example.com" with the host and port of any http or
//     https URL. Wildcards are those of [Glob]. A host of digits, dots and wildcards, as in "http://192.168.*.*:3000",
//     admits IPv4 addresses only.
//   - "myapp://" trusts a scheme of an app, "myapp://callback" only URLs with that authority, "myapp://callback/done"
//     only that path and those below it. Authority and path may have wildcards, the scheme may not.
//
// Patterns for javascript, data, blob and vbscript URLs are errors, as are empty ones, control characters and
// percent-encoding that cannot be decoded.
func Compile(pattern string) (Pattern, error) {
	if pattern == "" {
		return Pattern{}, errors.New("origin: a trusted origin is empty: remove it")
	}
	if hasControl(pattern) {
		return Pattern{}, fmt.Errorf("origin: trusted origin %q has control characters or invalid UTF-8: remove them", pattern)
	}
	p := Pattern{text: pattern}
	wildcard := strings.ContainsAny(pattern, "*?")
	_, afterScheme, hasScheme := strings.Cut(pattern, "://")
	if wildcard && !hasScheme {
		p.kind = hostWildcard
		return p, p.compileGlob(pattern)
	}
	p.kind = exactOrigin
	if wildcard {
		p.kind = wildcardOfAll
		if err := p.compileGlob(afterScheme); err != nil {
			return Pattern{}, err
		}
	}
	var err error
	if p.app, err = compileApp(pattern, wildcard); err != nil {
		return Pattern{}, err
	}
	return p, nil
}

func (p *Pattern) compileGlob(host string) error {
	var err error
	p.glob, err = NewGlob(p.text)
	p.ipv4Only = isNumericHost(host)
	return err
}

// Match reports whether url is trusted by p. A path such as "/dashboard" is no URL: it matches if allowRelative is set
// and [SafeRelative] agrees.
//
// Whatever the pattern says, a URL never matches if it has userinfo, if its scheme is javascript, data, blob or
// vbscript, if it has control characters, or if it is spelt so that another parser may see another host in it: with
// space around it, other than two slashes before the host, a backslash before the query, or a host or port that is not
// in its normal form, letter case and the scheme's own port aside.
func (p Pattern) Match(url string, allowRelative bool) bool {
	if strings.HasPrefix(url, "/") {
		return allowRelative && SafeRelative(url)
	}
	u, ok := parseTrustworthy(url)
	return ok && p.match(url, u)
}

func (p Pattern) match(raw string, u URL) bool {
	switch {
	case p.kind == neverMatches:
		return false
	case !u.isWeb():
		// Apps' schemes have to be listed by name: a wildcard host alone must not send anyone there.
		return p.kind != hostWildcard && p.app.match(raw, u)
	case p.kind == exactOrigin:
		return p.text == u.Origin()
	case p.kind == hostWildcard:
		return p.glob.Match(u.HostPort()) && (!p.ipv4Only || isIPv4(u.Host))
	default:
		return p.glob.Match(u.Origin()) && (!p.ipv4Only || isIPv4(u.Host))
	}
}

// Advice returns what to write instead of a pattern that is legal but cannot match what it seems to mean, or "". It is
// meant for a warning at start-up: better-auth accepts such patterns, and so does [Compile].
func (p Pattern) Advice() string {
	scheme, rest, hasScheme := strings.Cut(p.text, "://")
	web := scheme == "http" || scheme == "https"
	switch {
	case p.kind == neverMatches:
		return ""
	case strings.TrimSpace(p.text) != p.text:
		return fmt.Sprintf("trusted origin %q matches nothing: remove the space around it", p.text)
	case p.kind == exactOrigin && !strings.Contains(p.text, ":"):
		return fmt.Sprintf("trusted origin %q matches nothing: put the scheme before it, as in %q", p.text, "https://"+p.text)
	case p.kind == exactOrigin && !hasScheme && allDigits(strings.TrimPrefix(p.app.path, "/")):
		return fmt.Sprintf("trusted origin %q is taken for a scheme: write %q if it is a host with a port", p.text, "http://"+p.text)
	case p.kind == exactOrigin && (p.app.scheme == "http" || p.app.scheme == "https"):
		u, err := Parse(p.text)
		if err != nil {
			return fmt.Sprintf("trusted origin %q matches nothing: it is not a valid URL", p.text)
		}
		if u.Origin() != p.text {
			return fmt.Sprintf("trusted origin %q matches nothing: write %q", p.text, u.Origin())
		}
	case p.kind != exactOrigin && (web || !hasScheme) && strings.ToLower(p.text) != p.text:
		return fmt.Sprintf("trusted origin %q matches nothing: hosts are compared in lower case", p.text)
	case p.kind != exactOrigin && web && strings.HasSuffix(rest, "/"):
		return fmt.Sprintf("trusted origin %q matches nothing: remove the slash at its end", p.text)
	}
	return ""
}

// isNumericHost reports whether the host at the beginning of a pattern consists of digits, dots and wildcards, with a
// digit among them. Such a pattern means addresses: without the rule 192.168.* would match 192.168.evil.example.
func isNumericHost(pattern string) bool {
	if i := strings.IndexAny(pattern, ":/"); i >= 0 {
		pattern = pattern[:i]
	}
	return strings.ContainsAny(pattern, "0123456789") && strings.Trim(pattern, `0123456789*?.\`) == ""
}

func isIPv4(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Is4()
}
