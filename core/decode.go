package core

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/wire"
)

const (
	mediaJSON = "application/json"
	mediaForm = "application/x-www-form-urlencoded"
)

// decodeBody reads and parses the request body of methods that have one. The one parsed value serves hooks, validation
// and handler alike.
func (x *Exchange) decodeBody() error {
	if x.route.spec.NoBody || x.req.Method == http.MethodGet || x.req.Body == nil || x.req.Body == http.NoBody || x.req.ContentLength == 0 {
		return nil
	}
	media, err := x.mediaType()
	if err != nil {
		return err
	}
	data, err := x.readBody()
	if err != nil {
		return err
	}
	if media == mediaForm {
		x.body, err = parseForm(data)
	} else {
		data = bytes.TrimPrefix(data, byteOrderMark) // fetch's Request.json skips it
		x.body, err = wire.Parse(data, wire.Limits{Depth: maxDepth})
	}
	if err != nil {
		return ErrMalformedBody.Wrap(err)
	}
	x.hasBody = true
	return nil
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// maxDepth is how deep JSON may nest.
const maxDepth = 64

// mediaType returns the body's media type if the endpoint takes it. Parameters are ignored.
func (x *Exchange) mediaType() (string, error) {
	header := x.req.Header.Get("Content-Type")
	media, _, _ := strings.Cut(header, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if media == mediaJSON || media == mediaForm && x.route.spec.Form {
		return media, nil
	}
	allowed := mediaJSON
	if x.route.spec.Form {
		allowed = mediaForm + ", " + mediaJSON
	}
	if header == "" {
		return "", ErrUnsupportedMediaType.WithMessage("Content-Type is required. Allowed types: " + allowed)
	}
	return "", ErrUnsupportedMediaType.WithMessage(`Content-Type "` + header + `" is not allowed. Allowed types: ` + allowed)
}

var errBodyGone = errors.New("the request body was already read by a middleware in front of Cardea: mount the auth routes before it, or let it put the body back")

func (x *Exchange) readBody() ([]byte, error) {
	limit := x.auth.config.MaxBodyBytes
	length := x.req.ContentLength
	if length > limit {
		return nil, ErrBodyTooLarge
	}
	size := 512
	if length > 0 {
		size = int(length) + 1 // one more, so that the last Read finds the end without growing
	}
	data, err := readAll(x.req.Body, make([]byte, 0, size), limit)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, ErrBodyTooLarge):
		return nil, ErrBodyTooLarge
	case errors.Is(err, http.ErrBodyReadAfterClose), err == nil && len(data) == 0 && length > 0:
		x.logError(x.req.Context(), errBodyGone) // the app's mistake, not the client's: its developer has to know
		return nil, ErrMalformedBody
	case err != nil:
		return nil, ErrMalformedBody.Wrap(err)
	}
	return data, nil
}

// readAll is io.ReadAll with a limit and the caller's buffer.
func readAll(r io.Reader, buf []byte, limit int64) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return nil, ErrBodyTooLarge
		}
		if err == io.EOF { //nolint:errorlint // Read's contract is io.EOF itself
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

var errNotUTF8 = errors.New("the form is not UTF-8")

// parseForm reads a urlencoded body into an object of strings (URL Standard §5.1). Of several values of one name the last
// counts. A percent sign that begins no escape stands for itself; what is not UTF-8 is refused, as it is in JSON.
func parseForm(data []byte) (any, error) {
	o := wire.NewObject()
	for pair := range strings.SplitSeq(string(data), "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = formText(name), formText(value)
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return nil, errNotUTF8
		}
		o.Set(name, value)
	}
	return o, nil
}

// formText decodes plus signs and percent escapes.
func formText(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			out = append(out, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out, _ = hex.AppendDecode(out, []byte(s[i+1:i+3])) // two hex digits always decode
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// bind decodes body, query and path into the endpoint's In. What does not fit is recorded, not refused: a before hook
// may still repair it.
func (x *Exchange) bind(query func() url.Values) input {
	in := x.route.endpoint.newInput()
	src := wire.Source{Body: x.body, HasBody: x.hasBody, Params: x.Param}
	plan := x.route.endpoint.binding()
	if plan.HasQuery() {
		src.Query = query()
	}
	return input{value: in, problems: plan.Bind(in, src)}
}
