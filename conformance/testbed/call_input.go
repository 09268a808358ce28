package main

import (
	"net/http"
	"net/url"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

// callInput reads {"body","query","params","headers"}. Problems go to the document.
func callInput(o strict.Object) core.CallInput {
	var in core.CallInput
	if body, ok := o.Any("body"); ok {
		in.Body = body
		if body == nil {
			in.Body = rawJSON("null") // for Call, nil is no body at all
		}
	}
	if query := o.Object("query"); o.Has("query") {
		in.Query = url.Values{}
		for _, name := range query.Names() {
			in.Query[name] = queryValues(query, name)
		}
	}
	if params := o.Object("params"); o.Has("params") {
		in.Params = map[string]string{}
		for _, name := range params.Names() {
			value := ""
			params.String(name, &value)
			in.Params[name] = value
		}
	}
	if headers := o.Object("headers"); o.Has("headers") {
		in.Header = http.Header{}
		for _, name := range headers.Names() {
			value := ""
			headers.String(name, &value)
			raw, ok := byteString(value)
			if !ok {
				headers.Fail(name, "a header has no characters beyond U+00FF")
			}
			in.Header.Add(name, raw)
		}
	}
	return in
}

// queryValues writes a value as a query would have it.
func queryValues(o strict.Object, name string) []string {
	v, _ := o.Any(name)
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	texts := make([]string, len(list))
	for i, item := range list {
		if texts[i], ok = queryText(item); !ok {
			o.Fail(name, "expected a string, a number, a boolean, or a list of these")
			return nil
		}
	}
	return texts
}

// queryText writes one value. In a query everything is text: false is the empty one, because that is the text which
// JavaScript's Boolean, and so an endpoint's flag, reads as false.
func queryText(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return string(wire.AppendNumber(nil, v)), true
	case bool:
		if v {
			return "true", true
		}
		return "", true
	}
	return "", false
}

// byteString returns the bytes of a header value: as in JavaScript, each character is one byte.
func byteString(s string) (string, bool) {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return "", false
		}
		raw = append(raw, byte(r))
	}
	return string(raw), true
}
