package provider

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

// linearQuery asks for the viewer, white space and all as upstream writes it.
const linearQuery = `{"query":"\n\t\t\t\t\t\t\tquery {\n\t\t\t\t\t\t\t\tviewer {\n\t\t\t\t\t\t\t\t\tid\n\t\t\t\t\t\t\t\t\tname\n\t\t\t\t\t\t\t\t\temail` +
	`\n\t\t\t\t\t\t\t\t\tavatarUrl\n\t\t\t\t\t\t\t\t\tactive\n\t\t\t\t\t\t\t\t\tcreatedAt\n\t\t\t\t\t\t\t\t\tupdatedAt\n\t\t\t\t\t\t\t\t}\n\t\t\t\t\t\t\t}\n\t\t\t\t\t\t"}`

// Linear signs people in with Linear. It never vouches for an address.
func Linear(o Options) *Provider {
	return recipe{
		id: "linear", name: "Linear",
		authorize: "https://linear.app/oauth/authorize",
		token:     "https://api.linear.app/oauth/token",
		scopes:    []string{"read"},
		loginHint: true, noPrompt: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			url := or(o.UserInfoEndpoint, "https://api.linear.app/graphql")
			v, err := fetch(ctx, c, http.MethodPost, url, linearQuery, r.Tokens, "Content-Type", "application/json")
			return get(constant(v).object(), "data", "viewer").object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return object("name", get(p, "name"), "email", get(p, "email"), "image", get(p, "avatarUrl"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) value { return get(p, "id") },
	}.make(o)
}
