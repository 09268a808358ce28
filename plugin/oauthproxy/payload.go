package oauthproxy

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// seal encrypts what production tells the other server, in better-auth's form.
func (p *Plugin) seal(x *core.Exchange, one *provider.Provider, identity *provider.Identity, t *oauth.Tokens, s *social.State, name string) (string, error) {
	user := wire.NewObject()
	user.Set("id", identity.Subject)
	user.Set("email", identity.Email())
	user.Set("name", identity.Name())
	if image := identity.Image(); image != nil {
		user.Set("image", *image)
	}
	user.Set("emailVerified", identity.EmailVerified())

	acc := wire.NewObject()
	acc.Set("providerId", one.ID)
	acc.Set("accountId", identity.Subject)
	text := func(o *wire.Object, name, v string) {
		if v != "" {
			o.Set(name, v)
		}
	}
	text(acc, "accessToken", t.AccessToken)
	text(acc, "refreshToken", t.RefreshToken)
	text(acc, "idToken", t.IDToken)
	date := func(name string, at time.Time) {
		if !at.IsZero() {
			acc.Set(name, at)
		}
	}
	date("accessTokenExpiresAt", t.AccessTokenExpiresAt)
	date("refreshTokenExpiresAt", t.RefreshTokenExpiresAt)
	if t.Scopes != nil {
		acc.Set("scope", strings.Join(t.Scopes, ","))
	}

	o := wire.NewObject()
	o.Set("userInfo", user)
	o.Set("profile", identity.Profile)
	if t.Scopes != nil {
		o.Set("scopes", t.Scopes)
	}
	o.Set("account", acc)
	o.Set("state", name)
	o.Set("callbackURL", finalURL(s.CallbackURL))
	text(o, "newUserURL", s.NewUserURL)
	text(o, "errorURL", s.ErrorURL)
	if social.SignUpDisabledBy(one, s) {
		o.Set("disableSignUp", true)
	}
	o.Set("timestamp", float64(x.Now().UnixMilli()))
	out, err := wire.Append(nil, o)
	if err != nil {
		return "", fmt.Errorf("oauthproxy: %w", err)
	}
	return p.keyring(x.Auth(), profilePurpose).Encrypt(string(out)), nil
}

// finalURL is the one within the way back.
func finalURL(back string) string {
	u, err := url.Parse(back)
	if err != nil {
		return back
	}
	if target := u.Query().Get("callbackURL"); target != "" {
		return target
	}
	return back
}

// clockSkew is how far production's clock may be ahead.
const clockSkew = 10 * time.Second

// complete is the other server's part: it signs in, or links, whom production has identified. id is the provider's; empty for
// any.
func (p *Plugin) complete(ctx context.Context, x *core.Exchange, callback string, profile *string, id string) error {
	if err := x.CheckCallback(ctx, callback); err != nil {
		return err
	}
	base := social.Of(x.Auth())
	if textOf(profile) == "" {
		return base.Fail(ctx, x, "", social.FailureCode("missing_profile"))
	}
	payload, ok := p.open(x, profilePurpose, *profile)
	if !ok {
		return base.Fail(ctx, x, "", social.FailureCode("invalid_profile"))
	}
	in, err := readPayload(payload)
	if err != nil {
		return base.Fail(ctx, x, "", social.FailureCode("invalid_payload"))
	}
	if id != "" && id != in.providerID {
		return base.Fail(ctx, x, in.errorURL, social.FailureCode("provider_mismatch"))
	}
	if age := x.Now().Sub(in.at); age > p.opts.MaxAge || age < -clockSkew {
		return base.Fail(ctx, x, in.errorURL, social.FailureCode("payload_expired"))
	}
	// The state is this server's own. better-auth takes it from any browser.
	state, err := base.LoadState(ctx, x, in.state, !x.Hardened())
	if err != nil {
		return base.Fail(ctx, x, in.errorURL, social.FailureCode("state_mismatch"))
	}
	one := provider.Provider{ID: in.providerID}
	if known := base.Provider(ctx, x, in.providerID); known != nil {
		one = *known
	}
	one.DisableSignUp, one.DisableImplicitSignUp, one.OverrideUserInfo = in.disableSignUp, false, false
	state.CallbackURL, state.NewUserURL, state.ErrorURL = in.callbackURL, in.newUserURL, in.errorURL
	if err := errors.Join(x.CheckCallback(ctx, state.CallbackURL), x.CheckCallback(ctx, state.NewUserURL)); err != nil {
		return base.Fail(ctx, x, "", social.FailureCode("invalid_payload"))
	}
	return base.Finish(ctx, x, &one, in.identity, in.tokens, state)
}

// payload is what production has told.
type payload struct {
	providerID, state                 string
	callbackURL, newUserURL, errorURL string
	disableSignUp                     bool
	at                                time.Time
	identity                          *provider.Identity
	tokens                            *oauth.Tokens
}

var errPayload = errors.New("oauthproxy: malformed payload")

func readPayload(o *wire.Object) (*payload, error) {
	user, _ := o.Get("userInfo")
	info, isUser := user.(*wire.Object)
	account, _ := o.Get("account")
	acc, isAccount := account.(*wire.Object)
	stamp, _ := o.Get("timestamp")
	ms, isNumber := stamp.(float64)
	if !isUser || !isAccount || !isNumber {
		return nil, errPayload
	}
	in := &payload{
		providerID: provider.Text(acc, "providerId"), state: provider.Text(o, "state"), callbackURL: provider.Text(o, "callbackURL"),
		newUserURL: provider.Text(o, "newUserURL"), errorURL: provider.Text(o, "errorURL"), at: time.UnixMilli(int64(ms)),
		identity: &provider.Identity{Subject: provider.Text(acc, "accountId"), User: info, Profile: wire.NewObject()},
		tokens: &oauth.Tokens{
			AccessToken: provider.Text(acc, "accessToken"), RefreshToken: provider.Text(acc, "refreshToken"), IDToken: provider.Text(acc, "idToken"),
		},
	}
	if v, _ := o.Get("disableSignUp"); v == true {
		in.disableSignUp = true
	}
	if v, _ := o.Get("profile"); v != nil {
		if profile, ok := v.(*wire.Object); ok {
			in.identity.Profile = profile
		}
	}
	if scope, ok := acc.Get("scope"); ok && scope != nil {
		in.tokens.Scopes = oauth.ParseScopes(strings.ReplaceAll(provider.Text(acc, "scope"), ",", " "))
	}
	for name, to := range map[string]*time.Time{"accessTokenExpiresAt": &in.tokens.AccessTokenExpiresAt, "refreshTokenExpiresAt": &in.tokens.RefreshTokenExpiresAt} {
		if s := provider.Text(acc, name); s != "" {
			at, ok := wire.ParseTime(s)
			if !ok {
				return nil, errPayload
			}
			*to = at
		}
	}
	if in.providerID == "" || in.identity.Subject == "" || in.state == "" || in.callbackURL == "" {
		return nil, errPayload
	}
	return in, nil
}
