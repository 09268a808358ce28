package origin

import (
	"fmt"
	"net/url"
	"strings"
)

// appPattern is the part of a pattern that is compared with URLs of apps, "myapp://callback/done". Their origin is
// opaque, so scheme, authority and path are compared one by one.
type appPattern struct {
	scheme, authority, path string // path has its dots resolved
	wildcard, ipv4Only      bool
	authorityGlob, pathGlob Glob
}

func compileApp(pattern string, wildcard bool) (appPattern, error) {
	scheme, rest, ok := strings.Cut(pattern, ":")
	if !ok || scheme == "" {
		return appPattern{}, nil
	}
	p := appPattern{scheme: strings.ToLower(scheme), wildcard: wildcard}
	if runsCode(p.scheme) {
		return appPattern{}, fmt.Errorf("origin: trusted origin %q: %s URLs are never trusted", pattern, p.scheme)
	}
	// In a pattern with wildcards a question mark is one of them, not the beginning of a query.
	ends := "?#"
	if wildcard {
		ends = "#"
	}
	if i := strings.IndexAny(rest, ends); i >= 0 {
		rest = rest[:i]
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		p.authority, rest = cutBefore(after, '/')
		p.authority = strings.ToLower(p.authority)
	}
	decoded, ok := decodePath(rest)
	if !ok {
		return appPattern{}, fmt.Errorf("origin: trusted origin %q has a path that cannot be decoded", pattern)
	}
	p.path = resolveDots(decoded)
	if !wildcard {
		return p, nil
	}
	p.ipv4Only = isNumericHost(p.authority)
	var err error
	if p.authorityGlob, err = NewGlob(p.authority); err != nil {
		return appPattern{}, err
	}
	p.pathGlob, err = NewGlob(p.path)
	return p, err
}

func (p appPattern) match(raw string, u URL) bool {
	if p.scheme != u.Scheme {
		return false
	}
	authority, path := splitApp(raw)
	switch {
	case p.authority == "" && p.path == "":
		return true // the whole scheme
	case p.wildcard && p.authority != "":
		if !p.authorityGlob.Match(authority) || p.ipv4Only && !isIPv4(u.Host) {
			return false
		}
	case authority != p.authority:
		return false
	}
	// A browser hands an app either the URL as we sent it or its normal form, so both have to be in place. They differ
	// in what ".." removes after a double slash.
	return p.path == "" || p.matchPath(path) && p.matchPath(u.Path)
}

func (p appPattern) matchPath(path string) bool {
	decoded, ok := decodePath(path)
	if !ok || strings.Contains(decoded, `\`) {
		return false // an app might take the backslash for a slash
	}
	path = resolveDots(decoded)
	if p.wildcard {
		if path == "" {
			path = "/"
		}
		return p.pathGlob.Match(path)
	}
	rest, ok := strings.CutPrefix(path, p.path)
	return ok && (rest == "" || rest[0] == '/')
}

// splitApp returns authority and path of a URL as they were written, the authority in lower case.
func splitApp(raw string) (authority, path string) {
	path = raw[strings.IndexByte(raw, ':')+1:]
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if after, ok := strings.CutPrefix(path, "//"); ok {
		authority, path = cutBefore(after, '/')
	}
	return strings.ToLower(authority), path
}

// decodePath decodes a path once. It fails on what cannot be decoded and on what decodes to control characters.
func decodePath(path string) (decoded string, ok bool) {
	decoded, err := url.PathUnescape(path)
	return decoded, err == nil && !hasControl(decoded)
}

// resolveDots drops empty, "." and ".." segments; "/" and the empty path are "".
func resolveDots(decoded string) string {
	var segments []string
	for segment := range strings.SplitSeq(decoded, "/") {
		switch segment {
		case "..":
			segments = segments[:max(len(segments)-1, 0)]
		case ".", "":
		default:
			segments = append(segments, segment)
		}
	}
	if len(segments) == 0 {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}
