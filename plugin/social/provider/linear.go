package provider

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// linearQuery asks for the viewer, white space and all as upstream writes it.
const linearQuery = `{"query":"\n\t\t\t\t\t\t\tquery {\n\t\t\t\t\t\t\t\tviewer {\n\t\t\t\t\t\t\t\t\tid\n\t\t\t\t\t\t\t\t\tname\n\t\t\t\t\t\t\t\t\temail` +
	`\n\t\t\t\t\t\t\t\t\tavatarUrl\n\t\t\t\t\t\t\t\t\tactive\n\t\t\t\t\t\t\t\t\tcreatedAt\n\t\t\t\t\t\t\t\t\tupdatedAt\n\t\t\t\t\t\t\t\t}\n\t\t\t\t\t\t\t}\n\t\t\t\t\t\t"}`

// Linear signs people in with Linear. It never vouches for an address.
func Linear(o Options) *Provider {
	return recipe{
		id: "linear", name: "Linear",
		authorizeAt: "https://linear.app/oauth/authorize",
		exchangeAt:  "https://api.linear.app/oauth/token",
		scopes:      []string{"read"},
		loginHint:   true, noPrompt: true,
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			url := or(o.UserInfoEndpoint, "https://api.linear.app/graphql")
			v, err := js.Fetch(ctx, c, http.MethodPost, url, linearQuery, r.Tokens, "Content-Type", "application/json")
			return js.Get(js.Const(v).Object(), "data", "viewer").Object(), err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "name"), "email", js.Get(p, "email"), "image", js.Get(p, "avatarUrl"), "emailVerified", false), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}
