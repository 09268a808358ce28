package wire

import "time"

// maxDate is how far before and after 1970 a JavaScript Date can be, in seconds (ECMA-262 §21.4.1.1).
const maxDate = 8_640_000_000_000

// AppendTime appends t as JSON.stringify writes a Date: a quoted "2006-01-02T15:04:05.000Z" in UTC, with the part of the
// second below a millisecond cut off. Years before 0 and after 9999 have a sign and six digits. A time that no Date can
// be, beyond the year 275760, is null.
func AppendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	if !validDate(t) {
		return append(dst, "null"...)
	}
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	ms := t.Nanosecond() / int(time.Millisecond)
	dst = append(dst, '"')
	switch {
	case 0 <= year && year <= 9999:
		dst = appendDigits(dst, year, 4)
	case year < 0:
		dst = appendDigits(append(dst, '-'), -year, 6)
	default:
		dst = appendDigits(append(dst, '+'), year, 6)
	}
	// One append for all that has a fixed width: a session has five of these.
	return append(dst,
		'-', digit(int(month)/10), digit(int(month)), '-', digit(day/10), digit(day),
		'T', digit(hour/10), digit(hour), ':', digit(minute/10), digit(minute), ':', digit(second/10), digit(second),
		'.', digit(ms/100), digit(ms/10), digit(ms), 'Z', '"')
}

// digit is the last decimal digit of n.
func digit(n int) byte { return byte('0' + n%10) }

// appendDigits appends n with leading zeros.
func appendDigits(dst []byte, n, width int) []byte {
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; n > 0; i-- {
		dst[i] = digit(n)
		n /= 10
	}
	return dst
}

// validDate reports whether a JavaScript Date can be t.
func validDate(t time.Time) bool {
	s := t.Unix()
	return -maxDate <= s && (s < maxDate || s == maxDate && t.Nanosecond() < int(time.Millisecond))
}

// ParseTime reads the ISO 8601 forms that JavaScript's Date takes (ECMA-262 §21.4.1.32): a date alone, which is midnight
// UTC, or a date, T, hours and minutes, seconds, up to nine digits of fraction, and Z or an offset ±hh:mm. A year is four
// digits, or a sign and six.
//
// A time without zone is UTC here; in JavaScript it is local time, which on a server should be UTC and else depends on
// where it runs. As in Node, days up to 31 are taken for every month and roll over (30 February is 1 or 2 March), and
// 24:00 is the next midnight. The result is in UTC. ok is false for anything else.
func ParseTime(s string) (t time.Time, ok bool) {
	r := timeReader{rest: s, ok: true}
	year := r.year()
	month := r.field('-', 1, 12)
	day := r.field('-', 1, 31)
	var hour, minute, second, nanos, offset int
	if r.rest != "" {
		hour = r.field('T', 0, 24)
		minute = r.field(':', 0, 59)
		if r.at(':') {
			second = r.field(':', 0, 59)
			if r.at('.') {
				nanos = r.fraction()
			}
		}
		offset = r.zone()
	}
	if !r.ok || r.rest != "" || hour == 24 && (minute != 0 || second != 0 || nanos != 0) {
		return time.Time{}, false
	}
	t = time.Date(year, time.Month(month), day, hour, minute-offset, second, nanos, time.UTC)
	return t, validDate(t)
}

// timeReader takes a date apart from left to right. Once something does not fit, ok stays false.
type timeReader struct {
	rest string
	ok   bool
}

func (r *timeReader) at(c byte) bool { return r.rest != "" && r.rest[0] == c }

// digits reads exactly n digits.
func (r *timeReader) digits(n int) (value int) {
	if len(r.rest) < n {
		r.ok = false
		return 0
	}
	for i := range n {
		c := r.rest[i]
		if c < '0' || c > '9' {
			r.ok = false
			return 0
		}
		value = value*10 + int(c-'0')
	}
	r.rest = r.rest[n:]
	return value
}

func (r *timeReader) year() int {
	if !r.at('-') && !r.at('+') {
		return r.digits(4)
	}
	negative := r.at('-')
	r.rest = r.rest[1:]
	year := r.digits(6)
	if negative {
		r.ok = r.ok && year != 0 // -000000 is not a year (ECMA-262 §21.4.1.32.1)
		return -year
	}
	return year
}

// field reads a separator and two digits from low to high.
func (r *timeReader) field(separator byte, low, high int) int {
	if !r.at(separator) {
		r.ok = false
		return 0
	}
	r.rest = r.rest[1:]
	n := r.digits(2)
	r.ok = r.ok && low <= n && n <= high
	return n
}

// fraction reads a point and one to nine digits, as nanoseconds.
func (r *timeReader) fraction() (nanos int) {
	r.rest = r.rest[1:]
	n := 0
	for n < len(r.rest) && '0' <= r.rest[n] && r.rest[n] <= '9' {
		n++
	}
	if n == 0 || n > 9 {
		r.ok = false
		return 0
	}
	nanos = r.digits(n)
	for range 9 - n {
		nanos *= 10
	}
	return nanos
}

// zone reads Z, an offset, or nothing, as minutes east of UTC.
func (r *timeReader) zone() (minutes int) {
	switch {
	case r.at('Z'):
		r.rest = r.rest[1:]
	case r.at('+'), r.at('-'):
		sign := r.rest[0]
		minutes = 60*r.field(sign, 0, 23) + r.field(':', 0, 59)
		if sign == '-' {
			minutes = -minutes
		}
	}
	return minutes
}
