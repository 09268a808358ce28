// Package recorded plays back what was recorded of better-auth's talk with identity providers. Only tests use it.
package recorded

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// Object reads a JSON file with an object in it.
func Object(file string) (*wire.Object, error) {
	data, err := os.ReadFile(file) //nolint:gosec // a test's own file
	if err != nil {
		return nil, err
	}
	v, err := wire.Parse(data, wire.Limits{})
	o, ok := v.(*wire.Object)
	if err == nil && !ok {
		err = errors.New("not an object")
	}
	return o, err
}

// Value returns what path leads to, or nil.
func Value(o *wire.Object, path ...string) any {
	var v any = o
	for _, name := range path {
		o, ok := v.(*wire.Object)
		if !ok {
			return nil
		}
		v, _ = o.Get(name)
	}
	return v
}

// Text returns the string that path leads to, or "".
func Text(o *wire.Object, path ...string) string {
	s, _ := Value(o, path...).(string)
	return s
}

// Texts returns the strings of a list, or nil for what is not one.
func Texts(o *wire.Object, path ...string) []string {
	list, ok := Value(o, path...).([]any)
	if !ok {
		return nil
	}
	out := []string{}
	for _, v := range list {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

// Child returns the object that path leads to, or nil, which reads as empty.
func Child(o *wire.Object, path ...string) *wire.Object {
	c, _ := Value(o, path...).(*wire.Object)
	return c
}

// Cases returns the objects of a list.
func Cases(o *wire.Object, path ...string) []*wire.Object {
	list, _ := Value(o, path...).([]any)
	var out []*wire.Object
	for _, v := range list {
		c, _ := v.(*wire.Object)
		out = append(out, c)
	}
	return out
}

// JSON writes v, for comparing.
func JSON(v any) string {
	b, err := wire.Append(nil, v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Network is a RoundTripper that gives Answers in turn, the last one again and again, and keeps the requests. Requests that
// Document answers are not kept.
type Network struct {
	Answers  []any
	Document func(r *http.Request) (answer *wire.Object, ok bool)

	mu       sync.Mutex
	requests []string
}

// Requests returns the requests so far, in the words of [Wanted].
func (n *Network) Requests() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.requests)
}

// RoundTrip answers a request.
func (n *Network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.Document != nil {
		if a, ok := n.Document(r); ok {
			return response(r, a), nil
		}
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	headers := map[string]string{}
	for name := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(r.Header.Values(name), ", ")
	}
	n.requests = append(n.requests, words(r.Method, r.URL.String(), headers, string(body)))
	if len(n.Answers) == 0 {
		return response(r, Answer(500, wire.NewObject())), nil
	}
	a, _ := n.Answers[0].(*wire.Object)
	if len(n.Answers) > 1 {
		n.Answers = n.Answers[1:]
	}
	return response(r, a), nil
}

// Answer makes an answer of a status and a JSON value.
func Answer(status int, body any) *wire.Object {
	a := wire.NewObject()
	a.Set("status", float64(status))
	a.Set("body", body)
	return a
}

func response(r *http.Request, a *wire.Object) *http.Response {
	status, _ := Value(a, "status").(float64)
	text, isText := Value(a, "body").(string)
	if !isText {
		text = JSON(Value(a, "body"))
	}
	h := http.Header{"Content-Type": {"application/json"}}
	for k, v := range Child(a, "headers").All() {
		h.Set(k, fmt.Sprint(v))
	}
	return &http.Response{StatusCode: int(status), Header: h, Body: io.NopCloser(strings.NewReader(text)), Request: r}
}

// Wanted returns recorded requests in the words of [Network.Requests].
func Wanted(o *wire.Object, path ...string) []string {
	var out []string
	for _, r := range Cases(o, path...) {
		headers := map[string]string{}
		for name, v := range Child(r, "headers").All() {
			headers[name] = fmt.Sprint(v)
		}
		out = append(out, words(Text(r, "method"), Text(r, "url"), headers, Text(r, "body")))
	}
	return out
}

func words(method, url string, headers map[string]string, body string) string {
	return fmt.Sprintf("%s %s\n%v\n%s\n", method, url, headers, body) // fmt sorts the keys of a map
}

// Client is a client over n whose clock stands where the record's stood.
func Client(n *Network, exact bool) *oauth.Client {
	now := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	return oauth.NewClient(oauth.ClientOptions{HTTP: &http.Client{Transport: n}, Now: func() time.Time { return now }, Exact: exact})
}

// Tokens compares tokens with recorded ones, and returns the difference, or "".
func Tokens(got *oauth.Tokens, want *wire.Object) string {
	stamp := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format("2006-01-02T15:04:05.000Z")
	}
	g := []string{
		got.TokenType, got.AccessToken, got.RefreshToken, got.IDToken,
		stamp(got.AccessTokenExpiresAt), stamp(got.RefreshTokenExpiresAt), strings.Join(got.Scopes, ","),
	}
	w := []string{
		Text(want, "tokenType"), Text(want, "accessToken"), Text(want, "refreshToken"), Text(want, "idToken"),
		Text(want, "accessTokenExpiresAt"), Text(want, "refreshTokenExpiresAt"), strings.Join(Texts(want, "scopes"), ","),
	}
	if slices.Equal(g, w) {
		return ""
	}
	return fmt.Sprintf("got %q\nwant %q", g, w)
}
