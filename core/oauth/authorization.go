package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/origin"
	"github.com/cardea-auth/cardea/core/wire"
)

// Authorization is an authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.1). An empty field is left out.
type Authorization struct {
	Endpoint       string // an absolute URL; its own query stays, except for parameters that are set here
	ResponseType   string // the default is "code"
	ClientID       string // needed
	State          string
	Scopes         []string
	ScopeSeparator string // the default is a space
	RedirectURI    string
	Duration       string // Reddit's
	Display        string
	LoginHint      string
	Nonce          string
	Prompt         string
	HostedDomain   string // hd, Google's
	AccessType     string
	ResponseMode   string
	CodeVerifier   string // its S256 challenge is sent (RFC 7636 §4.2)
	// Claims asks for claims in the ID token, besides email and email_verified (OIDC Core §5.5).
	Claims []string
	// Params are any others, in order. Reserved ones are dropped.
	Params []Param
}

// reserved are the parameters that tie an answer to its request: nobody else may set them.
var reserved = []string{
	"state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope",
}

// Reserved reports whether name is a parameter that only the flow sets: state, client_id, redirect_uri, response_type,
// code_challenge, code_challenge_method, nonce, scope.
func Reserved(name string) bool { return slices.Contains(reserved, name) }

// ErrClientID says that there is no client id.
var ErrClientID = errors.New("oauth: no client id")

// URL returns the URL to send the browser to, with the parameters in the order in which better-auth has them. It returns
// [ErrClientID] without a client id and an error for an endpoint that is no absolute URL.
func (a Authorization) URL() (string, error) {
	if a.ClientID == "" {
		return "", ErrClientID
	}
	f := make(Form, 0, 16+len(a.Params))
	set := func(name, value string) {
		if value != "" {
			f = append(f, Param{name, value})
		}
	}
	set("response_type", or(a.ResponseType, "code"))
	set("client_id", a.ClientID)
	f = append(f, Param{"state", a.State})
	set("scope", strings.Join(a.Scopes, or(a.ScopeSeparator, " ")))
	f = append(f, Param{"redirect_uri", a.RedirectURI})
	set("duration", a.Duration)
	set("display", a.Display)
	set("login_hint", a.LoginHint)
	set("nonce", a.Nonce)
	set("prompt", a.Prompt)
	set("hd", a.HostedDomain)
	set("access_type", a.AccessType)
	set("response_mode", a.ResponseMode)
	if a.CodeVerifier != "" {
		f = append(f, Param{"code_challenge_method", "S256"}, Param{"code_challenge", Challenge(a.CodeVerifier)})
	}
	if a.Claims != nil {
		set("claims", claimsParameter(a.Claims))
	}
	for _, p := range a.Params {
		if !Reserved(p.Name) {
			f.Set(p.Name, p.Value)
		}
	}
	return WithQuery(a.Endpoint, f)
}

// WithQuery returns an absolute URL with the parameters of f at the end of its query, before its fragment. What the query
// had under the same names goes; the rest stays as it was written, since some providers sign it.
func WithQuery(endpoint string, f Form) (string, error) {
	u, err := origin.Parse(endpoint)
	if err != nil {
		return "", fmt.Errorf("oauth: endpoint: %w", err)
	}
	query := "?"
	for pair := range strings.SplitSeq(strings.TrimPrefix(u.Query, "?"), "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if pair != "" && !f.Has(name) {
			query += pair + "&"
		}
	}
	u.Query = query + f.Encode()
	return u.String(), nil
}

// Challenge returns the S256 code challenge of a verifier (RFC 7636 §4.2).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func claimsParameter(claims []string) string {
	idToken := wire.NewObject()
	for _, c := range append([]string{"email", "email_verified"}, claims...) {
		idToken.Set(c, nil)
	}
	all := wire.NewObject()
	all.Set("id_token", idToken)
	out, err := wire.Append(nil, all)
	if err != nil {
		return "" // strings and nulls can always be written
	}
	return string(out)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
