package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/store"
)

func TestArrays(t *testing.T) {
	t.Parallel()
	for _, list := range [][]string{{}, {""}, {"a"}, {"a", "b,c", `d"e`, `f\g`, "{}", "NULL", "null", " ", "ü\n"}} {
		literal, err := arrayLiteral(list)
		if err != nil {
			t.Errorf("arrayLiteral(%q): %v", list, err)
		}
		if got, err := parseArray(literal); err != nil || !slices.Equal(got, list) {
			t.Errorf("parseArray(%s): got %q, %v, want %q", literal, got, err, list)
		}
	}
	for text, want := range map[string][]string{
		"{}": {}, "{a,b}": {"a", "b"}, "{1,-2.5}": {"1", "-2.5"}, `{a,"b c","d\"e"}`: {"a", "b c", `d"e`},
	} {
		if got, err := parseArray(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("parseArray(%s): got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "{", "}", "a", "{a", "{a,}", "{,a}", "{NULL}", `{"a}`, `{"a"b}`, `{"a\`, `{"a\"}`, "{{a},{b}}", "[0:1]={a,b}", `{a"b}`} {
		if got, err := parseArray(text); err == nil {
			t.Errorf("parseArray(%s): got %q, want an error", text, got)
		}
	}
	if _, err := arrayLiteral([]string{"a\x00"}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("arrayLiteral of a NUL: got %v, want ErrInvalid", err)
	}
}

func FuzzParseArray(f *testing.F) {
	for _, s := range []string{"{}", `{a,"b\"c"}`, "{NULL}", `{"\\"}`, "{{a}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := parseArray(s)
		if err != nil {
			return
		}
		literal, err := arrayLiteral(list)
		if err != nil {
			return // not text
		}
		if again, err := parseArray(literal); err != nil || !slices.Equal(again, list) {
			t.Errorf("parseArray(%q): got %q; written as %q and read again: %q, %v", s, list, literal, again, err)
		}
	})
}

func TestFormOfDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    any
		want form
	}{
		{nil, 0}, {int64(0), 0}, {int64(86_400_000), 0}, {int64(1_700_000_000), asSeconds}, {int64(4_000_000_000), asSeconds},
		{int64(1_700_000_000_000), asMillis}, {"2026-01-02T03:04:05.678Z", asISO}, {[]byte("2026-01-02T03:04:05.678Z"), asISO},
		{"2026-01-02 03:04:05", asSQLText}, {"2026-01-02T03:04:05Z", asSQLText}, {1.5, 0},
	} {
		if got := formOfDate(c.v); got != c.want {
			t.Errorf("formOfDate(%v): got %d, want %d", c.v, got, c.want)
		}
	}
	for _, c := range []struct {
		typ, expr string
		want      form
	}{
		{"integer", "", 0},
		{"integer", "(cast(unixepoch('subsecond') * 1000 as integer))", asMillis},
		{"integer", "(unixepoch() * 1000)", asMillis},
		{"integer", "(cast((julianday('now') - 2440587.5)*86400000 as integer))", asMillis},
		{"integer", "(unixepoch())", asSeconds},
		{"integer", "(strftime('%s', 'now'))", asSeconds},
		{"text", "(current_timestamp)", asSQLText},
		{"datetime", "current_timestamp", 0},
	} {
		d := &dateColumn{live: &liveColumn{typ: c.typ, expr: c.expr}}
		if got := d.byDefault(); got != c.want {
			t.Errorf("a column %s default %s: got %d, want %d", c.typ, c.expr, got, c.want)
		}
	}
}

// stateError is an error as PostgreSQL's drivers have it.
type stateError string

func (e stateError) Error() string    { return "state " + string(e) }
func (e stateError) SQLState() string { return string(e) }

func TestFaultOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want fault
	}{
		{nil, faultNone},
		{errors.New("x"), faultOther},
		{sql.ErrNoRows, faultNotFound},
		{fmt.Errorf("a: %w", errors.Join(errors.New("b"), stateError("23505"))), faultConflict},
		{stateError("23503"), faultOther},
		{stateError("23502"), faultInvalid},
		{stateError("22001"), faultInvalid},
		{stateError("40P01"), faultPassing},
		{stateError("42703"), faultSchema},
		{stateError("57014"), faultOther},
		{errStale, faultSchema},
		{fmt.Errorf("%w: %w", errWritten, stateError("40P01")), faultOther},
	} {
		if got := faultOf(c.err); got != c.want {
			t.Errorf("faultOf(%v): got %d, want %d", c.err, got, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cause := errors.New("interrupted")
	if err := translate(ctx, cause); !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
		t.Errorf("an error after the context ended: got %v, want both", err)
	}
}

func TestPersist(t *testing.T) {
	t.Parallel()
	calls := 0
	err := persist(t.Context(), func() error {
		if calls++; calls < 4 {
			return stateError("40001")
		}
		return nil
	})
	if err != nil || calls != 4 {
		t.Errorf("persist: got %v after %d calls, want none after 4", err, calls)
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls = 0
	err = persist(ctx, func() error {
		calls++
		cancel()
		return stateError("40P01")
	})
	if !errors.Is(err, stateError("40P01")) || calls != 1 {
		t.Errorf("persist with a context that ended: got %v after %d calls, want the error after 1", err, calls)
	}
	calls = 0
	if err := persist(t.Context(), func() error { calls++; return stateError("23505") }); err == nil || calls != 1 {
		t.Errorf("persist at a conflict: got %v after %d calls, want the error after 1", err, calls)
	}
}

func TestJSONText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    any
		want any
	}{
		{nil, nil}, {[]string(nil), nil}, {[]string{}, "[]"}, {"a<b>&", `"a<b>&"`}, {"\ufffd", "\"\ufffd\""}, {`\ufffd`, `"\\ufffd"`},
		{map[string]any{"b": 1.0, "a": []any{true}}, `{"a":[true],"b":1}`},
	} {
		if got, err := jsonText(c.v); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("jsonText(%#v): got %#v, %v, want %#v", c.v, got, err, c.want)
		}
	}
	for _, v := range []any{"a\xff", "a\x00", map[string]any{"\xff": 1}, func() {}, []any{`\` + "\xff"}} {
		if got, err := jsonText(v); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("jsonText(%#v): got %#v, %v, want ErrInvalid", v, got, err)
		}
	}
}
