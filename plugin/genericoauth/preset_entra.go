package genericoauth

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/internal/js"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

var tenantID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// MicrosoftEntraID is one tenant of Microsoft Entra ID, named by its id. Use [provider.Microsoft] for common, organizations
// and consumers. ID tokens are always verified, and accounts named by their oid.
func MicrosoftEntraID(tenant string, g Config) Config {
	tenant = strings.ToLower(tenant)
	if !tenantID.MatchString(tenant) {
		g.invalid = fmt.Errorf("%w: microsoft-entra-id needs the id of a tenant", provider.ErrConfiguration)
	}
	base := "https://login.microsoftonline.com/" + tenant
	g = g.preset("microsoft-entra-id", openID, Config{
		DiscoveryURL:     base + "/v2.0/.well-known/openid-configuration",
		AuthorizationURL: base + "/oauth2/v2.0/authorize",
		TokenURL:         base + "/oauth2/v2.0/token",
		UserInfoURL:      "https://graph.microsoft.com/oidc/userinfo",
		GetUserInfo:      entraUser,
		AccountSubject: func(_ *oauth.Tokens, profile *wire.Object) string {
			return provider.Text(profile, "oid")
		},
	})
	g.RequireIDTokenVerification = true
	return g
}

// entraUser reads the ID token, which has been verified, and adds what Microsoft Graph says about the same subject.
func entraUser(ctx context.Context, c *oauth.Client, t *oauth.Tokens) (*wire.Object, error) {
	claims, err := js.Decode(t)
	if err != nil {
		return nil, err
	}
	oid := js.Get(claims, "oid")
	if strings.TrimSpace(provider.Text(claims, "oid")) == "" {
		return nil, fmt.Errorf("no oid")
	}
	more := wire.NewObject()
	if t.AccessToken != "" {
		// What Graph says is welcome, not needed.
		v, _ := js.Fetch(ctx, c, http.MethodGet, "https://graph.microsoft.com/oidc/userinfo", "", t)
		if p := js.Const(v).Object(); p != nil && provider.Text(claims, "sub") != "" &&
			provider.Text(p, "sub") == provider.Text(claims, "sub") {
			more = p
		}
	}
	email := js.Get(claims, "email").OrElse(js.Get(more, "email"))
	verified := js.Const(false)
	if email.V != nil {
		verified = js.Get(claims, "email_verified").OrElse(js.Get(more, "email_verified")).OrElse(verified)
	} else {
		address, err := js.Placeholder(oid, "microsoft-entra-id")
		if err != nil {
			return nil, err
		}
		email = js.Const(address)
	}
	out := wire.NewObject()
	for _, o := range []*wire.Object{more, claims} {
		for k, v := range o.All() {
			out.Set(k, v)
		}
	}
	set := func(name string, v js.Value) {
		if v.Defined {
			out.Set(name, v.V)
		} else {
			out.Delete(name)
		}
	}
	set("name", entraName(claims).OrElse(entraName(more)))
	set("email", email)
	set("image", js.Get(claims, "picture").OrElse(js.Get(more, "picture")))
	set("emailVerified", verified)
	return out, nil
}

func entraName(p *wire.Object) js.Value {
	if name := js.Get(p, "name"); name.V != nil {
		return name
	}
	part := func(a, b string) string { return js.Get(p, a).OrElse(js.Get(p, b)).Text() }
	name := strings.TrimSpace(part("given_name", "givenname") + " " + part("family_name", "familyname"))
	if name == "" {
		return js.Value{}
	}
	return js.Const(name)
}
