package main

import (
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/examples/internal/exampletest"
)

func TestExample(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newApp(exampletest.NewAuth(t)))
	defer server.Close()
	exampletest.RouterExample(t, server.URL)
}
