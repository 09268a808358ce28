package authfiber

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/cardea-auth/cardea/core"
)

// newRequest copies the request, without its body, into one of net/http. Nothing in it refers to c's memory. The error is
// that of a request target which is no URL.
func newRequest(c *fiber.Ctx) (*http.Request, error) {
	in := &c.Request().Header
	// Before the headers are visited, which makes fasthttp parse the cookies and put them together again: then they are not
	// the client's bytes any more.
	cookies := cookieLines(in)
	count, size := 0, len(in.Method())+len(in.RequestURI())
	in.VisitAll(func(name, value []byte) {
		count++
		size += len(name) + len(value)
	})
	text := newCopier(size)
	// Of the places where fasthttp keeps the path this is the one in the client's own spelling: escapes are as they were
	// and two slashes are two.
	target := text.add(in.RequestURI())
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, err
	}
	r := &http.Request{
		Method:     text.add(in.Method()),
		URL:        u,
		RequestURI: target,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     make(http.Header, count),
		RemoteAddr: c.Context().RemoteAddr().String(),
		TLS:        c.Context().TLSConnectionState(),
		Body:       http.NoBody,
	}
	single := make([]string, count) // what headers of one value have for a slice
	in.VisitAll(func(name, value []byte) {
		key := http.CanonicalHeaderKey(text.add(name))
		switch values := r.Header[key]; {
		case key == fiber.HeaderHost: // a field of its own in net/http
			r.Host = text.add(value)
		case key == fiber.HeaderCookie && cookies != nil:
			r.Header[key] = cookies
		case values != nil:
			r.Header[key] = append(values, text.add(value))
		default:
			single[0] = text.add(value)
			r.Header[key], single = single[:1:1], single[1:]
		}
	})
	if u.Host != "" { // a target in absolute form: it counts and the header does not (RFC 9112 §3.2.2)
		r.Host = u.Host
	}
	return r, nil
}

// cookieLines returns copies of the Cookie headers as the client sent them, if no middleware has parsed them yet.
func cookieLines(in *fasthttp.RequestHeader) (lines []string) {
	for _, line := range in.PeekAll(fiber.HeaderCookie) {
		if len(line) > 0 {
			lines = append(lines, string(line))
		}
	}
	return lines
}

// copier makes strings of bytes, all out of one allocation. Whoever keeps one of them keeps them all, which is not more
// than the header of a request.
type copier struct{ text strings.Builder }

func newCopier(size int) *copier {
	c := new(copier)
	c.text.Grow(size)
	return c
}

// add copies b. What goes beyond the size that newCopier was told costs another allocation.
func (c *copier) add(b []byte) string {
	from := c.text.Len()
	c.text.Write(b)
	return c.text.String()[from:]
}

// setBody gives r a copy of the body, or, where the app has StreamRequestBody, the stream, from which core copies.
func setBody(r *http.Request, c *fiber.Ctx) {
	in := c.Request()
	if in.IsBodyStream() {
		r.Body, r.ContentLength = io.NopCloser(c.Context().RequestBodyStream()), int64(in.Header.ContentLength())
		return
	}
	// Not c.Body(), which would undo a Content-Encoding: core takes bodies as they are, on every router.
	if body := in.Body(); len(body) > 0 {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(bytes.Clone(body))), int64(len(body))
	}
}

// write answers. Cookies are added to those that the app's middleware has set, other headers replace theirs.
func write(c *fiber.Ctx, res *core.Response) {
	out := c.Response()
	out.SetStatusCode(res.Status)
	for name, values := range res.Header {
		if name != fiber.HeaderSetCookie {
			out.Header.Del(name)
		}
		for _, value := range values {
			out.Header.Add(name, value)
		}
	}
	out.SetBodyRaw(res.Body)
}

// badTarget answers a request target that is no URL as a server on net/http does: with 400.
func badTarget(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusBadRequest) }
