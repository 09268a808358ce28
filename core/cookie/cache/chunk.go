package cache

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
)

// Limits of a cookie and of the cookies that one value is spread over; better-auth's (contract §3.5).
const (
	// MaxCookieBytes is the longest Set-Cookie value. Safari, the strictest browser, keeps 4093.
	MaxCookieBytes = 4050
	// MaxChunks is how many cookies one value may take.
	MaxChunks = 100
)

// ErrTooLarge says that a value does not fit MaxChunks cookies.
var ErrTooLarge = errors.New("cache: the value is too large for cookies")

// Split returns c if it fits [MaxCookieBytes], or else cookies called <name>.0, <name>.1 and so on with its attributes
// and consecutive parts of its value. The value must need no percent-encoding. Errors: [ErrTooLarge], and
// [cookie.ErrInvalid] if c cannot be written.
func Split(c cookie.Cookie) ([]cookie.Cookie, error) {
	empty := c
	empty.Name, empty.Value = c.Name+"."+strconv.Itoa(MaxChunks-1), ""
	line, err := empty.SetCookie()
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	size := MaxCookieBytes - len(line)
	switch {
	case size <= 0 || len(c.Value) > MaxChunks*size:
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(c.Value))
	case len(c.Value) <= size:
		return []cookie.Cookie{c}, nil
	}
	chunks := make([]cookie.Cookie, 0, (len(c.Value)+size-1)/size)
	for value := c.Value; value != ""; {
		chunk := c
		chunk.Name = c.Name + "." + strconv.Itoa(len(chunks))
		chunk.Value = value[:min(size, len(value))]
		value = value[len(chunk.Value):]
		chunks = append(chunks, chunk)
	}
	return chunks, nil
}

// Update returns the cookies that turn what the request holds under c's name into c: its parts, as [Split] makes them,
// and the deletion of those that are no longer used. headers are the Cookie header's lines.
//
// If the value is too large, it returns the deletions and [ErrTooLarge]: set them all the same, so that no old value
// stays behind. The order is better-auth's.
func Update(headers []string, c cookie.Cookie) ([]cookie.Cookie, error) {
	parts, err := Split(c)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return nil, err
	}
	cookies := Clear(headers, c)
	for _, part := range parts {
		named := func(other cookie.Cookie) bool { return other.Name == part.Name }
		if i := slices.IndexFunc(cookies, named); i >= 0 {
			cookies[i] = part
		} else {
			cookies = append(cookies, part)
		}
	}
	return cookies, err
}

// Clear returns cookies that delete what the request holds under c's name, whole or in chunks; none if it holds
// nothing. The attributes of c must be those it was set with.
func Clear(headers []string, c cookie.Cookie) []cookie.Cookie {
	c.Value, c.MaxAge, c.Expires = "", cookie.For(0), time.Time{}
	var cookies []cookie.Cookie
	var known [MaxChunks + 1]bool
	for index, part := range parts(headers, c.Name) {
		if index > MaxChunks || known[index] {
			continue
		}
		known[index] = true
		deleted := c
		deleted.Name = part.Name
		cookies = append(cookies, deleted)
	}
	return cookies
}

// Any reports whether a request holds anything under a name that is not empty: a whole cookie, or a chunk, be it alone.
// headers are the Cookie header's lines.
func Any(headers []string, name string) bool {
	for _, part := range parts(headers, name) {
		if part.Value != "" {
			return true
		}
	}
	return false
}

// Values yields the values that a request holds under a name: each whole cookie in the order sent, then the chunks put
// together. headers are the Cookie header's lines.
//
// better-auth looks at the first of these alone, so that another host of the domain can shut out the real one by setting
// a cookie that is sent before it. A value proves itself, so take the first that does.
//
// Chunks count only if they are all there, numbered without a gap from zero, at most [MaxChunks] and not larger together
// than these can be. Their order in the header does not matter; of two with one number, the later counts, as in
// better-auth.
func Values(headers []string, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for value := range cookie.All(headers, name) {
			if value != "" && !yield(value) {
				return
			}
		}
		if value, ok := join(headers, name); ok {
			yield(value)
		}
	}
}

func join(headers []string, name string) (value string, ok bool) {
	var chunks [MaxChunks]string
	var known [MaxChunks]bool
	last := -1
	for index, part := range parts(headers, name) {
		switch i := index - 1; {
		case i < 0: // the whole cookie
		case i >= MaxChunks:
			return "", false
		default:
			chunks[i], known[i] = part.Value, true
			last = max(last, i)
		}
	}
	size := 0
	for i := range last + 1 {
		if size += len(chunks[i]); !known[i] || size > maxValueBytes {
			return "", false
		}
	}
	return strings.Join(chunks[:last+1], ""), last >= 0
}

// parts yields the cookies of a name: with index 0 the whole one, with n+1 chunk n, with MaxChunks+1 any chunk beyond
// those we write. They are read by the stricter of better-auth's two parsers.
func parts(headers []string, name string) iter.Seq2[int, cookie.Pair] {
	return func(yield func(int, cookie.Pair) bool) {
		for _, h := range headers {
			for part := range strings.SplitSeq(h, ";") {
				full, _, _ := strings.Cut(part, "=")
				full = strings.Trim(full, " \t")
				index, ok := partIndex(full, name)
				if !ok {
					continue
				}
				if value, ok := cookie.Last([]string{part}, full); ok && !yield(index, cookie.Pair{Name: full, Value: value}) {
					return
				}
			}
		}
	}
}

// partIndex reports whether a cookie called full is the one called name or a chunk of it: a dot and a number as
// JavaScript writes it.
func partIndex(full, name string) (index int, ok bool) {
	rest, ok := strings.CutPrefix(full, name)
	if !ok || rest == "" {
		return 0, ok
	}
	digits, ok := strings.CutPrefix(rest, ".")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 53) // a safe integer
	if err != nil || len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	return int(min(n, MaxChunks)) + 1, true
}
