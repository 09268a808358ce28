package authecho_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// newAuth makes an Auth as an app does, over a store in memory.
func newAuth() *core.Auth {
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "a-secret-for-tests-0123456789-0123456789",
		Store:   memdb.New(),
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{})},
	})
	if err != nil {
		log.Fatal(err)
	}
	return auth
}

// visitor sends requests to an app and keeps its cookies.
type visitor struct {
	app     http.Handler
	cookies []*http.Cookie
}

func (v *visitor) send(method, path, body string) *http.Response {
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "http://localhost:8080")
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.app.ServeHTTP(w, r)
	res := w.Result()
	v.cookies = append(v.cookies, res.Cookies()...)
	return res
}

// get prints what comes of a GET.
func (v *visitor) get(path string) {
	res := v.send("GET", path, "")
	var body strings.Builder
	if err := res.Write(&body); err != nil {
		log.Fatal(err)
	}
	_, text, _ := strings.Cut(body.String(), "\r\n\r\n")
	fmt.Println(path, res.StatusCode, res.Header.Get("Location")+text)
}

func (v *visitor) signUp(name string) {
	res := v.send("POST", "/api/auth/sign-up/email", `{"name":"`+name+`","email":"ann@example.com","password":"correct horse"}`)
	if res.StatusCode != http.StatusOK {
		log.Fatal(res.Status)
	}
}

// discard is a response that goes nowhere.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// benchmark measures h with a request that looks for a session and brings none.
func benchmark(b *testing.B, h http.Handler) {
	r := httptest.NewRequest(http.MethodGet, "/api/auth/get-session", nil)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
	if w.status != http.StatusOK {
		b.Fatalf("got %d", w.status)
	}
}
