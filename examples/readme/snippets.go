// Package readme holds the README's snippets, so that they are compiled and run: each region between a pair of markers
// stands in the README word for word, which the test checks.
package readme

import (
	"context"
	"database/sql"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"

	authecho "github.com/cardea-auth/cardea/adapters/echo"
	authfiber "github.com/cardea-auth/cardea/adapters/fiber"
	authgin "github.com/cardea-auth/cardea/adapters/gin"
	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
)

func newAuth(ctx context.Context, db *sql.DB, more ...core.Plugin) (*core.Auth, error) {
	// README: auth
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  os.Getenv("BETTER_AUTH_SECRET"), // openssl rand -base64 32
		Store:   bunstore.New(db),                // the *sql.DB your app has: SQLite, PostgreSQL, MySQL, MariaDB
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})},
	})
	if err == nil {
		err = auth.Migrate(ctx) // creates the tables that are missing
	}
	// END
	if err != nil || len(more) == 0 {
		return auth, err
	}
	c := auth.Config()
	c.Secret = os.Getenv("BETTER_AUTH_SECRET")
	c.Plugins = append(c.Plugins, more...)
	return core.New(c)
}

func onEcho(e *echo.Echo, auth *core.Auth) {
	// README: echo
	authecho.Mount(e, auth)
	e.GET("/me", func(c echo.Context) error {
		return c.JSON(http.StatusOK, authecho.Session(c).User)
	}, authecho.Require(auth))
	// END
}

func onGin(r *gin.Engine, auth *core.Auth) {
	// README: gin
	authgin.Mount(r, auth)
	r.GET("/me", authgin.Require(auth), func(c *gin.Context) {
		c.JSON(http.StatusOK, authgin.Session(c).User)
	})
	// END
}

func onFiber(app *fiber.App, auth *core.Auth) {
	// README: fiber
	authfiber.Mount(app, auth)
	app.Get("/me", authfiber.Require(auth), func(c *fiber.Ctx) error {
		return c.JSON(authfiber.Session(c).User)
	})
	// END
}

func onNetHTTP(mux *http.ServeMux, auth *core.Auth) {
	// README: net/http
	authhttp.Mount(mux, auth)
	mux.Handle("GET /me", authhttp.Require(auth)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _ := authhttp.Session(r).User.MarshalJSON()
		w.Header().Set("Content-Type", "application/json")
		w.Write(user)
	})))
	// END
}
