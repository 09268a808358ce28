package idp

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const defaultExpiresIn = 3600

// exchange answers at the token endpoint (RFC 6749 §4.1.3 and §6).
func (s *Server) exchange(w http.ResponseWriter, q *request) {
	if q.Method != http.MethodPost {
		http.Error(w, "POST", http.StatusMethodNotAllowed)
		return
	}
	if q.fault.Error != "" {
		status := q.fault.Status
		if status == 0 {
			status = http.StatusBadRequest
		}
		tokenError(w, q, status, q.fault.Error, q.fault.Description)
		return
	}
	s.mu.Lock()
	client := s.authenticate(q)
	if client == nil {
		s.mu.Unlock()
		w.Header().Set("WWW-Authenticate", `Basic realm="idp"`)
		tokenError(w, q, http.StatusUnauthorized, "invalid_client", "the client is unknown, or its secret is wrong")
		return
	}
	answer, code, description := s.grantTokens(q, client)
	s.mu.Unlock()
	if code != "" {
		tokenError(w, q, http.StatusBadRequest, code, description)
		return
	}
	if q.face.github && !strings.Contains(q.Header.Get("Accept"), "json") {
		writeForm(w, answer)
		return
	}
	writeJSON(w, http.StatusOK, answer, q.fault)
}

func tokenError(w http.ResponseWriter, q *request, status int, code, description string) {
	answer := map[string]any{"error": code}
	if description != "" {
		answer["error_description"] = description
	}
	if q.face.github {
		status = http.StatusOK
		if !strings.Contains(q.Header.Get("Accept"), "json") {
			writeForm(w, answer)
			return
		}
	}
	writeJSON(w, status, answer, q.fault)
}

func writeForm(w http.ResponseWriter, answer map[string]any) {
	values := url.Values{}
	for name, v := range answer {
		if text, ok := v.(string); ok {
			values.Set(name, text)
		} else {
			values.Set(name, string(encode(v)))
		}
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded")
	_, _ = io.WriteString(w, values.Encode())
}

// basicCredentials returns a client's id and secret from the Authorization header (RFC 6749 §2.3.1).
func basicCredentials(r *http.Request) (id, secret string, ok bool) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return "", "", false
	}
	id, err1 := url.QueryUnescape(user)
	secret, err2 := url.QueryUnescape(password)
	return id, secret, err1 == nil && err2 == nil
}

// authenticate returns the client that a request comes from, or nil. The caller holds the lock.
func (s *Server) authenticate(q *request) *Client {
	id, secret, basic := basicCredentials(q.Request)
	inBody := q.form.Has("client_secret")
	if basic && inBody { // RFC 6749 §2.3: one method only
		return nil
	}
	if !basic {
		id, secret = q.form.Get("client_id"), q.form.Get("client_secret")
	}
	client := s.clients[id]
	if client == nil || subtle.ConstantTimeCompare([]byte(client.Secret), []byte(secret)) != 1 {
		return nil
	}
	return client
}

// grantTokens returns a token response, or an error and its description. The caller holds the lock.
func (s *Server) grantTokens(q *request, client *Client) (answer map[string]any, code, description string) {
	switch q.form.Get("grant_type") {
	case "authorization_code":
		return s.redeemCode(q, client)
	case "refresh_token":
		return s.redeemRefreshToken(q, client)
	}
	return nil, "unsupported_grant_type", ""
}

func (s *Server) redeemCode(q *request, client *Client) (answer map[string]any, code, description string) {
	g := s.codes[q.form.Get("code")]
	verifier := q.form.Get("code_verifier")
	switch {
	case g == nil || g.client != client.ID || g.face != q.face:
		return nil, "invalid_grant", "the code is unknown"
	case g.used:
		for _, token := range g.access { // RFC 6749 §4.1.2
			delete(s.access, token)
			delete(s.refresh, token)
		}
		return nil, "invalid_grant", "the code was used before"
	case !s.now().Before(g.expires):
		return nil, "invalid_grant", "the code has expired"
	case g.redirect != q.form.Get("redirect_uri"):
		return nil, "invalid_grant", "another redirect_uri"
	case g.challenge == "" && verifier != "":
		// RFC 9700 §2.1.1: else an attacker could strip the challenge from the authorization request.
		return nil, "invalid_grant", "a code_verifier without a code_challenge"
	case g.challenge != "" && g.challenge != challengeOf(verifier):
		return nil, "invalid_grant", "the code_verifier does not fit"
	}
	g.used = true
	return s.issue(q, g, g, client, true), "", ""
}

// challengeOf is the transformation S256 (RFC 7636 §4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (s *Server) redeemRefreshToken(q *request, client *Client) (answer map[string]any, code, description string) {
	token := q.form.Get("refresh_token")
	g := s.refresh[token]
	if g == nil || g.client != client.ID || g.face != q.face {
		return nil, "invalid_grant", "the refresh token is unknown"
	}
	keep := client.RefreshTokens == "keep"
	if !keep {
		delete(s.refresh, token)
	}
	again := *g
	again.nonce = "" // OIDC Core §12.2: not in a refreshed token
	return s.issue(q, &again, g, client, !keep), "", ""
}

// issue makes the tokens of a grant. They are noted with root, whose code can revoke them.
func (s *Server) issue(q *request, g, root *grant, client *Client, withRefresh bool) map[string]any {
	expiresIn := client.ExpiresIn
	if expiresIn == 0 {
		expiresIn = defaultExpiresIn
	}
	found := *g
	found.expires = s.now().Add(time.Duration(expiresIn) * time.Second)
	access := s.token("at")
	s.access[access] = &found
	root.access = append(root.access, access)
	answer := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": expiresIn, "scope": strings.Join(g.scope, q.face.separator())}
	if q.face.github {
		answer["token_type"] = "bearer"
	}
	if withRefresh && client.RefreshTokens != "none" {
		refresh := s.token("rt")
		s.refresh[refresh] = root
		root.access = append(root.access, refresh)
		answer["refresh_token"] = refresh
	}
	if q.face.always || q.face.openID && slices.Contains(g.scope, "openid") {
		answer["id_token"] = s.idToken(g, client, q.fault)
	}
	return answer
}

func (f *face) separator() string {
	if f.github {
		return ","
	}
	return " "
}

// IDToken makes an ID token as a native app would get it from the provider's own SDK, for signing in with it. issuer says
// which provider; empty is the server's own. f may spoil it.
func (s *Server) IDToken(issuer, client, subject, nonce string, f Fault) string {
	if err := (&Fault{Endpoint: Token, IDToken: f.IDToken}).check(); err != nil {
		panic(err)
	}
	if issuer == "" {
		issuer = s.issuer
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.faces, func(f *face) bool { return f.issuer == issuer })
	c, u := s.clients[client], s.user(subject)
	if at < 0 || c == nil || u == nil {
		panic("idp: no such issuer, client or user: " + issuer + ", " + client + ", " + subject)
	}
	return s.idToken(&grant{face: s.faces[at], client: client, user: u, nonce: nonce}, c, &f)
}
