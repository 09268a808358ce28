package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// redacted stands where something was that logs must not have.
const redacted = "[redacted]"

// redactor is the handler behind [Auth]'s logger. What core and plugins log on purpose is harmless; this is for the texts
// of errors, which quote what their makers never thought of as a secret. They become plain strings, so that no handler
// unwraps them, with everything taken out that has the look of a credential.
type redactor struct{ next slog.Handler }

func newRedactor(l *slog.Logger) *slog.Logger { return slog.New(redactor{l.Handler()}) }

// Enabled reports whether the handler behind it wants records of that level.
func (h redactor) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

// Handle passes a record on without what may be a secret.
func (h redactor) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, redactPatterns(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(redactAttr(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

// WithAttrs is that of the handler behind it.
func (h redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redactAttr(a)
	}
	return redactor{h.next.WithAttrs(clean)}
}

// WithGroup is that of the handler behind it.
func (h redactor) WithGroup(name string) slog.Handler { return redactor{h.next.WithGroup(name)} }

func redactAttr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindGroup:
		group := slices.Clone(a.Value.Group())
		for i := range group {
			group[i] = redactAttr(group[i])
		}
		a.Value = slog.GroupValue(group...)
	case slog.KindString:
		switch {
		case secretKey(a.Key):
			a.Value = slog.StringValue(redacted)
		case a.Key == "error" || a.Key == "err":
			a.Value = slog.StringValue(redactPatterns(a.Value.String()))
		}
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case cleanText:
			a.Value = slog.StringValue(string(v))
		case error:
			a.Value = slog.StringValue(errorText(v, nil))
		default:
			if secretKey(a.Key) {
				a.Value = slog.StringValue(redacted)
			}
		}
	}
	return a
}

// secretKey reports whether an attribute has the name of a credential: password, newPassword, session_token, …
func secretKey(key string) bool {
	key = strings.ToLower(key)
	for _, s := range [...]string{"password", "token", "secret", "cookie", "authorization", "hash", "otp"} {
		if strings.HasSuffix(key, s) {
			return true
		}
	}
	return false
}

// What has the look of a credential. The last one is a long word, to be looked at by itself.
var (
	assigned = regexp.MustCompile(`(?i)([?&][^\s=&"']+=|[\w.\-]*(?:password|passwd|pwd|secret|token|key)=)[^\s&"',;)]+`)
	userinfo = regexp.MustCompile(`://[^/@\s"']+@`)
	scheme   = regexp.MustCompile(`(?i)\b(bearer|basic) +[^\s"',;)]+`)
	longWord = regexp.MustCompile(`[A-Za-z0-9_%+=\-]{20,}`)
)

func redactPatterns(text string) string {
	text = assigned.ReplaceAllString(text, "${1}"+redacted)
	text = userinfo.ReplaceAllString(text, "://"+redacted+"@")
	text = scheme.ReplaceAllString(text, "${1} "+redacted)
	return longWord.ReplaceAllStringFunc(text, func(s string) string {
		if random(s) {
			return redacted
		}
		return s
	})
}

