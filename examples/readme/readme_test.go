package readme

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	"github.com/cardea-auth/cardea/stores/bun/sqlite"
)

func TestMain(m *testing.M) {
	if err := os.Setenv("BETTER_AUTH_SECRET", "readme-test-secret-0123456789-0123456789"); err != nil {
		panic(err)
	}
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

// TestSnippetsStandInTheREADME compares each marked region of this package with the fenced block of that name.
func TestSnippetsStandInTheREADME(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)```go ([a-z/]+)\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		blocks[m[1]] = m[2]
	}
	regions := 0
	for _, file := range []string{"snippets.go", "plugin.go"} {
		source, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?s)(\t*)// README: ([a-z/]+)\n(.*?)\n\t*// END`).FindAllStringSubmatch(string(source), -1) {
			regions++
			want := strings.TrimSpace(dedent(m[3], m[1])) + "\n"
			if got := blocks[m[2]]; got != want {
				t.Errorf("the README's block %q differs from %s:\ngot\n%s\nwant\n%s", m[2], file, got, want)
			}
		}
	}
	if regions != len(blocks) || regions != 6 {
		t.Errorf("%d regions here, %d blocks in the README, want 6 of each", regions, len(blocks))
	}
}

func dedent(text, indent string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], indent)
	}
	return strings.Join(lines, "\n")
}

func testAuth(t *testing.T, more ...core.Plugin) *core.Auth {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "readme.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	auth, err := newAuth(t.Context(), db, more...)
	if err != nil {
		t.Fatal(err)
	}
	return auth
}

// TestSnippetsRun signs up and asks /me on each router.
func TestSnippetsRun(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(t *testing.T, auth *core.Auth) string{
		"echo": func(t *testing.T, auth *core.Auth) string {
			e := echo.New()
			onEcho(e, auth)
			return listen(t, e)
		},
		"gin": func(t *testing.T, auth *core.Auth) string {
			r := gin.New()
			onGin(r, auth)
			return listen(t, r)
		},
		"fiber": func(t *testing.T, auth *core.Auth) string {
			app := fiber.New(fiber.Config{DisableStartupMessage: true})
			onFiber(app, auth)
			l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go func() { _ = app.Listener(l) }()
			t.Cleanup(func() { _ = app.Shutdown() })
			return "http://" + l.Addr().String()
		},
		"net/http": func(t *testing.T, auth *core.Auth) string {
			mux := http.NewServeMux()
			onNetHTTP(mux, auth)
			return listen(t, mux)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := serve(t, testAuth(t))
			if status, _ := get(t, url+"/me", ""); status != http.StatusUnauthorized {
				t.Errorf("/me without a session: got %d, want 401", status)
			}
			cookie := signUp(t, url)
			status, body := get(t, url+"/me", cookie)
			var user struct{ Email string }
			if err := json.Unmarshal([]byte(body), &user); status != 200 || err != nil || user.Email != "ann@example.com" {
				t.Errorf("/me: got %d %s (%v), want ann@example.com", status, body, err)
			}
		})
	}
}

func listen(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func signUp(t *testing.T, url string) (cookie string) {
	t.Helper()
	res, err := http.Post(url+"/api/auth/sign-up/email", "application/json",
		strings.NewReader(`{"name":"Ann","email":"ann@example.com","password":"correct horse"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || len(res.Cookies()) == 0 {
		t.Fatalf("sign-up: %s", res.Status)
	}
	return res.Cookies()[0].Name + "=" + res.Cookies()[0].Value
}

func get(t *testing.T, url, cookie string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// TestPluginSnippetRuns calls the README's plugin in process, on behalf of a signed-in caller.
func TestPluginSnippetRuns(t *testing.T) {
	t.Parallel()
	greeter := NewGreeter()
	auth := testAuth(t, greeter)
	up, err := auth.Call(context.Background(), "signUpEmail", core.CallInput{
		Body: map[string]any{"name": "Ann", "email": "ann@example.com", "password": "correct horse"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := up.Value.(emailpassword.SignUpOutput); !ok {
		t.Errorf("sign-up returned %T", up.Value)
	}
	h := http.Header{}
	for _, c := range up.Cookies {
		line, err := c.SetCookie()
		if err != nil {
			t.Fatal(err)
		}
		pair, _, _ := strings.Cut(line, ";")
		h.Add("Cookie", pair)
	}
	out, err := greeter.Hello.Call(context.Background(), auth, HelloInput{Greeting: "Good evening,"}, core.WithHeader(h))
	if err != nil || out.Text != "Good evening, Ann" {
		t.Errorf("got %q (%v), want %q", out.Text, err, "Good evening, Ann")
	}
}
