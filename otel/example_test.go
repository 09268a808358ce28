package authotel_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	authotel "github.com/cardea-auth/cardea/otel"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func Example() {
	spans := tracetest.NewInMemoryExporter() // an app has the exporter of its backend
	o := authotel.Options{TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))}

	auth, err := core.New(core.Config{
		BaseURL:  "http://localhost:8080",
		Secret:   "example-secret-0123456789-0123456789",
		Store:    authotel.Store(memdb.New(), o), // an app takes memorystore.New() or bunstore.New(db)
		Password: core.PasswordConfig{Hasher: authotel.Hasher(nil, o)},
		Plugins:  []core.Plugin{authotel.New(o), emailpassword.New(emailpassword.Options{})},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/api/auth/sign-in/email",
		strings.NewReader(`{"email":"ann@example.com","password":"nobody knows"}`))
	r.Header.Set("Content-Type", "application/json")
	auth.Serve(context.Background(), r)

	for _, s := range spans.GetSpans() {
		fmt.Println(s.Name)
		for _, a := range s.Attributes {
			fmt.Printf("  %s = %s\n", a.Key, a.Value.String())
		}
	}
	// Output:
	// db findOne user
	//   db.operation.name = findOne
	//   db.collection.name = user
	// password hash
	// POST /sign-in/email
	//   better_auth.operation_id = signInEmail
	//   http.route = /sign-in/email
	//   http.request.method = POST
	//   cardea.sign_in.method = email
	//   http.response.status_code = 401
	//   cardea.error.code = INVALID_EMAIL_OR_PASSWORD
}
