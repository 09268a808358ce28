package idp

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// codeLife is how long a code is good (RFC 6749 §4.1.2 recommends ten minutes at most).
const codeLife = time.Minute

// grant is what somebody has approved. It is found by a code, an access token or a refresh token.
type grant struct {
	face     *face
	client   string
	user     *User
	scope    []string
	redirect string
	nonce    string
	// challenge is the code challenge, method S256; empty without PKCE.
	challenge string
	expires   time.Time // of the code or access token that it was found by
	used      bool      // the code or refresh token that it was found by
	access    []string  // all access and refresh tokens made of it, to revoke them
}

// asked is an authorization request that can be answered at its redirect URI.
type asked struct {
	redirect *url.URL
	query    url.Values
	formPost bool
}

// invalid says why an authorization request must not be answered by a redirect (RFC 6749 §4.1.2.1), or "".
func (s *Server) invalid(q *request) string {
	query := q.url.Query()
	s.mu.Lock()
	client := s.clients[query.Get("client_id")]
	s.mu.Unlock()
	redirect := query.Get("redirect_uri")
	switch u, err := url.Parse(redirect); {
	case client == nil:
		return "unknown client_id"
	case err != nil || u.Scheme == "" || u.Fragment != "":
		return "invalid redirect_uri"
	case len(client.RedirectURIs) > 0 && !slices.Contains(client.RedirectURIs, redirect):
		return "the client has another redirect_uri"
	}
	return ""
}

// authorize answers an authorization request on which somebody has decided.
func (s *Server) authorize(w http.ResponseWriter, q *request) {
	if reason := s.invalid(q); reason != "" {
		http.Error(w, reason, http.StatusBadRequest)
		return
	}
	query := q.url.Query()
	to, _ := url.Parse(query.Get("redirect_uri"))
	a := &asked{redirect: to, query: query, formPost: query.Get("response_mode") == "form_post"}

	s.mu.Lock()
	code, description, params := s.decide(q, query)
	s.mu.Unlock()
	if q.fault.Error != "" {
		code, description = q.fault.Error, q.fault.Description
	}
	if code != "" {
		params = map[string]any{"error": code}
		if description != "" {
			params["error_description"] = description
		}
	}
	if state, ok := query["state"]; ok {
		params["state"] = state[0]
	}
	if q.face.iss {
		params["iss"] = q.face.issuer
	}
	override(params, q.fault.Set)
	values := url.Values{}
	for name, v := range params {
		if text, ok := v.(string); ok {
			values.Set(name, text)
		} else {
			values.Set(name, string(encode(v)))
		}
	}
	a.respond(w, q, values)
}

// decide returns the parameters of a response, or an error and its description. The caller holds the lock.
func (s *Server) decide(q *request, query url.Values) (code, description string, params map[string]any) {
	client := s.clients[query.Get("client_id")]
	types := strings.Fields(query.Get("response_type"))
	challenge, method := query.Get("code_challenge"), query.Get("code_challenge_method")
	switch {
	case !slices.Contains(types, "code") || len(types) > 1 && !q.face.apple:
		return "unsupported_response_type", "", nil
	case challenge != "" && method != "S256":
		return "invalid_request", "code_challenge_method has to be S256", nil
	case challenge == "" && method != "":
		return "invalid_request", "code_challenge is missing", nil
	case challenge == "" && client.RequirePKCE:
		return "invalid_request", "code_challenge is missing", nil
	}
	subject, approved := s.decision(q)
	user := s.user(subject)
	switch {
	case query.Get("prompt") == "none" && user == nil:
		return "login_required", "", nil
	case !approved || user == nil:
		return "access_denied", "The person did not approve", nil
	}
	g := &grant{
		face: q.face, client: client.ID, user: user, scope: splitScope(query.Get("scope")), redirect: query.Get("redirect_uri"),
		nonce: query.Get("nonce"), challenge: challenge, expires: s.now().Add(codeLife),
	}
	key := s.token("code")
	s.codes[key] = g
	params = map[string]any{"code": key}
	if slices.Contains(types, "id_token") {
		params["id_token"] = s.idToken(g, client, q.fault)
	}
	if introduced := client.ID + " " + user.Subject; q.face.apple && !s.known[introduced] {
		s.known[introduced] = true
		first, last, _ := strings.Cut(user.Name, " ")
		params["user"] = map[string]any{"name": map[string]any{"firstName": first, "lastName": last}, "email": user.Email}
	}
	return "", "", params
}

// splitScope takes both separators that are in use.
func splitScope(scope string) []string {
	return strings.FieldsFunc(scope, func(r rune) bool { return r == ' ' || r == ',' })
}

// respond sends the browser to the redirect URI. Whoever asks for JSON gets told where that would be.
func (a *asked) respond(w http.ResponseWriter, q *request, values url.Values) {
	u := *a.redirect
	if !a.formPost {
		query := u.Query()
		for name, v := range values {
			query[name] = v
		}
		u.RawQuery = query.Encode()
	}
	switch {
	case q.Header.Get("Accept") == "application/json":
		writeJSON(w, http.StatusOK, Callback{URL: u.String(), Form: a.form(values)}, nil)
	case a.formPost:
		formPostPage(w, u.String(), values)
	default:
		w.Header().Set("Location", u.String())
		w.WriteHeader(http.StatusFound)
	}
}

func (a *asked) form(values url.Values) url.Values {
	if a.formPost {
		return values
	}
	return nil
}

// endSession signs out (OpenID Connect RP-Initiated Logout 1.0): there is no session here, only the way back.
func (s *Server) endSession(w http.ResponseWriter, q *request) {
	query := q.url.Query()
	back, err := url.Parse(query.Get("post_logout_redirect_uri"))
	if err != nil || back.Scheme == "" {
		_, _ = w.Write([]byte("signed out"))
		return
	}
	if state := query.Get("state"); state != "" {
		params := back.Query()
		params.Set("state", state)
		back.RawQuery = params.Encode()
	}
	w.Header().Set("Location", back.String())
	w.WriteHeader(http.StatusFound)
}
