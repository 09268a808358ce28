package provider

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// profileFunc is the profile field of a recipe.
type profileFunc = func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error)

// fetched reads the profile with the access token from url. header are names and values in turn.
func fetched(url string, header ...string) profileFunc {
	return func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
		v, err := js.Fetch(ctx, c, http.MethodGet, url, "", r.Tokens, header...)
		return js.Const(v).Object(), err
	}
}

// decoded reads the profile from the ID token.
func decoded(_ context.Context, _ *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
	return js.Decode(r.Tokens)
}
