package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// originOptions are the options that the first words of a row's note stand for, besides those of the file.
var originOptions = map[string]string{
	"disableCSRFCheck":   `{"disableCSRFCheck":true}`,
	"disableOriginCheck": `{"disableOriginCheck":true}`,

	"disableOriginCheck [/sign-in]": `{"disableOriginCheck":["/sign-in"]}`,
}

// originChecks is testdata/origin_checks.json.
type originChecks struct {
	Config struct {
		BaseURL        string
		TrustedOrigins []string
		ExistingUser   struct{ Email, Password string }
	}
	Rows []struct {
		Note, Method, Path string
		Headers            map[string]string
		Body               json.RawMessage
		Status             int
		Code               *string
	}
}

// open makes an instance with these "advanced" options, which may be empty.
func (c *originChecks) open(b *testbed, adapter, advanced string) *testInstance {
	b.t.Helper()
	options := map[string]any{
		"emailAndPassword": map[string]any{"enabled": true},
		"baseURL":          c.Config.BaseURL,
		"trustedOrigins":   c.Config.TrustedOrigins,
	}
	if advanced != "" {
		options["advanced"] = json.RawMessage(advanced)
	}
	i := b.open(map[string]any{"adapter": adapter, "options": options})
	if advanced == "" { // the others were recorded without any user
		u := c.Config.ExistingUser
		i.call("signUpEmail", `{"body":{"name":"A","email":"`+u.Email+`","password":"`+u.Password+`"}}`)
	}
	return i
}

// TestOriginChecks sends requests from trusted and other origins, on every adapter.
func TestOriginChecks(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/origin_checks.json")
	if err != nil {
		t.Fatal(err)
	}
	var checks originChecks
	decodeJSON(t, string(data), &checks)
	pending := readPending(t)
	for _, adapter := range adapterNames() {
		t.Run(adapter, func(t *testing.T) {
			t.Parallel()
			b := newTestbed(t)
			instances := map[string]*testInstance{}
			for _, row := range checks.Rows {
				if pendingPath(pending, row.Method, row.Path) {
					continue
				}
				words, _, _ := strings.Cut(row.Note, ":")
				advanced := originOptions[words]
				if instances[advanced] == nil {
					instances[advanced] = checks.open(b, adapter, advanced)
				}
				headers := []string{"Host", "auth.example.com"}
				for name, value := range row.Headers {
					headers = append(headers, name, value)
				}
				got := instances[advanced].request(row.Method, "/api/auth"+row.Path, strings.TrimPrefix(string(row.Body), "null"), headers...)
				var answer struct{ Code *string }
				if got.status != 200 {
					decodeJSON(t, got.body, &answer)
				}
				if got.status != row.Status || text(answer.Code) != text(row.Code) {
					t.Errorf("%s: got %d %s, want %d %s", row.Note, got.status, got.body, row.Status, text(row.Code))
				}
			}
		})
	}
}

// text shows a text that may be absent.
func text(s *string) string {
	if s == nil {
		return "(none)"
	}
	return *s
}
