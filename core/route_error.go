package core

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"regexp"

	"github.com/cardea-auth/cardea/core/origin"
)

// ErrorPageInput is the query of GET /error.
type ErrorPageInput struct {
	Error       any `query:"error" optional:"true"`
	Description any `query:"error_description" optional:"true"`
}

// ErrorPage is GET /error, where a redirect that failed ends. It sends the client on to Config.Errors.URL, shows a page,
// or, in production, sends it home.
var ErrorPage = Define(Spec{ID: "error", Method: "GET", Path: "/error", Access: Public, Summary: "Show why a redirect failed."}, errorPage)

// errorCode is what a code may look like; anything else is shown as UNKNOWN.
var errorCode = regexp.MustCompile(`^['A-Za-z0-9_-]+$`)

func errorPage(_ context.Context, x *Exchange, in ErrorPageInput) (*Content, error) {
	code, description := first(in.Error), first(in.Description)
	if !errorCode.MatchString(code) {
		code = "UNKNOWN"
	}
	c := &x.auth.config
	params := []string{"error", code}
	if description != "" {
		params = append(params, "error_description", description)
	}
	if c.Errors.URL != "" {
		return nil, redirectUntyped(origin.AppendQuery(c.Errors.URL, params...))
	}
	if !c.Development && !c.Errors.ShowPage {
		return nil, redirectUntyped(origin.AppendQuery("/", params...))
	}
	var page bytes.Buffer
	if err := errorTemplate.Execute(&page, map[string]string{"App": c.AppName, "Code": code, "Description": description}); err != nil {
		return nil, fmt.Errorf("core: error page: %w", err)
	}
	secureHTML(x)
	return &Content{Type: "text/html", Data: page.Bytes()}, nil
}

// first returns the first value of a query parameter, which is a list where it is repeated.
func first(v any) string {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	s, _ := v.(string)
	return s
}

// secureHTML sets the headers that every page of ours has: no scripts, no frames, no sniffing, no referrer.
func secureHTML(x *Exchange) {
	x.SetHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	x.SetHeader("X-Content-Type-Options", "nosniff")
	x.SetHeader("X-Frame-Options", "DENY")
	x.SetHeader("Referrer-Policy", "no-referrer")
}

var errorTemplate = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Something went wrong · {{.App}}</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 32rem; padding: 2rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
code { padding: .15rem .4rem; border: 1px solid; border-radius: .25rem; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>Something went wrong</h1>
<p>{{if .Description}}{{.Description}}{{else}}The request could not be completed. Please go back and try again.{{end}}</p>
<p>Code: <code>{{.Code}}</code></p>
<p><a href="/">Home</a></p>
</main>
</body>
</html>
`))
