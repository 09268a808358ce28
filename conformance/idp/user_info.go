package idp

import (
	"maps"
	"net/http"
	"strings"
)

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") && !strings.EqualFold(scheme, "token") { // GitHub takes both
		return ""
	}
	return token
}

// userInfo answers with the claims of the person whose access token it got (OIDC Core §5.3), or as GitHub does.
func (s *Server) userInfo(w http.ResponseWriter, q *request, e Endpoint) {
	s.mu.Lock()
	g := s.access[bearer(q.Request)]
	expired := g != nil && !s.now().Before(g.expires)
	var user User
	if g != nil {
		user = *g.user
	}
	s.mu.Unlock()
	if g == nil || expired || g.face != q.face || q.fault.Error != "" {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_token"}, q.fault)
		return
	}
	switch {
	case e == Emails:
		writeJSON(w, http.StatusOK, user.Emails, q.fault)
	case q.face.github:
		writeJSON(w, http.StatusOK, user.atGitHub(), q.fault)
	default:
		claims := map[string]any{"sub": user.Subject}
		maps.Copy(claims, user.profile())
		writeJSON(w, http.StatusOK, claims, q.fault)
	}
}

func (u *User) atGitHub() map[string]any {
	account := map[string]any{"login": u.Login, "id": u.ID, "name": u.Name, "email": u.Email, "avatar_url": u.Picture}
	if u.HideEmail || u.Email == "" {
		account["email"] = nil
	}
	maps.Copy(account, u.Claims)
	return account
}
