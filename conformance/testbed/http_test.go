package main

import (
	"os"
	"testing"

	"github.com/cardea-auth/cardea/core/wire"
)

// httpError is a row of testdata/http_errors.json: a request to an instance that has the user a@b.co.
type httpError struct {
	Note, Method, URL string
	Headers           map[string]string
	Body              *string
	Status            int
	ContentType       *string
	ResponseBody      string
}

// TestHTTPErrors asks for what is not there, or not in this way, on every adapter.
func TestHTTPErrors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/http_errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []httpError
	decodeJSON(t, string(data), &rows)
	for _, adapter := range adapterNames() {
		t.Run(adapter, func(t *testing.T) {
			t.Parallel()
			b := newTestbed(t)
			usual := b.open(map[string]any{"adapter": adapter, "options": enabled()})
			usual.call("signUpEmail", `{"body":{"name":"A","email":"a@b.co","password":"password-1"}}`)
			without := b.open(map[string]any{"adapter": adapter, "options": enabled(`"disabledPaths":["/sign-up/email"]`)})
			for _, row := range rows {
				i := usual
				if row.Note == "disabledPaths" {
					i = without
				}
				checkHTTPError(t, i, &row)
			}
		})
	}
}

func checkHTTPError(t *testing.T, i *testInstance, row *httpError) {
	t.Helper()
	body := ""
	if row.Body != nil {
		body = *row.Body
	}
	var headers []string
	for name, value := range row.Headers {
		headers = append(headers, name, value)
	}
	got := i.request(row.Method, row.URL, body, headers...)
	contentType := ""
	if row.ContentType != nil {
		contentType = *row.ContentType
	}
	if got.status != row.Status || got.header.Get("Content-Type") != contentType {
		t.Errorf("%s: got %d %q, want %d %q", row.Note, got.status, got.header.Get("Content-Type"), row.Status, contentType)
	}
	if row.Note == "form allowed" { // a session was made, and has its own values
		w, g := parseObject(t, row.ResponseBody), parseObject(t, got.body)
		if keys(w) != keys(g) {
			t.Errorf("%s: got %s, want the members %s", row.Note, got.body, keys(w))
		}
	} else if got.body != row.ResponseBody {
		t.Errorf("%s: got %s, want %s", row.Note, got.body, row.ResponseBody)
	}
}

func parseObject(t *testing.T, text string) *wire.Object {
	t.Helper()
	v, err := wire.Parse([]byte(text), wire.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	o, ok := v.(*wire.Object)
	if !ok {
		t.Fatalf("got %s, want an object", text)
	}
	return o
}
