package adaptertest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// conn is a connection on which a case writes its requests byte by byte, as no client library would let it.
type conn struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

// request is a request as it goes over the wire.
type request struct {
	method, target string
	// lines are headers, such as "Origin: http://localhost:3000".
	lines []string
	body  string
	// host is the Host header. The default is localhost:3000.
	host string
	// chunked sends the body in chunks instead of telling its length.
	chunked bool
}

func (r request) bytes() string {
	var b strings.Builder
	host := r.host
	if host == "" {
		host = "localhost:3000"
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.method, r.target, host)
	for _, line := range r.lines {
		b.WriteString(line + "\r\n")
	}
	switch {
	case r.chunked:
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		const size = 100
		for rest := r.body; rest != ""; {
			chunk := rest[:min(size, len(rest))]
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(chunk), chunk)
			rest = rest[len(chunk):]
		}
		b.WriteString("0\r\n\r\n")
	case r.body != "":
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(r.body), r.body)
	default:
		b.WriteString("\r\n")
	}
	return b.String()
}

// dial opens a connection to the app. It is closed when the test ends.
func (k *kit) dial() *conn {
	k.Helper()
	dialer := net.Dialer{Timeout: patience}
	c, err := dialer.DialContext(k.Context(), "tcp", strings.TrimPrefix(k.url, "http://"))
	if err != nil {
		k.Fatalf("dial: %v", err)
	}
	k.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		k.Fatalf("dial: %v", err)
	}
	return &conn{k.T, c, bufio.NewReader(c)}
}

// send writes a request. An error is left to read: a server may refuse a body without reading it.
func (c *conn) send(r request) { _, _ = io.WriteString(c, r.bytes()) }

// read returns the answer to a request with that method.
func (c *conn) read(method string) (answer, error) {
	res, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body)}, err
}

// do sends a request and returns the answer.
func (c *conn) do(r request) answer {
	c.t.Helper()
	c.send(r)
	a, err := c.read(r.method)
	if err != nil {
		c.t.Fatalf("%s %s: no answer: %v", r.method, r.target, err)
	}
	return a
}

// do sends a request on a connection of its own.
func (k *kit) do(r request) answer {
	k.Helper()
	c := k.dial()
	a := c.do(r)
	if err := c.Close(); err != nil {
		k.Errorf("close: %v", err)
	}
	return a
}

func (k *kit) get(target string, lines ...string) answer {
	k.Helper()
	return k.do(request{method: "GET", target: target, lines: lines})
}

// post sends JSON as a page of the app's own origin does; lines that name an origin take the place of that.
func (k *kit) post(target, body string, lines ...string) answer {
	k.Helper()
	return k.do(postRequest(target, body, lines...))
}

func postRequest(target, body string, lines ...string) request {
	own := []string{"Content-Type: application/json"}
	if !strings.Contains(strings.Join(lines, "\n"), "Origin:") {
		own = append(own, "Origin: "+origin)
	}
	return request{method: "POST", target: target, lines: append(own, lines...), body: body}
}

// answer is a response as a client sees it.
type answer struct {
	status int
	header http.Header
	body   string
}

// want checks status and a part of the body.
func (a answer) want(t testing.TB, what string, status int, contains string) {
	t.Helper()
	if a.status != status || !strings.Contains(a.body, contains) {
		t.Errorf("%s: got %d %q, want %d with %q", what, a.status, a.body, status, contains)
	}
}

// wantBare checks for an answer of core's without a body, which has no content type and leads nowhere.
func (a answer) wantBare(t testing.TB, what string, status int) {
	t.Helper()
	length, hasLength := a.header["Content-Length"]
	switch {
	case a.status != status, a.body != "", a.header["Content-Type"] != nil, a.header["Location"] != nil, a.header["Allow"] != nil,
		hasLength && length[0] != strconv.Itoa(0):
		t.Errorf("%s: got %d %q with %v, want a bare %d", what, a.status, a.body, a.header, status)
	}
}
