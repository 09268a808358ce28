package origin

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Glob is a compiled wildcard pattern as better-auth has them in trusted origins, rate-limit rules and lists of
// endpoints. Matching takes time linear in the text (the engine of package regexp does not backtrack).
//
//   - "?" is one character and "*" any number of them, dots included, but neither crosses a slash or a backslash.
//   - "**" as a whole segment is any number of segments, none included: "/a/**" matches "/a" and "/a/b/c".
//   - A slash stands for one or more slashes or backslashes; the text may end with some that the pattern does not have.
//   - A backslash takes the meaning from the character after it.
//
// Matching is case-sensitive and not anchored to path segments beyond that. The zero Glob matches nothing.
type Glob struct {
	re *regexp.Regexp
}

const (
	anySeparators = `[/\\]*`
	separators    = `[/\\]+`
	noSeparator   = `[^/\\]`
)

// NewGlob compiles pattern. It fails only if pattern is not valid UTF-8, or absurdly long.
func NewGlob(pattern string) (Glob, error) {
	if !utf8.ValidString(pattern) {
		return Glob{}, errors.New("origin: wildcard pattern is not valid UTF-8")
	}
	re, err := regexp.Compile(globExpression(pattern))
	if err != nil {
		return Glob{}, fmt.Errorf("origin: wildcard pattern: %w", err)
	}
	return Glob{re}, nil
}

// Match reports whether the pattern matches all of s.
func (g Glob) Match(s string) bool {
	return g.re != nil && g.re.MatchString(s)
}

// Wildcard reports whether pattern, compiled on the spot, matches all of s. See [Glob].
func Wildcard(pattern, s string) bool {
	g, err := NewGlob(pattern)
	return err == nil && g.Match(s)
}

func globExpression(pattern string) string {
	var out strings.Builder
	out.WriteString(`(?s)\A`)
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		if segment == "" && i > 0 {
			continue // the slash before it has been written already
		}
		last := i == len(segments)-1
		switch {
		case segment == "**" && last:
			out.WriteString(`.*`)
		case segment == "**" && segments[i+1] == "**":
			// the next one says it all
		case segment == "**" && i == 0:
			out.WriteString(`(?:.*[/\\])?`)
		case segment == "**":
			out.WriteString(`[/\\](?:.*[/\\])?`)
		default:
			writeSegment(&out, segment)
			if last {
				out.WriteString(anySeparators)
			} else if segments[i+1] != "**" {
				out.WriteString(separators)
			}
		}
	}
	out.WriteString(`\z`)
	return out.String()
}

func writeSegment(out *strings.Builder, segment string) {
	escaped := false
	for _, char := range segment {
		switch {
		case escaped:
			out.WriteString(regexp.QuoteMeta(string(char)))
			escaped = false
		case char == '\\':
			escaped = true // at the end of a segment it means nothing
		case char == '*':
			out.WriteString(noSeparator + "*")
		case char == '?':
			out.WriteString(noSeparator)
		default:
			out.WriteString(regexp.QuoteMeta(string(char)))
		}
	}
}
