package authfiber_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	authfiber "github.com/cardea-auth/cardea/adapters/fiber"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// recovered returns the text of fn's panic, or "".
func recovered(fn func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	fn()
	return ""
}

// TestSubApp: an app inside of another serves auth where the two prefixes together are the beginning of the base path.
func TestSubApp(t *testing.T) {
	t.Parallel()
	parent, sub := fiber.New(), fiber.New()
	parent.Mount("/api", sub)
	authfiber.Mount(sub, newAuth())
	v := &visitor{app: parent}
	for path, want := range map[string]int{"/api/auth/ok": 200, "/api/auth/nothing": 404, "/api/auth": 404, "/auth/ok": 404} {
		if res := v.send("GET", path, ""); res.StatusCode != want {
			t.Errorf("GET %s: got %d, want %d", path, res.StatusCode, want)
		}
	}
	for name, build := range map[string]func(){
		"another prefix": func() {
			parent, sub := fiber.New(), fiber.New()
			parent.Mount("/v1", sub)
			authfiber.Mount(sub, newAuth())
		},
		"another prefix, later": func() {
			parent, sub := fiber.New(), fiber.New()
			authfiber.Mount(sub, newAuth())
			parent.Mount("/v1", sub)
		},
		"the right prefix, too late": func() {
			parent, sub := fiber.New(), fiber.New()
			authfiber.Mount(sub, newAuth())
			parent.Mount("/api", sub)
		},
	} {
		if text := recovered(build); !strings.Contains(text, "authfiber: auth is served under") {
			t.Errorf("%s: got panic %q, want one that says what is wrong", name, text)
		}
	}
	if text := recovered(func() {
		parent, sub := fiber.New(), fiber.New()
		authfiber.Mount(sub, newAuth())
		parent.Mount("/", sub)
	}); text != "" {
		t.Errorf("at the root, which changes no path: got panic %q", text)
	}
}

// TestGroupMiddleware: a group lends its middleware to all of core's routes.
func TestGroupMiddleware(t *testing.T) {
	t.Parallel()
	count := 0
	app := fiber.New()
	authfiber.Mount(app.Group("/api", func(c *fiber.Ctx) error {
		count++
		return c.Next()
	}), newAuth())
	v := &visitor{app: app}
	for path, want := range map[string]int{"/api/auth/ok": 200, "/api/auth/nothing": 404, "/api/auth": 404} {
		count = 0
		if res := v.send("GET", path, ""); res.StatusCode != want || count != 1 {
			t.Errorf("GET %s: got %d through %d middlewares, want %d through 1", path, res.StatusCode, count, want)
		}
	}
}

// TestBasePathWithSigns: what Fiber would take for a parameter cannot be served, and Mount says so.
func TestBasePathWithSigns(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"/a:b", "/a*", "/a+b", "/a(b)"} {
		auth, err := core.New(core.Config{BaseURL: "http://localhost:8080", BasePath: base, Secret: strings.Repeat("s", 32), Store: memdb.New()})
		if err != nil {
			t.Fatal(err)
		}
		if text := recovered(func() { authfiber.Mount(fiber.New(), auth) }); !strings.Contains(text, "Config.BasePath") {
			t.Errorf("base path %q: got panic %q, want one that says what to change", base, text)
		}
	}
}

// TestSession: the session is in Fiber's locals and in both of its contexts; of two Loads the inner one counts, also where
// it finds nobody.
func TestSession(t *testing.T) {
	t.Parallel()
	here, elsewhere := newAuth(), newAuth()
	app := fiber.New()
	authfiber.Mount(app, here)
	show := func(c *fiber.Ctx) error {
		return c.SendString(fmt.Sprint(
			authfiber.Session(c) != nil, authfiber.FromContext(c.UserContext()) != nil, authfiber.FromContext(c.Context()) != nil))
	}
	app.Get("/none", show)
	app.Get("/one", authfiber.Load(here), show)
	app.Get("/two", authfiber.Load(here), authfiber.Load(elsewhere), show)
	v := &visitor{app: app}
	v.signUp("Ann")
	for path, want := range map[string]string{"/none": "false false false", "/one": "true true true", "/two": "false false false"} {
		body, err := io.ReadAll(v.send("GET", path, "").Body)
		if err != nil || string(body) != want {
			t.Errorf("GET %s: got %q %v, want %q", path, body, err, want)
		}
	}
}

// TestBehindCookieParsing: a middleware that looks at the cookies, or rewrites a header, leaves them where core finds them.
func TestBehindCookieParsing(t *testing.T) {
	t.Parallel()
	auth := newAuth()
	app := fiber.New()
	app.Use(func(c *fiber.Ctx) error {
		if c.Get("X-Token") != "" {
			c.Request().Header.Set("Cookie", "better-auth.session_token="+c.Get("X-Token"))
		}
		_ = c.Cookies("other")
		return c.Next()
	})
	authfiber.Mount(app, auth)
	app.Get("/me", authfiber.Require(auth), hello)
	v := &visitor{app: app}
	v.signUp("Ann")
	if res := v.send("GET", "/me", ""); res.StatusCode != http.StatusOK {
		t.Errorf("cookies read before: got %d, want 200", res.StatusCode)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Token", v.cookies[0].Value)
	if res, err := app.Test(r, -1); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("cookie set by a middleware: got %v %v, want 200", res, err)
	}
}

// TestBrokenTarget: behind middleware of the app's own that such a target passes, Load refuses it as Mount does.
func TestBrokenTarget(t *testing.T) {
	t.Parallel()
	auth := newAuth()
	app := fiber.New()
	authfiber.Mount(app, auth)
	app.Get("/*", authfiber.Load(auth), func(*fiber.Ctx) error {
		t.Error("the handler is called")
		return nil
	})
	for _, target := range []string{"/api/auth/%zz", "/%zz"} {
		var c fasthttp.RequestCtx
		c.Request.Header.SetRequestURI(target)
		app.Handler()(&c)
		if got := c.Response.StatusCode(); got != fasthttp.StatusBadRequest {
			t.Errorf("GET %s: got %d, want 400", target, got)
		}
	}
}
