package core

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

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
	case errors.Is(err, http.ErrBodyReadAfterClose):
		return nil, ErrMalformedBody.Wrap(errBodyGone)
	case err != nil:
		return nil, ErrMalformedBody.Wrap(err)
	case len(data) == 0 && length > 0:
		return nil, ErrMalformedBody.Wrap(errBodyGone)
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

// parseForm reads a urlencoded body into an object of strings. Of several values of one name the last counts.
func parseForm(data []byte) (any, error) {
	o := wire.NewObject()
	for pair := range strings.SplitSeq(string(data), "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, err
		}
		o.Set(name, value)
	}
	return o, nil
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
