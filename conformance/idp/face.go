package idp

import (
	"net/http"
	"net/url"
	"strings"
)

// A face is a provider as which the server answers: an OpenID provider of its own, or one of the known ones.
type face struct {
	issuer string
	routes map[string]Endpoint // by host and path
	urls   map[Endpoint]string
	// openID issues ID tokens to whoever asks for the scope openid; always issues them to all.
	openID, always bool
	// iss puts the issuer into authorization responses (RFC 9207).
	iss bool
	// github answers as GitHub does: errors with 200, forms unless JSON is asked for, commas between scopes.
	github bool
	// apple sends name and address of a person along with the first code only.
	apple bool
}

func newFace(issuer string, urls map[Endpoint]string) *face {
	f := &face{issuer: issuer, urls: urls, routes: make(map[string]Endpoint, len(urls))}
	for e, u := range urls {
		_, hostAndPath, _ := strings.Cut(u, "://")
		f.routes[hostAndPath] = e
	}
	return f
}

// openIDFace is a provider of the server's own at an origin.
func openIDFace(issuer string) *face {
	f := newFace(issuer, map[Endpoint]string{
		Discovery:  issuer + "/.well-known/openid-configuration",
		JWKS:       issuer + "/jwks",
		Authorize:  issuer + "/authorize",
		Token:      issuer + "/token",
		UserInfo:   issuer + "/userinfo",
		EndSession: issuer + "/end-session",
	})
	f.openID, f.iss = true, true
	return f
}

func knownFaces() []*face {
	google := newFace("https://accounts.google.com", map[Endpoint]string{
		Discovery: "https://accounts.google.com/.well-known/openid-configuration",
		JWKS:      "https://www.googleapis.com/oauth2/v3/certs",
		Authorize: "https://accounts.google.com/o/oauth2/v2/auth",
		Token:     "https://oauth2.googleapis.com/token",
		UserInfo:  "https://openidconnect.googleapis.com/v1/userinfo",
	})
	google.openID, google.iss = true, true
	apple := newFace("https://appleid.apple.com", map[Endpoint]string{
		Discovery: "https://appleid.apple.com/.well-known/openid-configuration",
		JWKS:      "https://appleid.apple.com/auth/keys",
		Authorize: "https://appleid.apple.com/auth/authorize",
		Token:     "https://appleid.apple.com/auth/token",
	})
	apple.openID, apple.always, apple.apple = true, true, true
	github := newFace("https://github.com", map[Endpoint]string{
		Authorize: "https://github.com/login/oauth/authorize",
		Token:     "https://github.com/login/oauth/access_token",
		UserInfo:  "https://api.github.com/user",
		Emails:    "https://api.github.com/user/emails",
	})
	github.github = true
	return []*face{google, apple, github}
}

// target returns the URL that a request was meant for.
func (s *Server) target(r *http.Request) (*url.URL, error) {
	if meant := r.Header.Get("X-Original-Url"); meant != "" {
		return url.Parse(meant)
	}
	if r.URL.Host != "" {
		return r.URL, nil
	}
	if at, ok := strings.CutPrefix(r.URL.RequestURI(), "/at/"); ok {
		return url.Parse("https://" + at)
	}
	return url.Parse(s.issuer + r.URL.RequestURI())
}

// find returns what is at a URL: the face and the endpoint, or Elsewhere.
func (s *Server) find(u *url.URL) (*face, Endpoint) {
	for _, f := range s.faces {
		if e, ok := f.routes[u.Host+u.Path]; ok {
			return f, e
		}
	}
	return nil, Elsewhere
}

// configuration is the discovery document (OpenID Connect Discovery 1.0 §3).
func (f *face) configuration() map[string]any {
	doc := map[string]any{
		"issuer":                                         f.issuer,
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query", "form_post"},
		"grant_types_supported":                          []string{"authorization_code", "refresh_token"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"RS256", "ES256", "EdDSA"},
		"scopes_supported":                               []string{"openid", "profile", "email", "offline_access"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post", "none"},
		"code_challenge_methods_supported":               []string{"S256"},
		"claims_supported":                               []string{"sub", "name", "email", "email_verified", "picture"},
		"authorization_response_iss_parameter_supported": f.iss,
	}
	names := map[Endpoint]string{
		JWKS: "jwks_uri", Authorize: "authorization_endpoint", Token: "token_endpoint",
		UserInfo: "userinfo_endpoint", EndSession: "end_session_endpoint",
	}
	for e, name := range names {
		if u := f.urls[e]; u != "" {
			doc[name] = u
		}
	}
	return doc
}
