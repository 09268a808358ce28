package js

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// ErrNoToken says that a token is missing without which nothing can be asked.
var ErrNoToken = errors.New("the provider gave no token to ask with")

// Fetch makes a request with the access token and returns the JSON of the answer, nil for what is not JSON. header are names
// and values in turn; they may replace Authorization. It returns [ErrNoToken] without an access token.
func Fetch(ctx context.Context, c *oauth.Client, method, url, body string, t *oauth.Tokens, header ...string) (any, error) {
	if t.AccessToken == "" {
		return nil, ErrNoToken
	}
	return Send(ctx, c, method, url, body, append([]string{"Authorization", "Bearer " + t.AccessToken}, header...)...)
}

// Send makes a request and returns the JSON of the answer, nil for what is not JSON.
func Send(ctx context.Context, c *oauth.Client, method, url, body string, header ...string) (any, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, errors.New("the endpoint is not a URL")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return c.JSON(req)
}

// Decode reads the claims of the ID token, which is verified elsewhere if at all. It returns [ErrNoToken] without one.
func Decode(t *oauth.Tokens) (*wire.Object, error) {
	if t.IDToken == "" {
		return nil, ErrNoToken
	}
	return oauth.Claims(t.IDToken)
}

// Placeholder returns an address for an account without one. It leads nowhere (RFC 6761 §6.4). An id that makes no valid
// address is an error.
func Placeholder(identifier Value, namespace string) (string, error) {
	email := identifier.Text() + "@" + namespace + ".placeholder.invalid"
	if !wire.IsEmail(email) {
		return "", errors.New("the id of the account makes no address")
	}
	return email, nil
}

// EncodeURIComponent is JavaScript's function of that name.
func EncodeURIComponent(s string) string {
	const hex, plain = "0123456789ABCDEF", "-_.!~*'()"
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(plain, c) >= 0:
			out = append(out, c)
		default:
			out = append(out, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(out)
}