// random reports whether a long word looks like a token, signature, hash or key: letters and digits, or letters that
// change their case more often than identifiers do.
func random(s string) bool {
	letters, digits, turns := 0, 0, 0
	for i := range len(s) {
		switch {
		case '0' <= s[i] && s[i] <= '9':
			digits++
		case isLetter(s[i]):
			letters++
			if i > 0 && isLetter(s[i-1]) && s[i]&0x20 != s[i-1]&0x20 {
				turns++
			}
		}
	}
	return letters > 0 && (digits > 0 || 3*turns > len(s))
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// cleanText is text that needs no further look.
type cleanText string

// errorText is the text of an error for the log, without values and without what looks like a credential. The stack of a
// panic shows no values and stays as it is.
func errorText(err error, values []string) string {
	text, stack := fmt.Sprint(err), "" // Sprint survives an Error that panics
	var p *panicError
	if errors.As(err, &p) {
		if before, found := strings.CutSuffix(text, string(p.stack)); found {
			text, stack = before, string(p.stack)
		}
	}
	return redactPatterns(redactValues(text, values)) + stack
}

// redactValues takes every value out of the text, as it is or escaped, and also where only the beginning of a long one is
// quoted.
func redactValues(text string, values []string) string {
	spellings := make([]string, 0, 4*len(values))
	for _, v := range values {
		if len(v) < 4 { // too short to tell from a word
			continue
		}
		quoted := strconv.Quote(v)
		spellings = append(spellings, v, quoted[1:len(quoted)-1], url.QueryEscape(v), url.PathEscape(v))
	}
	slices.SortFunc(spellings, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, s := range spellings {
		text = strings.ReplaceAll(text, s, redacted)
	}
	for _, s := range slices.Concat(values, spellings) { // as they are first: an escape ends a beginning early
		if len(s) > quotedPrefix {
			text = redactPrefix(text, s)
		}
	}
	return text
}

// quotedPrefix is how much of a long value must be there to be taken for it. MySQL quotes the first 64 bytes.
const quotedPrefix = 8

// redactPrefix takes the beginnings of value, as far as they go, out of the text.
func redactPrefix(text, value string) string {
	least := value[:quotedPrefix]
	at := strings.Index(text, least)
	if at < 0 {
		return text
	}
	var out strings.Builder
	for ; at >= 0; at = strings.Index(text, least) {
		n := len(least)
		for n < len(value) && at+n < len(text) && value[n] == text[at+n] {
			n++
		}
		out.WriteString(text[:at])
		out.WriteString(redacted)
		text = text[at+n:]
	}
	out.WriteString(text)
	return out.String()
}

// requestError is an error for the log of an exchange. Its text is made only if somebody wants the line.
type requestError struct {
	x   *Exchange
	err error
}

// LogValue returns the text without anything that the client has sent.
func (r requestError) LogValue() slog.Value {
	return slog.AnyValue(cleanText(errorText(r.err, r.x.clientValues())))
}

// maxValues bounds the work that a request can make for the log.
const maxValues = 512

// clientValues are the strings that came with the request, and the tokens of its sessions.
func (x *Exchange) clientValues() []string {
	var v []string
	for _, s := range []*ActiveSession{x.session, x.newSession} {
		if s != nil && s.Session != nil {
			v = append(v, s.Session.Token)
		}
	}
	for _, line := range x.reqHeader["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			_, raw, _ := strings.Cut(pair, "=")
			v = append(v, raw)
			if decoded, err := url.PathUnescape(raw); err == nil && decoded != raw {
				v = append(v, decoded)
			}
		}
	}
	for name, values := range x.reqHeader {
		if plainHeaders[name] {
			continue
		}
		for _, h := range values {
			v = append(v, h)
			if _, credentials, ok := strings.Cut(h, " "); ok { // Authorization
				v = append(v, credentials)
			}
		}
	}
	for _, p := range x.params {
		v = append(v, p)
	}
	if x.req != nil {
		for _, values := range x.req.URL.Query() {
			v = append(v, values...)
		}
	}
	v = appendStrings(v, x.body)
	return v[:min(len(v), maxValues)]
}

// plainHeaders are those in which nobody looks for a secret.
var plainHeaders = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Accept-Language": true, "Connection": true, "Content-Length": true,
	"Content-Type": true, "Cookie": true /* taken apart above */, "Host": true, "Origin": true, "User-Agent": true,
}

// appendStrings appends the strings in a JSON value or a record.
func appendStrings(dst []string, v any) []string {
	switch v := v.(type) {
	case string:
		dst = append(dst, v)
	case *string:
		if v != nil {
			dst = append(dst, *v)
		}
	case []byte:
		dst = append(dst, string(v))
	case []string:
		dst = append(dst, v...)
	case []any:
		for _, e := range v {
			dst = appendStrings(dst, e)
		}
	case map[string]any:
		for _, e := range v {
			dst = appendStrings(dst, e)
		}
	case *wire.Object:
		for _, e := range v.All() {
			dst = appendStrings(dst, e)
		}
	}
	return dst
}

// quietError is an error of a store whose text does not show the values that the store was given: drivers quote them
// ("Duplicate entry 'ann@example.com' for key 'user.email'").
type quietError struct {
	error
	text string
}

func (e *quietError) Error() string { return e.text }

func (e *quietError) Unwrap() error { return e.error }

func quietly(err error, where []store.Cond, r store.Record) error {
	if err == nil {
		return nil
	}
	before := err.Error()
	text := redactValues(before, appendStrings(appendConds(nil, where), r))
	if text == before {
		return err
	}
	return &quietError{err, text}
}

func appendConds(dst []string, where []store.Cond) []string {
	for _, c := range where {
		dst = appendConds(appendStrings(dst, c.Value), c.Any)
	}
	return dst
}
