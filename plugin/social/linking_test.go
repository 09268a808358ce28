package social_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/linkingtest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// TestLinkingTable goes through every combination, in both modes.
func TestLinkingTable(t *testing.T) {
	t.Parallel()
	linkingtest.Run(t, linkingtest.Options{
		NewStore: func(testing.TB) store.Store { return memdb.New() },
		Serve: func(t testing.TB, auth *core.Auth) string {
			server := httptest.NewServer(auth)
			t.Cleanup(server.Close)
			return server.URL
		},
	})
}

// browserOf is a browser in which somebody has signed in.
func (w *world) browserOf(u *model.User) *browser {
	w.t.Helper()
	signer := &signer{user: u}
	signer.in = core.Define(core.Spec{ID: "signer", Access: core.ServerOnly}, signer.signIn)
	c := w.auth.Config()
	c.Secret = strings.Repeat("s", 32)
	c.Plugins = []core.Plugin{signer}
	auth, err := core.New(c)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := signer.in.Do(w.t.Context(), auth, core.None{})
	if err != nil {
		w.t.Fatal(err)
	}
	b := w.browser()
	for _, c := range res.Cookies {
		b.jar[c.Name] = cookie.EncodeURIComponent(c.Value)
	}
	return b
}

// signer signs somebody in.
type signer struct {
	user *model.User
	in   *core.Endpoint[core.None, core.None]
}

func (s *signer) Manifest() core.Manifest {
	return core.Manifest{ID: "signer", Endpoints: []core.AnyEndpoint{s.in}}
}

func (s *signer) signIn(ctx context.Context, x *core.Exchange, _ core.None) (core.None, error) {
	_, err := x.CompleteSignIn(ctx, core.SignIn{User: s.user, Method: "test"})
	return core.None{}, err
}

// TestLinkNeedsItsSession: a link whose session has ended in the meantime, in any way, comes to nothing.
func TestLinkNeedsItsSession(t *testing.T) {
	t.Parallel()
	bothStorages(t, func(t *testing.T, change func(*core.Config)) {
		for name, end := range map[string]func(w *world, b *browser, u *model.User){
			"signed out":  func(_ *world, b *browser, _ *model.User) { b.send("POST", "/sign-out", "") },
			"revoked":     func(w *world, _ *browser, u *model.User) { _ = w.auth.DeleteSessions(w.t.Context(), u.ID) },
			"expired":     func(w *world, b *browser, _ *model.User) { w.wait(7*24*time.Hour - time.Minute) },
			"user's gone": func(w *world, _ *browser, u *model.User) { _ = w.auth.DeleteUser(w.t.Context(), u.ID) },
		} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, change, func(c *core.Config) { c.Session.DisableRefresh = true })
				u := w.user("ann@example.com", true)
				b := w.browserOf(u)
				if name == "expired" {
					w.wait(7*24*time.Hour - 5*time.Minute)
				}
				state := b.stateOf(b.post("/link-social", object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"}))
				if name == "expired" {
					w.wait(5 * time.Minute)
				} else {
					kept := b.clone()
					end(w, b, u)
					b = kept
				}
				a := b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "")
				want(t, "location", a.location, "/oops?error=unable_to_link_account")
				for _, acc := range w.rows("account") {
					if acc["providerId"] == "acme" {
						t.Error("the account is linked")
					}
				}
			})
		}
	})
	w := newWorld(t)
	want(t, "without a session", w.browser().post("/link-social", object{"provider": "acme"}).status, 401)
}

// TestFiftyLinks: of fifty users who link one account at the same time, one gets it; of fifty requests of one user none makes
// a second row.
func TestFiftyLinks(t *testing.T) {
	t.Parallel()
	for _, users := range []int{1, 50} {
		w := newWorld(t, func(c *core.Config) { c.Account.Linking.AllowDifferentEmails = true })
		var wg sync.WaitGroup
		var all []*browser
		for i := range users {
			all = append(all, w.browserOf(w.user(fmt.Sprintf("u%d@example.com", i), true)))
		}
		for i := range 50 {
			b := all[i%users].clone()
			wg.Go(func() { b.post("/link-social", object{"provider": "acme", "idToken": object{"token": "it-ann"}}) })
		}
		wg.Wait()
		n := 0
		for _, acc := range w.rows("account") {
			if acc["providerId"] == "acme" {
				n++
			}
		}
		want(t, fmt.Sprintf("accounts with %d users", users), n, 1)
	}
}

// TestUnverifiedOwnerMustGo: where an app links to users who never verified their address, whoever made such a user does not
// stay in it.
func TestUnverifiedOwnerMustGo(t *testing.T) {
	t.Parallel()
	for _, mode := range []core.Compat{core.Hardened, core.Exact} {
		for _, verified := range []bool{true, false} {
			w := newWorld(t, func(c *core.Config) {
				c.Compat = mode
				c.Account.Linking.AllowUnverifiedLocal = true
				c.Account.Linking.TrustedProviders = []string{"acme"}
			})
			w.acme.person = func(string) *provider.Identity { return identity("s", "ann@example.com", verified) }
			attacker := w.browserOf(w.user("ann@example.com", false))
			want(t, "location", w.browser().signIn("ann").location, "/after")
			passwords := 0
			for _, acc := range w.rows("account") {
				if acc["providerId"] == model.CredentialProvider {
					passwords++
				}
			}
			hardened := mode == core.Hardened
			want(t, "passwords left", passwords == 0, hardened)
			want(t, "attacker is out", attacker.send("GET", "/get-session", "").body == "null", hardened)
		}
	}
}
