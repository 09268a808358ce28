package social_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// linkingRow is one combination of what decides about linking, and what better-auth has made of it.
type linkingRow struct {
	Flow, Local, Account                                        string
	ProviderVerified, Trusted, LinkingDisabled, DisableImplicit bool
	AllowUnverifiedLocal, AllowDifferentEmails, DifferentEmail  bool
	DisableSignUp, DisableImplicitSignUp, RequestSignUp         bool
	Want                                                        struct {
		Location string
		Status   int
		Code     string
		Session  bool
		Account  *struct{ Owner, Scope, AccessToken string }
		Verified *bool
	}
}

// TestLinkingTable goes through every combination, in both modes.
func TestLinkingTable(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/linking.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []linkingRow
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 300 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for i := range rows {
		for _, mode := range []core.Compat{core.Exact, core.Hardened} {
			t.Run(fmt.Sprintf("%d/%d", i, mode), func(t *testing.T) { rows[i].run(t, mode) })
		}
	}
}

func (r *linkingRow) run(t *testing.T, mode core.Compat) {
	t.Helper()
	w := newWorld(t, func(c *core.Config) {
		c.Compat = mode
		c.Account.Linking = core.LinkingConfig{
			Disabled: r.LinkingDisabled, DisableImplicit: r.DisableImplicit, AllowUnverifiedLocal: r.AllowUnverifiedLocal,
			AllowDifferentEmails: r.AllowDifferentEmails,
		}
		if r.Trusted && mode == core.Exact {
			c.Account.Linking.TrustedProviders = []string{"acme"}
		} else if r.Trusted {
			c.Account.Linking.TrustedProvidersFunc = func(context.Context, *core.Exchange) ([]string, error) { return []string{"acme"}, nil }
		}
	})
	email := "Ann@example.com"
	if r.DifferentEmail {
		email = "other@example.com"
	}
	w.acme.person = func(string) *provider.Identity { return identity("subject", email, r.ProviderVerified) }
	w.acme.tokens = func(string) (*oauth.Tokens, error) {
		return &oauth.Tokens{AccessToken: "at2", Scopes: []string{"a", "b"}}, nil
	}
	w.acme.DisableSignUp, w.acme.DisableImplicitSignUp = r.DisableSignUp, r.DisableImplicitSignUp
	b := w.browser()
	var local *model.User
	if r.Local != "none" {
		local = w.user("ann@example.com", r.Local == "verified")
		if r.Flow != "sign-in" {
			b = w.browserOf(local)
		}
	}
	if r.Account != "" {
		owner := local
		if r.Account == "other" {
			owner = w.user("owner@example.com", false)
		}
		scope, token := "x,a", "at1"
		if _, err := w.auth.CreateAccount(t.Context(), model.Account{UserID: owner.ID, ProviderID: "acme", AccountID: "subject", Scope: &scope, AccessToken: &token}); err != nil {
			t.Fatal(err)
		}
	}
	body := object{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"}
	if r.RequestSignUp {
		body["requestSignUp"] = true
	}
	path := map[string]string{"sign-in": "/sign-in/social", "link": "/link-social"}[r.Flow]
	if r.Flow == "link-id-token" {
		body["idToken"] = object{"token": "it-ann"}
		a := b.post("/link-social", body)
		var answer struct{ Code string }
		if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
			t.Fatal(err)
		}
		want(t, "status", a.status, r.Want.Status)
		want(t, "code", answer.Code, r.Want.Code)
	} else {
		state := b.stateOf(b.post(path, body))
		a := b.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(state), "")
		want(t, "location", a.location, r.Want.Location)
		if r.Flow == "sign-in" {
			want(t, "session", b.signedIn(), r.Want.Session)
		}
	}
	r.checkRows(t, w)
}

func (r *linkingRow) checkRows(t *testing.T, w *world) {
	t.Helper()
	users := map[string]store.Record{}
	for _, u := range w.rows("user") {
		users[u["id"].(string)] = u
		if u["email"] == "ann@example.com" {
			if r.Want.Verified == nil {
				t.Error("there is a user")
			} else if got := u["emailVerified"].(bool); got != *r.Want.Verified {
				t.Errorf("verified: got %v, want %v", got, *r.Want.Verified)
			}
		}
	}
	found := 0
	for _, acc := range w.rows("account") {
		if acc["providerId"] != "acme" {
			continue
		}
		found++
		if r.Want.Account == nil {
			t.Errorf("there is an account of %v", users[acc["userId"].(string)]["email"])
			continue
		}
		scope, _ := acc["scope"].(string)
		token, _ := acc["accessToken"].(string)
		want(t, "owner", users[acc["userId"].(string)]["email"].(string), r.Want.Account.Owner)
		want(t, "scope", scope, r.Want.Account.Scope)
		want(t, "access token", token, r.Want.Account.AccessToken)
	}
	if r.Want.Account != nil {
		want(t, "accounts", found, 1)
	}
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
