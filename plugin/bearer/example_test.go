package bearer_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/bearer"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func Example() {
	pw := emailpassword.New(emailpassword.Options{})
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{pw, bearer.New(bearer.Options{})},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	res, err := pw.SignUp.Do(ctx, auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "correct horse"})
	if err != nil {
		fmt.Println(err)
		return
	}
	token := res.Header.Get("set-auth-token") // what a client over HTTP finds in the answer

	header := http.Header{"Authorization": {"Bearer " + token}}
	s, err := core.GetSession.Call(ctx, auth, core.GetSessionInput{}, core.WithHeader(header))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.User.Name)
	// Output: Ann
}
