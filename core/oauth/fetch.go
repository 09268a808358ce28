package oauth

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

// maxResponseBytes is more than any token, profile, key set, discovery document or small picture needs.
const maxResponseBytes = 1 << 20

// Errors of the requests of this package. They come wrapped, and never with a URL's path or query, where some providers
// want secrets.
var (
	// ErrRedirect says that a server answered a redirect. Following it would send credentials, or this server's reach
	// into its own network, to wherever the answer says.
	ErrRedirect = errors.New("oauth: the endpoint answered a redirect; configure the final URL")
	// ErrTooLarge says that an answer was longer than 1 MiB.
	ErrTooLarge = errors.New("oauth: the answer is longer than 1 MiB")
)

// StatusError is an answer whose status is not 2xx.
type StatusError struct {
	Host   string
	Status int
	// Code is the error member of the answer (RFC 6749 §5.2) if it is short and plain, else "".
	Code string
}

func (e *StatusError) Error() string {
	s := "oauth: " + e.Host + " answered " + strconv.Itoa(e.Status)
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	return s
}

// Do sends a request and reads the whole answer. It returns [ErrRedirect], [ErrTooLarge], a [*StatusError], or what the
// HTTP client said, without the URL.
func (c *Client) Do(req *http.Request) ([]byte, error) {
	res, err := c.http.Do(req)
	if err != nil {
		// The URL may hold a secret, and net/http puts it into the text.
		if ue := (*url.Error)(nil); errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, fmt.Errorf("oauth: request to %s: %w", req.URL.Host, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 300 && res.StatusCode < 400 && res.StatusCode != http.StatusNotModified {
		return nil, fmt.Errorf("oauth: %s: %w", req.URL.Host, ErrRedirect)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxResponseBytes+1))
	if err != nil {
		return nil, fmt.Errorf("oauth: reading the answer of %s: %w", req.URL.Host, err)
	}
	if len(body) > maxResponseBytes {
		return nil, fmt.Errorf("oauth: %s: %w", req.URL.Host, ErrTooLarge)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, &StatusError{Host: req.URL.Host, Status: res.StatusCode, Code: errorCode(body)}
	}
	return body, nil
}

// JSON sends a request and reads the answer as JSON whatever its content type says: the value is as of [wire.Parse], or
// nil for text that is not JSON. Errors are those of Do.
func (c *Client) JSON(req *http.Request) (any, error) {
	body, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	v, err := wire.Parse(body, wire.Limits{})
	if err != nil {
		return nil, nil //nolint:nilerr // upstream takes it for text, in which no member is found
	}
	return v, nil
}

// errorCode returns the error of an RFC 6749 §5.2 answer, unless it is something else that a log should not hold.
func errorCode(body []byte) string {
	v, err := wire.Parse(body, wire.Limits{})
	if err != nil {
		return ""
	}
	o, _ := v.(*wire.Object)
	code := text(o, "error")
	if len(code) > 64 {
		return ""
	}
	for _, r := range code {
		if r != '_' && r != '-' && r != '.' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return ""
		}
	}
	return code
}

// refuseRedirects returns a copy of c that follows no redirect and waits no longer than a person would.
func refuseRedirects(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{Timeout: 10 * time.Second}
	}
	out := *c
	out.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if out.Timeout == 0 {
		out.Timeout = 10 * time.Second
	}
	return &out
}

// number reads a decimal number as JavaScript's arithmetic does with a string.
func number(s string) any {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return f
}
