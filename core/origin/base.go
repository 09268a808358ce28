package origin

import (
	"errors"
	"fmt"
	"strings"
)

// Base is where clients reach the endpoints: the configured base URL and base path, checked and in normal form. It
// comes from the configuration only, never from a request.
type Base struct {
	url  URL
	path string
}

const defaultBasePath = "/api/auth"

// NewBase combines the two settings (formats.md §7.4).
//
// baseURL is an http or https URL without userinfo, query and fragment. It may be empty where it is not known yet; then
// the result has a path only. A path in it is the base path. If it has none, basePath is: "" stands for "/api/auth",
// "/" for the root, a missing slash in front is added. The error says which setting to change and how.
func NewBase(baseURL, basePath string) (Base, error) {
	path, err := cleanBasePath(basePath)
	if err != nil || baseURL == "" {
		return Base{path: path}, err
	}
	u, err := Parse(baseURL)
	switch {
	case errors.Is(err, errRelative), err == nil && !u.isWeb():
		return Base{}, fmt.Errorf("base URL %q must begin with http:// or https://", baseURL)
	case err != nil:
		return Base{}, fmt.Errorf("base URL %q is not a URL such as https://example.com: %w", baseURL, err)
	case u.Userinfo:
		return Base{}, errors.New("base URL has a user name or password: leave them out")
	case u.repaired || hasControl(baseURL):
		return Base{}, fmt.Errorf("base URL %q is spelt in an unusual way: write %q", baseURL, u.Origin()+strings.TrimRight(u.Path, "/"))
	case u.Query != "" || u.Fragment != "":
		return Base{}, fmt.Errorf("base URL %q has a query or fragment: leave it out", baseURL)
	}
	if own := strings.TrimRight(u.Path, "/"); own != "" {
		if !SafeRelative(own) || strings.Contains(own, "//") {
			return Base{}, fmt.Errorf("base URL %q has a path that no request can match: write single slashes and do not encode them", baseURL)
		}
		path = own
	}
	u.Path = path
	return Base{url: u, path: path}, nil
}

func cleanBasePath(path string) (string, error) {
	if path == "" {
		return defaultBasePath, nil
	}
	rooted := path
	if !strings.HasPrefix(path, "/") {
		rooted = "/" + path
	}
	if rooted = strings.TrimRight(rooted, "/"); rooted == "" {
		return "", nil
	}
	u, err := Resolve("https://relative.invalid", rooted)
	if err != nil || !SafeRelative(rooted) || u.Query != "" || u.Fragment != "" || u.Path != rooted || strings.Contains(rooted, "//") {
		return "", fmt.Errorf("base path %q must be a plain path such as %q: no query, no empty or dot segments, other characters percent-encoded", path, defaultBasePath)
	}
	return rooted, nil
}

// Scheme returns "http" or "https", or "" without a base URL.
func (b Base) Scheme() string { return b.url.Scheme }

// Host returns the host without its port, in lower case, or "" without a base URL.
func (b Base) Host() string { return b.url.Host }

// Origin returns "https://example.com", with a port unless it is the scheme's own, or "" without a base URL.
func (b Base) Origin() string { return b.url.Origin() }

// URL returns [Base.Origin] and [Base.Path] together, "https://example.com/api/auth", or "" without a base URL.
func (b Base) URL() string {
	if b.url.Scheme == "" {
		return ""
	}
	return b.url.Origin() + b.path
}

// Path returns the base path with a slash in front and none at its end, "/api/auth", or "" for the root.
func (b Base) Path() string { return b.path }

// Strip returns the part of an escaped request path below the base path, "/sign-in/email". ok is false if the request is
// not for us: elsewhere, the base path itself, or a spelling with an empty segment ("//"), which the contract answers
// with 404. A slash at the end is kept. Compare [TrimBase], which is lenient.
func (b Base) Strip(path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, b.path)
	if !ok || !strings.HasPrefix(rest, "/") || strings.Contains(path, "//") {
		return "", false
	}
	return rest, true
}
