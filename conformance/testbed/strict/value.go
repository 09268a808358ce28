package strict

import (
	"math"
	"slices"
	"time"
)

// String reads a text.
func (o Object) String(name string, to *string) { read(o, name, "a string", to, asType[string]) }

// Bool reads true or false.
func (o Object) Bool(name string, to *bool) { read(o, name, "a boolean", to, asType[bool]) }

// Number reads a number. The string "Infinity" is one, which JSON cannot write otherwise.
func (o Object) Number(name string, to *float64) { read(o, name, "a number", to, asNumber) }

// Int reads a whole number. "Infinity" is the largest.
func (o Object) Int(name string, to *int) {
	read(o, name, "a whole number", to, func(v any) (int, bool) {
		f, ok := asNumber(v)
		switch {
		case !ok || math.Trunc(f) != f || math.Abs(f) > math.MaxInt32 && !math.IsInf(f, 1):
			return 0, false
		case math.IsInf(f, 1):
			return math.MaxInt, true
		}
		return int(f), true
	})
}

// maxSeconds is what fits a time.Duration.
const maxSeconds = float64(math.MaxInt64 / int64(time.Second))

// Seconds reads a number of seconds, whole or not.
func (o Object) Seconds(name string, to *time.Duration) {
	read(o, name, "a number of seconds", to, func(v any) (time.Duration, bool) {
		f, ok := asNumber(v)
		if !ok || math.Abs(f) > maxSeconds {
			return 0, false
		}
		return time.Duration(f * float64(time.Second)), true
	})
}

// Strings reads a list of texts.
func (o Object) Strings(name string, to *[]string) {
	read(o, name, "a list of strings", to, func(v any) ([]string, bool) {
		list, ok := v.([]any)
		texts := make([]string, len(list))
		for i := range list {
			text, isText := list[i].(string)
			texts[i], ok = text, ok && isText
		}
		return texts, ok
	})
}

// Time reads a date in the form that JavaScript's toISOString writes: "2026-01-02T03:04:05.678Z".
func (o Object) Time(name string, to *time.Time) {
	read(o, name, "a date (ISO 8601)", to, func(v any) (time.Time, bool) {
		s, ok := v.(string)
		if !ok {
			return time.Time{}, false
		}
		t, err := time.Parse(time.RFC3339, s)
		return t.UTC(), err == nil
	})
}

// Choice reads a text that must be one of those given. Another one is not supported; it is reported with its value,
// such as "database.kind=mongodb".
func (o Object) Choice(name string, to *string, choices ...string) {
	text := ""
	o.String(name, &text)
	if n := o.member(name); n == nil || n.value != text {
		return
	}
	if !slices.Contains(choices, text) {
		o.doc.refused = append(o.doc.refused, join(o.n.path, name)+"="+text)
		return
	}
	*to = text
}

// Off accepts false for a feature that is not implemented and leaves true, or anything else, unsupported.
func (o Object) Off(name string) {
	if n := o.member(name); n != nil && n.value == false {
		n.read = true
	}
}

// read sets *to from a member. want names the type in a sentence.
func read[T any](o Object, name, want string, to *T, as func(any) (T, bool)) {
	n := o.member(name)
	if n == nil || isForm(n.value) {
		return
	}
	n.markAll()
	v, ok := as(n.value)
	if !ok {
		o.doc.fail(n, "expected %s, got %s", want, describe(n.value))
		return
	}
	*to = v
}

func asType[T any](v any) (T, bool) {
	t, ok := v.(T)
	return t, ok
}

func asNumber(v any) (float64, bool) {
	if v == "Infinity" {
		return math.Inf(1), true
	}
	return asType[float64](v)
}
