package authfiber_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/gofiber/fiber/v2"

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
	app     *fiber.App
	cookies []*http.Cookie
}

func (v *visitor) send(method, path, body string) *http.Response {
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "http://localhost:8080")
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	res, err := v.app.Test(r, -1)
	if err != nil {
		log.Fatal(err)
	}
	v.cookies = append(v.cookies, res.Cookies()...)
	return res
}

// get prints what comes of a GET.
func (v *visitor) get(path string) {
	res := v.send("GET", path, "")
	body, err := io.ReadAll(res.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(path, res.StatusCode, res.Header.Get("Location")+string(body))
}

func (v *visitor) signUp(name string) {
	res := v.send("POST", "/api/auth/sign-up/email", `{"name":"`+name+`","email":"ann@example.com","password":"correct horse"}`)
	if res.StatusCode != http.StatusOK {
		log.Fatal(res.Status)
	}
}
