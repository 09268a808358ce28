package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
)

// AuthMethod is how a client proves to a token endpoint who it is (OIDC Core §9).
type AuthMethod string

// The methods. The empty one is client_secret_post if there is a secret, else none.
const (
	AuthDefault       AuthMethod = ""
	AuthPost          AuthMethod = "client_secret_post"
	AuthBasic         AuthMethod = "client_secret_basic"
	AuthNone          AuthMethod = "none"
	AuthPrivateKeyJWT AuthMethod = "private_key_jwt"
	AuthCustom        AuthMethod = "custom"
)

// Credentials are what a client shows a token endpoint.
type Credentials struct {
	ClientID     string
	ClientSecret string
	Method       AuthMethod
	// Assertion makes the signed JWT of AuthPrivateKeyJWT, such as [PrivateKey.Assertion]. It is called for every request.
	Assertion func(ctx context.Context, r AssertionRequest) (string, error)
	// Customize changes the request under AuthCustom, which adds nothing by itself.
	Customize func(ctx context.Context, r *CustomRequest) error
}

// AssertionRequest says what a client assertion is for.
type AssertionRequest struct {
	ClientID      string
	TokenEndpoint string
	GrantType     string
}

// CustomRequest is a token request before it is sent. Form and Header may be changed.
type CustomRequest struct {
	Form          *Form
	Header        http.Header
	TokenEndpoint string
	GrantType     string
}

// ErrCredentials says that credentials do not fit their method. It comes wrapped, with what is wrong.
var ErrCredentials = errors.New("oauth: credentials")

// assertionType is RFC 7523 §2.2's client_assertion_type.
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Validate reports credentials that cannot work, so that a mistake shows at the start: [ErrCredentials].
func (c Credentials) Validate() error {
	wrong := func(format string, a ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrCredentials}, a...)...)
	}
	switch c.Method {
	case AuthDefault:
	case AuthPost, AuthBasic:
		if c.ClientSecret == "" {
			return wrong("%s needs a client secret", c.Method)
		}
	case AuthNone, AuthPrivateKeyJWT:
		if c.ClientSecret != "" {
			return wrong("%s cannot be combined with a client secret", c.Method)
		}
		if c.Method == AuthPrivateKeyJWT && c.Assertion == nil {
			return wrong("%s needs Assertion", c.Method)
		}
	case AuthCustom:
		if c.Customize == nil {
			return wrong("%s needs Customize", c.Method)
		}
	default:
		return wrong("unknown method %q", string(c.Method))
	}
	return nil
}

// apply adds the credentials to a request.
func (c Credentials) apply(ctx context.Context, endpoint string, f *Form, h http.Header) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if f.Has("client_assertion") != f.Has("client_assertion_type") {
		return fmt.Errorf("%w: client_assertion and client_assertion_type go together", ErrCredentials)
	}
	method := c.Method
	switch {
	case f.Has("client_assertion"): // one that the caller has made
		if method != AuthDefault || c.ClientSecret != "" {
			return fmt.Errorf("%w: a client assertion among the parameters needs no other", ErrCredentials)
		}
		method = AuthNone
	case method == AuthDefault && c.ClientSecret == "":
		method = AuthNone
	case method == AuthDefault:
		method = AuthPost
	}
	if method == AuthCustom {
		return c.Customize(ctx, &CustomRequest{Form: f, Header: h, TokenEndpoint: endpoint, GrantType: f.Get("grant_type")})
	}
	if c.ClientID == "" {
		return ErrClientID
	}
	switch method {
	case AuthBasic:
		h.Set("Authorization", BasicCredentials(c.ClientID, c.ClientSecret))
		return nil
	case AuthPrivateKeyJWT:
		assertion, err := c.Assertion(ctx, AssertionRequest{c.ClientID, endpoint, f.Get("grant_type")})
		if err != nil {
			return fmt.Errorf("oauth: client assertion: %w", err)
		}
		f.Set("client_id", c.ClientID)
		f.Set("client_assertion", assertion)
		f.Set("client_assertion_type", assertionType)
		return nil
	}
	f.Set("client_id", c.ClientID)
	if method == AuthPost {
		f.Set("client_secret", c.ClientSecret)
	}
	return nil
}

// BasicCredentials returns the value of an Authorization header: both parts are form-encoded first (RFC 6749 §2.3.1,
// which http.Request.SetBasicAuth leaves out).
func BasicCredentials(clientID, clientSecret string) string {
	b := append(appendForm(nil, clientID), ':')
	b = appendForm(b, clientSecret)
	return "Basic " + base64.StdEncoding.EncodeToString(b)
}
