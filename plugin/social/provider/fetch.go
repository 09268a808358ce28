package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// profileFunc is the profile field of a recipe.
type profileFunc = func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error)

// fetched reads the profile with the access token from url. header are names and values in turn.
func fetched(url string, header ...string) profileFunc {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
		v, err := fetch(ctx, c, http.MethodGet, url, "", r.Tokens, header...)
		o, _ := v.(*wire.Object)
		return o, err
	}
}

// decoded reads the profile from the ID token.
func decoded(_ context.Context, _ *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
	if r.Tokens.IDToken == "" {
		return nil, fmt.Errorf("%w: no ID token", ErrNoUserInfo)
	}
	return oauth.Claims(r.Tokens.IDToken)
}

// fetch makes a request with the access token and returns the JSON of the answer.
func fetch(ctx context.Context, c *oauth.Client, method, url, body string, t *oauth.Tokens, header ...string) (any, error) {
	if t.AccessToken == "" {
		return nil, fmt.Errorf("%w: no access token", ErrNoUserInfo)
	}
	return send(ctx, c, method, url, body, append([]string{"Authorization", "Bearer " + t.AccessToken}, header...)...)
}

// send makes a request and returns the JSON of the answer. An empty header value takes the header away.
func send(ctx context.Context, c *oauth.Client, method, url, body string, header ...string) (any, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, errors.New("provider: the endpoint is not a URL")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	return c.JSON(req)
}

// placeholder returns an address for an account without one. It leads nowhere (RFC 6761 §6.4).
func placeholder(identifier value, namespace string) (string, error) {
	email := identifier.text() + "@" + namespace + ".placeholder.invalid"
	if !wire.IsEmail(email) {
		return "", fmt.Errorf("the id of the account makes no address")
	}
	return email, nil
}
