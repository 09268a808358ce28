package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

func storeFrom(r *rig, table string, where ...store.Cond) store.Query {
	return store.From(r.Schema().Table(table), where...)
}

func endpoint(id, method, path string, access core.Access) core.AnyEndpoint {
	return core.Define(core.Spec{ID: id, Method: method, Path: path, Access: access},
		func(context.Context, *core.Exchange, core.None) (core.None, error) { return core.None{}, nil })
}

func TestNewReportsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := core.New(core.Config{
		Secret:         "short",
		TrustedOrigins: []string{"https://[bad"},
		DisabledPaths:  []string{"ok"},
		Plugins: []core.Plugin{
			testPlugin{core.Manifest{ID: "a", Requires: []string{"missing"}, Endpoints: []core.AnyEndpoint{
				endpoint("one", "GET", "/same", core.Public), endpoint("two", "GET", "/same", core.Public), endpoint("three", "GET", "/three", 0),
			}}},
			testPlugin{core.Manifest{ID: "b", Schema: []schema.Extension{{Table: "user", Columns: []schema.Column{{Name: "age", Kind: schema.String}}}}}},
			testPlugin{core.Manifest{ID: "c", Schema: []schema.Extension{{Table: "user", Columns: []schema.Column{{Name: "age", Kind: schema.Number}}}}}},
			testPlugin{core.Manifest{ID: "c"}},
			testPlugin{core.Manifest{}},
		},
	})
	if err == nil {
		t.Fatal("New accepted it")
	}
	for _, want := range []string{
		"Config.Store is not set", "Config.Secret has 5 characters", "Config.BaseURL is not set", "Config.DisabledPaths",
		`plugin a (endpoint "one") and plugin a (endpoint "two") both serve GET /same`, `"three" of plugin a does not say who may call it`,
		`plugin a needs the plugin "missing"`, `"age" of table "user" is declared twice`, `the plugin "c" is in Config.Plugins twice`, "has no id",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

func TestNewConfig(t *testing.T) {
	t.Parallel()
	base := core.Config{BaseURL: testOrigin, Secret: testSecret, Store: memdb.New()}
	for name, c := range map[string]struct {
		change func(*core.Config)
		want   string // part of the error, or "" for none
	}{
		"as it is":                   {func(*core.Config) {}, ""},
		"no secret":                  {func(c *core.Config) { c.Secret = "" }, "openssl rand"},
		"short secret":               {func(c *core.Config) { c.Secret = strings.Repeat("x", 31) }, "31 characters"},
		"no base URL":                {func(c *core.Config) { c.BaseURL = "" }, "Config.BaseURL is not set"},
		"no base URL in development": {func(c *core.Config) { c.BaseURL, c.Development = "", true }, ""},
		"base URL without scheme":    {func(c *core.Config) { c.BaseURL = "example.com" }, "Config.BaseURL"},
		"public http":                {func(c *core.Config) { c.BaseURL = "http://example.com" }, "in the clear"},
		"public http in development": {func(c *core.Config) { c.BaseURL, c.Development = "http://example.com", true }, ""},
		"secure cookies over http":   {func(c *core.Config) { c.BaseURL, c.Cookies.Secure = "http://example.com", core.On }, "browsers would drop the cookies"},
		"lifetime over 400 days":     {func(c *core.Config) { c.Session.ExpiresIn = 401 * 24 * 3600e9 }, "400 days"},
		"domain alone":               {func(c *core.Config) { c.Cookies.Domain = "example.com" }, "CrossSubDomain"},
		"misconfigured store":        {func(c *core.Config) { c.Store = refusing{memdb.New()} }, "set clientFoundRows"},
		"error page of a scheme":     {func(c *core.Config) { c.Errors.URL = "javascript:alert(1)" }, "Config.Errors.URL"},
		"bad hasher":                 {func(c *core.Config) { c.Password.Hasher = password.Bcrypt{Cost: 99} }, "Config.Password.Hasher: Bcrypt.Cost is 99"},
		"good hasher":                {func(c *core.Config) { c.Password.Hasher = password.Bcrypt{} }, ""},
		"bad proxy":                  {func(c *core.Config) { c.ClientIP.TrustedProxies = []string{"not-an-ip"} }, "not-an-ip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := base
			c.change(&cfg)
			_, err := core.New(cfg)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// refusing is a store that says it is misconfigured.
type refusing struct{ store.Store }

func (refusing) Check(context.Context) error {
	return errors.Join(store.ErrMisconfigured, errors.New("set clientFoundRows"))
}

func TestPluginsInitAndCloseInOrder(t *testing.T) {
	t.Parallel()
	var order []string
	p := func(id string, initErr error) core.Plugin {
		return testPlugin{core.Manifest{
			ID:    id,
			Init:  func(context.Context, *core.Auth) error { order = append(order, "init "+id); return initErr },
			Close: func(context.Context) error { order = append(order, "close "+id); return nil },
		}}
	}
	c := core.Config{BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), Plugins: []core.Plugin{p("a", nil), p("b", nil)}}
	auth, err := core.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := auth.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(order, ", "), "init a, init b, close b, close a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	order = nil
	c.Plugins = []core.Plugin{p("a", nil), p("b", errors.New("boom"))}
	if _, err := core.New(c); err == nil || !strings.Contains(err.Error(), "plugin b: boom") {
		t.Errorf("got %v, want the error of plugin b", err)
	}
	if got, want := strings.Join(order, ", "), "init a, init b, close a"; got != want {
		t.Errorf("after a failed Init: got %s, want %s", got, want)
	}
}
