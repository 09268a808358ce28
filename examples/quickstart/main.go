// Command quickstart is a whole small app with sign-up, sign-in and sign-out on an embedded SQLite file.
//
//	go run ./examples/quickstart
//
// Then open http://localhost:8080. The data is in quickstart.sqlite beside where it was started; mails are printed to the
// terminal.
package main

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

//go:embed page.html page.css page.js
var files embed.FS

func main() {
	addr := flag.String("addr", "localhost:8080", "where to listen")
	file := flag.String("db", "quickstart.sqlite", "the database file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *file); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, addr, file string) (err error) {
	app, err := newApp(ctx, "http://"+addr, file)
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr: addr, Handler: app.handler,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- errors.Join(server.Shutdown(drain), app.close(drain))
	}()
	fmt.Printf("Open http://%s and sign up. Ctrl-C stops.\n", addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// app is the example: an Auth, one page, and what has to be closed in the end.
type app struct {
	handler http.Handler
	close   func(context.Context) error
}

func newApp(ctx context.Context, baseURL, file string) (*app, error) {
	db, err := sqlite.Open(file)
	if err != nil {
		return nil, err
	}
	secret, err := loadSecret(file + ".secret")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	auth, err := core.New(core.Config{
		AppName: "Quickstart",
		BaseURL: baseURL,
		Secret:  secret,
		Store:   bunstore.New(db),
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})},
		Hooks:   []core.Hook{welcome(printMail)},
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := auth.Migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	mux := http.NewServeMux()
	authhttp.Mount(mux, auth)
	mux.Handle("GET /page.css", http.FileServerFS(files))
	mux.Handle("GET /page.js", http.FileServerFS(files))
	mux.Handle("GET /{$}", authhttp.Load(auth)(showPage(page)))
	return &app{handler: mux, close: func(ctx context.Context) error { return errors.Join(auth.Close(ctx), db.Close()) }}, nil
}

// showPage shows who is signed in, or the forms to become so.
func showPage(page *template.Template) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		if err := page.Execute(w, authhttp.Session(r)); err != nil {
			log.Print(err)
		}
	})
}

// welcome greets whoever gets a session by signing up. Sending must not delay the answer, so it runs in the background.
func welcome(send func(to, subject, text string) error) core.Hook {
	return core.AfterAny(core.Paths("/sign-up/email"), func(ctx context.Context, x *core.Exchange, out any, err error) (any, error) {
		if s := x.NewSession(); err == nil && s != nil {
			x.Auth().Background(ctx, "welcome mail", func(context.Context) error {
				return send(s.User.Email, "Welcome", "Hello "+s.User.Name+", good to have you here.")
			})
		}
		return out, err
	})
}

// printMail stands in for a mail server. What people typed is quoted, so that it cannot forge a line of the log.
func printMail(to, subject, text string) error {
	_, err := fmt.Printf("--- mail to %q\nSubject: %s\n\n%q\n---\n", to, subject, text)
	return err
}

// loadSecret keeps the secret in a file, so that a restart signs nobody out. An app in production takes it from its
// environment instead.
func loadSecret(file string) (string, error) {
	text, err := os.ReadFile(filepath.Clean(file))
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	secret := rand.Text() + rand.Text()
	return secret, os.WriteFile(file, []byte(secret+"\n"), 0o600)
}
