package provider

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
)

// DiscordOptions are Discord's own.
type DiscordOptions struct {
	// Permissions are those of the bot, as a bit set, sent if the scope bot is asked for.
	Permissions *uint64
}

// Discord signs people in with Discord.
func Discord(o Options, more ...DiscordOptions) *Provider {
	special := only(more)
	return recipe{
		id: "discord", name: "Discord",
		authorizeAt: "https://discord.com/api/oauth2/authorize",
		exchangeAt:  "https://discord.com/api/oauth2/token",
		scopes:      []string{"identify", "email"}, callScopesFirst: true,
		prompt: "none",
		request: func(a *oauth.Authorization) {
			if special.Permissions != nil && slices.Contains(a.Scopes, "bot") {
				a.Params = before(a.Params, oauth.Param{Name: "permissions", Value: strconv.FormatUint(*special.Permissions, 10)})
			}
		},
		profile: func(ctx context.Context, c *oauth.Client, r UserInfoRequest) (*wire.Object, error) {
			p, err := fetched(or(o.UserInfoEndpoint, "https://discord.com/api/users/%40me"))(ctx, c, r)
			if p != nil {
				p.Set("image_url", discordImage(p))
			}
			return p, err
		},
		user: func(p *wire.Object) (*wire.Object, error) {
			return js.Object("name", js.Get(p, "global_name").Or(js.Get(p, "username")).Or(js.Const("")), "email", js.Get(p, "email"),
				"emailVerified", js.Get(p, "verified"), "image", js.Get(p, "image_url")), nil
		},
		subject: func(p *wire.Object) js.Value { return js.Get(p, "id") },
	}.make(o)
}

// discordImage returns the URL of the avatar, or of the one that Discord shows in its place: chosen by the id, or for
// accounts of old by the discriminator.
func discordImage(p *wire.Object) string {
	id, avatar, discriminator := Text(p, "id"), Text(p, "avatar"), Text(p, "discriminator")
	switch {
	case avatar != "" && strings.HasPrefix(avatar, "a_"):
		return "https://cdn.discordapp.com/avatars/" + id + "/" + avatar + ".gif"
	case avatar != "":
		return "https://cdn.discordapp.com/avatars/" + id + "/" + avatar + ".png"
	case discriminator == "0":
		n, _ := strconv.ParseUint(id, 10, 64)
		return "https://cdn.discordapp.com/embed/avatars/" + strconv.FormatUint((n>>22)%6, 10) + ".png"
	}
	n, _ := strconv.Atoi(discriminator)
	return "https://cdn.discordapp.com/embed/avatars/" + strconv.Itoa(n%5) + ".png"
}
