package devices_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/examples/internal/exampletest"
	devices "github.com/cardea-auth/cardea/examples/plugin"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
)

func TestPlugin(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{New: func() core.Plugin { return devices.New() }})
}

func TestDevices(t *testing.T) {
	t.Parallel()
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-test-secret-0123456789-0123456789",
		Store:   memorystore.New(),
		Plugins: []core.Plugin{emailpassword.New(emailpassword.Options{}), devices.New()},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	authhttp.Mount(mux, auth)
	server := httptest.NewServer(mux)
	defer server.Close()

	c := exampletest.NewClient(t, server.URL)
	c.Want(c.Do("GET", "/api/auth/devices/list", ""), 401, "UNAUTHORIZED")
	c.Want(c.Do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"correct horse"}`, "User-Agent", "Browser/1"), 200, "")
	c.Want(c.Do("POST", "/api/auth/devices/add", `{"name":""}`, "Origin", "http://localhost:8080"), 400, "VALIDATION_ERROR")
	c.Want(c.Do("POST", "/api/auth/devices/add", `{"name":"Phone"}`, "Origin", "http://localhost:8080"), 200, `"name":"Phone"`)
	list := c.Do("GET", "/api/auth/devices/list", "")
	c.Want(list, 200, `"name":"Browser/1"`)
	c.Want(list, 200, `"name":"Phone"`)
	if strings.Contains(list.Body, "userId") {
		t.Errorf("the list shows a column that is not for clients: %s", list.Body)
	}
}
