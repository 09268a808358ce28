package origin

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SafeRelative reports whether path is a path on the current origin to every parser that may read it: it begins with
// exactly one slash, and contains neither backslashes, control characters nor, before the query, encoded slashes or
// backslashes (%2f, %5c), which some routers decode. A query and a fragment may follow. Invalid UTF-8 is refused.
//
// Such a path has no way to another host: after one slash a browser is past the point where a host could begin.
func SafeRelative(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.Contains(path, `\`) || hasControl(path) {
		return false
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	path = strings.ToLower(path)
	return !strings.Contains(path, "%2f") && !strings.Contains(path, "%5c")
}

// hasControl reports C0 and C1 controls, DEL and invalid UTF-8: nothing of that belongs into a header or a URL, and
// browsers drop some of it before they look for the host.
func hasControl(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == 0x7f {
			return true
		} else if c >= utf8.RuneSelf {
			return !utf8.ValidString(s[i:]) || strings.ContainsFunc(s[i:], unicode.IsControl)
		}
	}
	return false
}
