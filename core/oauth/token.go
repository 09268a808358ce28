package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// TokenEndpoint is where tokens are had, and as whom.
type TokenEndpoint struct {
	URL         string
	Credentials Credentials
	// Header is sent along; it may replace Accept, which is application/json.
	Header http.Header
}

// CodeRequest exchanges an authorization code (RFC 6749 §4.1.3).
type CodeRequest struct {
	TokenEndpoint
	Code         string
	CodeVerifier string
	DeviceID     string // VK's device_id
	RedirectURI  string
	// Resources are the APIs that the tokens are for (RFC 8707).
	Resources []string
	// Params are any others; one that is there already is not replaced.
	Params []Param
}

// RefreshRequest exchanges a refresh token (RFC 6749 §6).
type RefreshRequest struct {
	TokenEndpoint
	RefreshToken string
	Resources    []string
	// Params are any others; grant_type and refresh_token stay.
	Params []Param
}

// ErrNoAccessToken says that a refresh succeeded and brought no access token.
var ErrNoAccessToken = errors.New("oauth: no access token in the answer")

// Exchange turns a code into tokens. An answer of status 2xx always gives tokens, if need be empty ones: there are
// providers that answer an error so, which show by what is missing. Others are a [*StatusError].
func (c *Client) Exchange(ctx context.Context, r CodeRequest) (*Tokens, error) {
	f := Form{{"grant_type", "authorization_code"}, {"code", r.Code}}
	if r.CodeVerifier != "" {
		f.Set("code_verifier", r.CodeVerifier)
	}
	if r.DeviceID != "" {
		f.Set("device_id", r.DeviceID)
	}
	f.Set("redirect_uri", r.RedirectURI)
	for _, resource := range r.Resources {
		f.Add("resource", resource)
	}
	for _, p := range r.Params {
		if !f.Has(p.Name) {
			f.Add(p.Name, p.Value)
		}
	}
	return c.token(ctx, r.TokenEndpoint, f)
}

// Refresh turns a refresh token into new tokens. The provider may keep the old refresh token in force: then the new
// tokens have none. An answer without an access token is [ErrNoAccessToken].
func (c *Client) Refresh(ctx context.Context, r RefreshRequest) (*Tokens, error) {
	f := Form{{"grant_type", "refresh_token"}, {"refresh_token", r.RefreshToken}}
	for _, resource := range r.Resources {
		f.Add("resource", resource)
	}
	for _, p := range r.Params {
		if !slices.Contains([]string{"grant_type", "refresh_token", "__proto__", "constructor", "prototype"}, p.Name) {
			f.Set(p.Name, p.Value)
		}
	}
	tokens, err := c.token(ctx, r.TokenEndpoint, f)
	if err != nil {
		return nil, err
	}
	if tokens.AccessToken == "" {
		return nil, ErrNoAccessToken
	}
	return tokens, nil
}

func (c *Client) token(ctx context.Context, e TokenEndpoint, f Form) (*Tokens, error) {
	h := http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"},
		"Accept":       {"application/json"},
	}
	for name, values := range e.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	if err := e.Credentials.apply(ctx, e.URL, &f, h); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, strings.NewReader(f.Encode()))
	if err != nil {
		return nil, errors.New("oauth: token endpoint: not a URL")
	}
	req.Header = h
	v, err := c.JSON(req)
	if err != nil {
		return nil, fmt.Errorf("oauth: token endpoint: %w", err)
	}
	o, ok := v.(*wire.Object)
	if !ok {
		o = wire.NewObject()
	}
	return ParseTokens(o, c.now()), nil
}
