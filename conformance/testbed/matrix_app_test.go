package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"
	"github.com/labstack/echo/v4"

	"github.com/cardea-auth/cardea/adapters/echo"
	"github.com/cardea-auth/cardea/adapters/fiber"
	"github.com/cardea-auth/cardea/adapters/gin"
	"github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/conformance/adaptertest"
)

// suites are adaptertest's options for each adapter, but for the store. What each router does differently is explained
// at the adapter's own test.
var suites = map[string]adaptertest.Options{
	"stdlib": {
		Serve:    overHTTP(stdlibRouter),
		Features: adaptertest.Features{NoGroups: true, NoStrangeMethods: true, CleansPaths: true},
	},
	"echo":  {Serve: overHTTP(echoRouter)},
	"gin":   {Serve: overHTTP(ginRouter), Features: adaptertest.Features{NoStrangeMethods: true}},
	"fiber": {Serve: overFiber, Features: adaptertest.Features{NoCancellation: true, NoStrangeMethods: true, KeepsBody: true}},
}

// overHTTP serves a router of net/http, with the middleware that an app asks for in front of it.
func overHTTP(router func(t testing.TB, app adaptertest.App) http.Handler) func(testing.TB, adaptertest.App) string {
	return func(t testing.TB, app adaptertest.App) string {
		server := httptest.NewServer(inFront(t, app, router(t, app)))
		t.Cleanup(server.Close)
		return server.URL
	}
}

func inFront(t testing.TB, app adaptertest.App, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from := r.Header.Get("Origin"); app.FrontEnd != "" && from == app.FrontEnd {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", from)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "set-auth-token")
			if r.Header.Get("Access-Control-Request-Method") != "" {
				h.Set("Access-Control-Allow-Methods", "GET, POST")
				h.Set("Access-Control-Allow-Headers", "Content-Type")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		if app.BodyLimit > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, app.BodyLimit)
		}
		if app.EatBody {
			eat(t, r.Body)
		}
		if app.Context != nil {
			r = r.WithContext(app.Context(r.Context()))
		}
		if app.Cookie != "" {
			w.Header().Add("Set-Cookie", app.Cookie)
		}
		next.ServeHTTP(w, r)
	})
}

func eat(t testing.TB, body io.Reader) []byte {
	data, err := io.ReadAll(body)
	if err != nil {
		t.Error(err)
	}
	return data
}

func stdlibRouter(t testing.TB, app adaptertest.App) http.Handler {
	mux := http.NewServeMux()
	authhttp.Mount(mux, app.Auth)
	for _, route := range app.Routes {
		access := authhttp.Load(app.Auth)
		if route.Require {
			access = authhttp.Require(app.Auth, route.Guards...)
		}
		mux.Handle(route.Method+" "+route.Path, access(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, route.Handle(authhttp.Session(r), eat(t, r.Body)))
		})))
	}
	return mux
}

func echoRouter(t testing.TB, app adaptertest.App) http.Handler {
	e := echo.New()
	if app.Group == "" {
		authecho.Mount(e, app.Auth)
	} else {
		authecho.Mount(e.Group(app.Group), app.Auth)
	}
	for _, route := range app.Routes {
		access := authecho.Load(app.Auth)
		if route.Require {
			access = authecho.Require(app.Auth, route.Guards...)
		}
		handler := func(c echo.Context) error {
			return c.String(http.StatusOK, route.Handle(authecho.Session(c), eat(t, c.Request().Body)))
		}
		if route.Group == "" {
			e.Add(route.Method, route.Path, handler, access)
		} else {
			e.Group(route.Group, access).Add(route.Method, route.Path, handler)
		}
	}
	return e
}

func ginRouter(t testing.TB, app adaptertest.App) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	if app.Group == "" {
		authgin.Mount(r, app.Auth)
	} else {
		authgin.Mount(r.Group(app.Group), app.Auth)
	}
	for _, route := range app.Routes {
		access := authgin.Load(app.Auth)
		if route.Require {
			access = authgin.Require(app.Auth, route.Guards...)
		}
		handler := func(c *gin.Context) {
			c.String(http.StatusOK, "%s", route.Handle(authgin.Session(c), eat(t, c.Request.Body)))
		}
		if route.Group == "" {
			r.Handle(route.Method, route.Path, access, handler)
		} else {
			r.Group(route.Group, access).Handle(route.Method, route.Path, handler)
		}
	}
	return r
}

func overFiber(t testing.TB, app adaptertest.App) string {
	config := fiber.Config{DisableStartupMessage: true, CaseSensitive: true, StrictRouting: true, BodyLimit: 8 << 20}
	if app.BodyLimit > 0 {
		config.BodyLimit = int(app.BodyLimit)
	}
	f := fiber.New(config)
	if app.FrontEnd != "" {
		f.Use(cors.New(cors.Config{AllowOrigins: app.FrontEnd, AllowCredentials: true, AllowMethods: "GET,POST",
			AllowHeaders: "Content-Type", ExposeHeaders: "set-auth-token"}))
	}
	f.Use(func(c *fiber.Ctx) error {
		if app.EatBody {
			c.Body()
		}
		if app.Context != nil {
			c.SetUserContext(app.Context(c.UserContext()))
		}
		if app.Cookie != "" {
			c.Response().Header.Add("Set-Cookie", app.Cookie)
		}
		return c.Next()
	})
	if app.Group == "" {
		authfiber.Mount(f, app.Auth)
	} else {
		authfiber.Mount(f.Group(app.Group), app.Auth)
	}
	for _, route := range app.Routes {
		access := authfiber.Load(app.Auth)
		if route.Require {
			access = authfiber.Require(app.Auth, route.Guards...)
		}
		handler := func(c *fiber.Ctx) error { return c.SendString(route.Handle(authfiber.Session(c), c.Body())) }
		if route.Group == "" {
			f.Add(route.Method, route.Path, access, handler)
		} else {
			f.Group(route.Group, access).Add(route.Method, route.Path, handler)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- f.Listener(listener) }()
	t.Cleanup(func() {
		if err := f.Shutdown(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return "http://" + listener.Addr().String()
}
