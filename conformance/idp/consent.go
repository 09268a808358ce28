package idp

import (
	"html/template"
	"net/http"
	"net/url"
)

// showsPage reports whether a person still has to decide on an authorization request.
func (s *Server) showsPage(q *request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return q.form.Get("decision") == "" && s.approve == "" && q.url.Query().Get("prompt") != "none"
}

// decision returns who is signed in, and whether they approve. The caller holds the lock.
func (s *Server) decision(q *request) (subject string, approved bool) {
	switch q.form.Get("decision") {
	case "approve":
		return q.form.Get("user"), true
	case "":
		return s.approve, s.approve != ""
	}
	return q.form.Get("user"), false
}

var consentTemplate = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sign in to {{.Client}}</title>
<h1>{{.Client}} wants to know who you are</h1>
<p>It asks for: {{range $i, $s := .Scope}}{{if $i}}, {{end}}<code>{{$s}}</code>{{end}}</p>
<form method="post">
{{range $i, $u := .Users}}<label><input type="radio" name="user" value="{{$u.Subject}}"{{if eq $u.Email $.Hint}} checked{{end}}> {{$u.Name}} {{$u.Email}}</label><br>
{{end}}<button name="decision" value="approve">Approve</button>
<button name="decision" value="cancel">Cancel</button>
</form>
</html>
`))

// consentPage shows the page on which a person chooses an account and decides. The form is posted to the very URL of the
// authorization request, which so needs not be kept.
func (s *Server) consentPage(w http.ResponseWriter, q *request) {
	if reason := s.invalid(q); reason != "" {
		http.Error(w, reason, http.StatusBadRequest)
		return
	}
	query := q.url.Query()
	s.mu.Lock()
	users := make([]User, len(s.users))
	for i, u := range s.users {
		users[i] = *u
	}
	s.mu.Unlock()
	hint := query.Get("login_hint")
	if hint == "" && len(users) > 0 {
		hint = users[0].Email
	}
	page(w, consentTemplate, map[string]any{
		"Client": query.Get("client_id"), "Scope": splitScope(query.Get("scope")), "Users": users, "Hint": hint,
	})
}

var formPostTemplate = template.Must(template.New("form_post").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Back to the application</title>
<body onload="document.forms[0].submit()">
<form method="post" action="{{.URL}}">
{{range $name, $values := .Values}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}<noscript><button>Continue</button></noscript>
</form>
</body>
</html>
`))

// formPostPage sends the browser back with a form (OAuth 2.0 Form Post Response Mode).
func formPostPage(w http.ResponseWriter, to string, values url.Values) {
	page(w, formPostTemplate, map[string]any{"URL": to, "Values": values})
}

func page(w http.ResponseWriter, t *template.Template, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := t.Execute(w, data); err != nil {
		panic(http.ErrAbortHandler) // the browser has gone
	}
}
