// Package linkingtest goes through every combination of what decides whether a sign-in by a provider makes a user, is
// linked to one, or is refused (formats.md §6), on the store and behind the adapter that it is given.
package linkingtest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

//go:embed testdata/linking.json
var table []byte

// base is where the app believes to be.
const base = "http://localhost:3000"

// Options say what is tested. Neither field has a default.
type Options struct {
	// NewStore opens an empty store; the suite creates the tables.
	NewStore func(t testing.TB) store.Store
	// Serve mounts auth in a router, serves it until the test ends, and returns where, such as "http://127.0.0.1:4711".
	Serve func(t testing.TB, auth *core.Auth) (url string)
	// Modes are those to go through. The default is both.
	Modes []core.Compat
}

// row is one combination, and what better-auth has made of it.
type row struct {
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

// Run goes through the table.
func Run(t *testing.T, o Options) {
	t.Helper()
	var rows []row
	if err := json.Unmarshal(table, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 300 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	modes := o.Modes
	if modes == nil {
		modes = []core.Compat{core.Exact, core.Hardened}
	}
	db := o.NewStore(t)
	for _, mode := range modes {
		for i := range rows {
			t.Run(fmt.Sprintf("%d/%d", mode, i), func(t *testing.T) {
				w := newWorld(t, db, mode, &rows[i])
				w.url = o.Serve(t, w.auth)
				w.run(&rows[i])
			})
		}
	}
}

// world is an installation with two plugins: social, with one provider, and signer.
type world struct {
	*testing.T
	auth   *core.Auth
	url    string
	signer *signer
	jar    map[string]string
}

func newWorld(t *testing.T, db store.Store, mode core.Compat, r *row) *world {
	t.Helper()
	w := &world{T: t, signer: newSigner(), jar: map[string]string{}}
	linking := core.LinkingConfig{
		Disabled: r.LinkingDisabled, DisableImplicit: r.DisableImplicit, AllowUnverifiedLocal: r.AllowUnverifiedLocal,
		AllowDifferentEmails: r.AllowDifferentEmails,
	}
	if r.Trusted && mode == core.Exact {
		linking.TrustedProviders = []string{"acme"}
	} else if r.Trusted {
		linking.TrustedProvidersFunc = func(context.Context, *core.Exchange) ([]string, error) { return []string{"acme"}, nil }
	}
	auth, err := core.New(core.Config{
		BaseURL: base, Secret: strings.Repeat("s", 32), Store: db, Compat: mode,
		Plugins:    []core.Plugin{social.New(r.provider()), w.signer},
		Account:    core.AccountConfig{Linking: linking},
		RateLimit:  core.RateLimitConfig{Enabled: core.Off},
		Logger:     slog.New(slog.DiscardHandler),
		Background: func(fn func()) { fn() },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.auth = auth
	if err := auth.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{model.SessionTable, model.AccountTable, model.VerificationTable, model.UserTable} {
		if _, err := db.Delete(t.Context(), store.From(auth.Schema().Table(name))); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// provider describes one person, who comes with any code.
func (r *row) provider() *provider.Provider {
	email := "Ann@example.com"
	if r.DifferentEmail {
		email = "other@example.com"
	}
	return &provider.Provider{
		ID: "acme", Name: "acme",
		DisableSignUp: r.DisableSignUp, DisableImplicitSignUp: r.DisableImplicitSignUp,
		AuthorizationURL: func(_ context.Context, _ *oauth.Client, q provider.AuthorizationRequest) (string, error) {
			return oauth.Authorization{
				Endpoint: "https://acme.example/authorize", ClientID: "cid", State: q.State, Scopes: q.Scopes,
				RedirectURI: q.RedirectURI, CodeVerifier: q.CodeVerifier, Params: q.Params,
			}.URL()
		},
		Exchange: func(context.Context, *oauth.Client, provider.ExchangeRequest) (*oauth.Tokens, error) {
			return &oauth.Tokens{AccessToken: "at2", Scopes: []string{"a", "b"}}, nil
		},
		UserInfo: func(context.Context, *oauth.Client, provider.UserInfoRequest) (*provider.Identity, error) {
			user, profile := wire.NewObject(), wire.NewObject()
			user.Set("name", "Ann")
			user.Set("email", email)
			user.Set("emailVerified", r.ProviderVerified)
			profile.Set("sub", "subject")
			return &provider.Identity{Subject: "subject", User: user, Profile: profile}, nil
		},
		VerifyIDToken: func(context.Context, *oauth.Client, string, string) error { return nil },
	}
}

func (w *world) run(r *row) {
	w.Helper()
	local := w.prepare(r)
	if local != nil && r.Flow != "sign-in" {
		w.signIn(local)
	}
	body := map[string]any{"provider": "acme", "callbackURL": "/after", "errorCallbackURL": "/oops"}
	if r.RequestSignUp {
		body["requestSignUp"] = true
	}
	switch r.Flow {
	case "link-id-token":
		body["idToken"] = map[string]any{"token": "any"}
		res, text := w.send("POST", "/link-social", body)
		var answer struct{ Code string }
		if err := json.Unmarshal(text, &answer); err != nil {
			w.Fatal(err)
		}
		want(w, "status", res.StatusCode, r.Want.Status)
		want(w, "code", answer.Code, r.Want.Code)
	case "link":
		want(w, "location", w.dance("/link-social", body), r.Want.Location)
	default:
		want(w, "location", w.dance("/sign-in/social", body), r.Want.Location)
		_, signedIn := w.jar["better-auth.session_token"]
		want(w, "session", signedIn, r.Want.Session)
	}
	w.checkRows(r)
}

// prepare makes the user and the account that are there before, and returns the user.
func (w *world) prepare(r *row) (local *model.User) {
	w.Helper()
	if r.Local != "none" {
		local = w.user("ann@example.com", r.Local == "verified")
	}
	if r.Account == "" {
		return local
	}
	owner := local
	if r.Account == "other" {
		owner = w.user("owner@example.com", false)
	}
	scope, token := "x,a", "at1"
	_, err := w.auth.CreateAccount(w.Context(), model.Account{UserID: owner.ID, ProviderID: "acme", AccountID: "subject", Scope: &scope, AccessToken: &token})
	if err != nil {
		w.Fatal(err)
	}
	return local
}

func (w *world) checkRows(r *row) {
	w.Helper()
	owners := map[string]string{}
	for _, rec := range w.rows(model.UserTable) {
		u, err := model.UserFromRecord(w.auth.Schema().Table(model.UserTable), rec)
		if err != nil {
			w.Fatal(err)
		}
		owners[u.ID] = u.Email
		if u.Email != "ann@example.com" {
			continue
		}
		if r.Want.Verified == nil {
			w.Error("there is a user")
		} else {
			want(w, "verified", u.EmailVerified, *r.Want.Verified)
		}
	}
	found, accounts := 0, store.NewRows[model.Account](w.auth.Schema().Table(model.AccountTable))
	for _, rec := range w.rows(model.AccountTable) {
		acc, err := accounts.Decode(rec)
		if err != nil {
			w.Fatal(err)
		}
		if acc.ProviderID != "acme" {
			continue
		}
		found++
		if r.Want.Account == nil {
			w.Errorf("there is an account of %s", owners[acc.UserID])
			continue
		}
		want(w, "owner", owners[acc.UserID], r.Want.Account.Owner)
		want(w, "scope", text(acc.Scope), r.Want.Account.Scope)
		want(w, "access token", text(acc.AccessToken), r.Want.Account.AccessToken)
	}
	if r.Want.Account != nil {
		want(w, "accounts", found, 1)
	}
}

// dance goes to the provider and back, and returns where the callback leads.
func (w *world) dance(path string, body any) string {
	w.Helper()
	res, text := w.send("POST", path, body)
	var answer struct{ URL string }
	if err := json.Unmarshal(text, &answer); err != nil || res.StatusCode != http.StatusOK {
		w.Fatalf("%s: got %d %s", path, res.StatusCode, text)
	}
	u, err := url.Parse(answer.URL)
	if err != nil {
		w.Fatal(err)
	}
	res, _ = w.send("GET", "/callback/acme?code=ann&state="+url.QueryEscape(u.Query().Get("state")), nil)
	return res.Header.Get("Location")
}

// send sends a request as a browser does that follows no redirect.
func (w *world) send(method, path string, body any) (*http.Response, []byte) {
	w.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	if body == nil {
		data = nil
	}
	req, err := http.NewRequestWithContext(w.Context(), method, w.url+"/api/auth"+path, strings.NewReader(string(data)))
	if err != nil {
		w.Fatal(err)
	}
	req.Host = strings.TrimPrefix(base, "http://")
	req.Header.Set("Origin", base)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range w.jar {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(w.jar, c.Name)
		} else {
			w.jar[c.Name] = c.Value
		}
	}
	return res, text
}

func (w *world) rows(table string) []store.Record {
	w.Helper()
	rows, err := w.auth.Store().FindMany(w.Context(), store.From(w.auth.Schema().Table(table)))
	if err != nil {
		w.Fatal(err)
	}
	return rows
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// user makes a user with a password.
func (w *world) user(email string, verified bool) *model.User {
	w.Helper()
	u, err := w.auth.CreateUser(w.Context(), model.User{Name: "L", Email: email, EmailVerified: verified})
	if err != nil {
		w.Fatal(err)
	}
	if err := w.auth.SetPassword(w.Context(), u.ID, "hash"); err != nil {
		w.Fatal(err)
	}
	return u
}

// signIn signs somebody in.
func (w *world) signIn(u *model.User) {
	w.Helper()
	w.signer.user = u
	res, err := w.signer.in.Do(w.Context(), w.auth, core.None{})
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range res.Cookies {
		w.jar[c.Name] = cookie.EncodeURIComponent(c.Value)
	}
}

// signer is a way to sign in without a password.
type signer struct {
	user *model.User
	in   *core.Endpoint[core.None, core.None]
}

func newSigner() *signer {
	s := &signer{}
	s.in = core.Define(core.Spec{ID: "signer", Access: core.ServerOnly}, s.signIn)
	return s
}

// Manifest implements [core.Plugin].
func (s *signer) Manifest() core.Manifest {
	return core.Manifest{ID: "signer", Endpoints: []core.AnyEndpoint{s.in}}
}

func (s *signer) signIn(ctx context.Context, x *core.Exchange, _ core.None) (core.None, error) {
	_, err := x.CompleteSignIn(ctx, core.SignIn{User: s.user, Method: "test"})
	return core.None{}, err
}

func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
