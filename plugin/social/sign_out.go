package social

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// leaving is what a sign-out asks a provider's page for.
type leaving struct {
	userID string
	input  core.SignOutInput
}

// leavingKey is the key of x.Value for it.
type leavingKey struct{}

// beforeSignOut remembers who signs out, for as long as that can be told, if there is a provider where they may want to sign
// out too.
func (p *Plugin) beforeSignOut(ctx context.Context, x *core.Exchange, in *core.SignOutInput) error {
	ends := func(one *provider.Provider) bool { return one.EndSessionURL != nil || one.Discover != nil }
	if !slices.ContainsFunc(p.of(x).providers, ends) {
		return nil
	}
	token, ok := x.SignedCookie(x.NewCookie("session_token", cookie.Patch{}))
	if !ok {
		return nil
	}
	s, err := x.Auth().FindSession(ctx, token)
	switch {
	case err == nil:
		x.SetValue(leavingKey{}, &leaving{s.User.ID, *in})
	case !errors.Is(err, store.ErrNotFound):
		// Signing out here is what matters, and it will say itself whether the database is away.
		x.Logger().ErrorContext(ctx, "the accounts of somebody who signs out could not be found", "error", err)
	}
	return nil
}

// afterSignOut adds the page where the user signs out of the provider to the answer (formats.md §4.4).
func (p *Plugin) afterSignOut(ctx context.Context, x *core.Exchange, out core.SignOutOutput, err error) (core.SignOutOutput, error) {
	who, ok := x.Value(leavingKey{}).(*leaving)
	if err != nil || !ok {
		return out, err
	}
	url := p.of(x).endSessionURL(ctx, x, who)
	if url == "" {
		return out, nil
	}
	redirect := !isTrue(who.input.DisableRedirect)
	if redirect {
		x.SetHeader("Location", url)
	}
	out.URL, out.Redirect = &url, &redirect
	return out, nil
}

// endSessionURL returns the page of the provider whose account was used last, of those who have one, or "". The session is
// over already: nothing that fails here keeps anybody signed in.
func (in *installation) endSessionURL(ctx context.Context, x *core.Exchange, who *leaving) string {
	accounts, err := in.auth.Accounts(ctx, who.userID)
	if err != nil {
		x.Logger().ErrorContext(ctx, "the accounts of somebody who signs out could not be found", "error", err)
		return ""
	}
	slices.SortStableFunc(accounts, func(a, b model.Account) int { return cmp.Compare(b.UpdatedAt.UnixMilli(), a.UpdatedAt.UnixMilli()) })
	asked := map[string]bool{}
	for _, acc := range accounts {
		if asked[acc.ProviderID] {
			continue
		}
		asked[acc.ProviderID] = true
		if in.find(acc.ProviderID) == nil {
			continue
		}
		one := in.load(ctx, x, acc.ProviderID)
		if one == nil || one.EndSessionURL == nil {
			continue
		}
		url, err := one.EndSessionURL(ctx, provider.EndSessionRequest{
			IDToken: text(acc.IDToken), PostLogoutRedirectURI: text(who.input.CallbackURL), BaseURL: x.Link(""), State: text(who.input.State),
		})
		if err != nil {
			x.Logger().ErrorContext(ctx, "there is no page to sign out of the provider", "provider", one.ID, "error", err)
			continue
		}
		if url != "" {
			return url
		}
	}
	return ""
}
