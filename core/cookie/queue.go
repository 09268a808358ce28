package cookie

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Queue holds the cookies that one response will set, in the order they will be written. The zero value is empty and
// ready. A queue belongs to one request and is not safe for concurrent use.
type Queue struct{ pending []Cookie }

// Set appends c. It does not replace a pending cookie of the same name: both are written and the browser keeps the
// later one, as with better-auth.
func (q *Queue) Set(c Cookie) { q.pending = append(q.pending, c) }

// Expire tells the browser to delete c, whatever its value. Pending cookies of its name and of its chunks, <name>.0
// and so on, are removed first. The attributes of c must be those it was set with, else the browser keeps it.
func (q *Queue) Expire(c Cookie) {
	q.Drop(c.Name)
	c.Value, c.MaxAge, c.Expires = "", For(0), time.Time{}
	q.Set(c)
}

// Drop removes the pending cookies of that name, and of its chunks.
func (q *Queue) Drop(name string) {
	q.pending = slices.DeleteFunc(q.pending, func(p Cookie) bool { return isPartOf(p.Name, name) })
}

// Get returns the last pending cookie of that name, and whether there is one. An expired cookie counts: its value is
// empty.
func (q *Queue) Get(name string) (Cookie, bool) {
	for _, c := range slices.Backward(q.pending) {
		if c.Name == name {
			return c, true
		}
	}
	return Cookie{}, false
}

// Has reports whether a cookie of that name, or a chunk of one, is pending.
func (q *Queue) Has(name string) bool {
	return slices.ContainsFunc(q.pending, func(p Cookie) bool { return isPartOf(p.Name, name) })
}

// Len returns the number of pending cookies.
func (q *Queue) Len() int { return len(q.pending) }

// All yields the pending cookies in the order they will be written.
func (q *Queue) All() iter.Seq[Cookie] { return slices.Values(q.pending) }

// AppendHeader appends one Set-Cookie value per pending cookie to dst and returns the extended slice. If one of them
// cannot be written, it returns dst as it was and the error of [AppendSetCookie].
func (q *Queue) AppendHeader(dst []string) ([]string, error) {
	lines := slices.Grow(dst, len(q.pending))
	var buf []byte
	for _, c := range q.pending {
		var err error
		if buf, err = AppendSetCookie(buf[:0], c); err != nil {
			return dst, err
		}
		lines = append(lines, string(buf))
	}
	return lines, nil
}

// isPartOf reports whether a cookie called part is the one called name or a chunk of it: a dot and a number as
// JavaScript writes it.
func isPartOf(part, name string) bool {
	rest, ok := strings.CutPrefix(part, name)
	if !ok || rest == "" {
		return ok
	}
	digits, ok := strings.CutPrefix(rest, ".")
	if !ok {
		return false
	}
	n, err := strconv.ParseUint(digits, 10, 53) // a safe integer
	return err == nil && strconv.FormatUint(n, 10) == digits
}
