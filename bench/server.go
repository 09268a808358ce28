package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"

	authecho "github.com/cardea-auth/cardea/adapters/echo"
	authfiber "github.com/cardea-auth/cardea/adapters/fiber"
	authgin "github.com/cardea-auth/cardea/adapters/gin"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/postgres"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

const secret = "bench-secret-0123456789-0123456789-abcdef"

// serveCell serves one cell until it is told to stop, after printing its address.
func serveCell(key, dsn string) error {
	var c cell
	for _, candidate := range cells(true) {
		if candidate.key() == key {
			c = candidate
		}
	}
	db, err := open(c.store, dsn)
	if err != nil {
		return err
	}
	var s store.Store = memorystore.New()
	if db != nil {
		s = bunstore.New(db)
	}
	auth, err := core.New(core.Config{
		BaseURL: origin, Secret: secret, Store: s,
		Plugins: append(c.plugins, emailpassword.New(emailpassword.Options{})), RateLimit: core.RateLimitConfig{Enabled: core.Off},
		Session: core.SessionConfig{CookieCache: core.CookieCacheConfig{Enabled: c.cached, Strategy: c.format, MaxAge: time.Hour}},
	})
	if err != nil {
		return err
	}
	if err := auth.Migrate(context.Background()); err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	served := make(chan error, 1)
	go func() { served <- serve(l, c, auth, db) }()
	select {
	case err := <-served:
		return err
	case <-stop:
		if db != nil {
			return db.Close()
		}
		return nil
	}
}

func open(kind, dsn string) (*sql.DB, error) {
	switch kind {
	case "sqlite":
		return sqlite.Open(dsn)
	case "postgres":
		return postgres.Open(dsn)
	default:
		return nil, nil
	}
}

func serve(l net.Listener, c cell, auth *core.Auth, db *sql.DB) error {
	switch c.adapter {
	case "echo":
		e := echo.New()
		e.GET("/mallocs", echo.WrapHandler(http.HandlerFunc(mallocs)))
		authecho.Mount(e, auth)
		return serveHTTP(l, e)
	case "gin":
		gin.SetMode(gin.ReleaseMode)
		r := gin.New()
		r.GET("/mallocs", gin.WrapF(mallocs))
		authgin.Mount(r, auth)
		return serveHTTP(l, r)
	case "fiber":
		app := fiber.New(fiber.Config{DisableStartupMessage: true})
		app.Get("/mallocs", func(c *fiber.Ctx) error { return c.SendString(mallocText()) })
		authfiber.Mount(app, auth)
		return app.Listener(l)
	case "floor":
		f, err := newFloor(c, db, auth)
		if err != nil {
			return err
		}
		return serveHTTP(l, f)
	default:
		return serveHTTP(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/mallocs" {
				mallocs(w, r)
				return
			}
			auth.ServeHTTP(w, r)
		}))
	}
}

func serveHTTP(l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func mallocText() string {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return strconv.FormatUint(m.Mallocs, 10)
}

// mallocs answers how many objects this process has allocated.
func mallocs(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, mallocText()) }

// benchPostgres makes a database for this run and returns its DSN and a function that drops it.
func benchPostgres(ctx context.Context) (dsn string, drop func(), err error) {
	base := os.Getenv("CARDEA_TEST_POSTGRES")
	if base == "" {
		base = "postgres://root@127.0.0.1:5432/test?sslmode=disable"
	}
	admin, err := postgres.Open(base)
	if err != nil {
		return "", nil, err
	}
	name := "cardea_bench_" + strconv.FormatInt(time.Now().UnixNano(), 36)
	if _, err := admin.ExecContext(ctx, `CREATE DATABASE `+name); err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	dsn, err = withDatabase(base, name)
	return dsn, func() {
		if _, err := admin.ExecContext(context.WithoutCancel(ctx), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			fmt.Println(err)
		}
		if err := admin.Close(); err != nil {
			fmt.Println(err)
		}
	}, err
}
