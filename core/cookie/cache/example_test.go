package cache_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/secret"
)

// The application writes the cookie; a gateway in front of it, which knows the secret and no database, reads it.
func Example() {
	keys, err := secret.New("a secret of at least thirty-two characters")
	if err != nil {
		fmt.Println(err)
		return
	}
	codec, err := cache.New(keys, cache.Config{Strategy: cache.JWE}) // once
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

	data := cookie.Cookie{Name: "__Secure-better-auth.session_data", Attributes: cookie.Attributes{Path: "/", MaxAge: cookie.For(5 * time.Minute)}}
	data.Value, err = codec.Encode(cache.Content{
		Session: &model.Session{ID: "s1", Token: "t1", UserID: "u1", ExpiresAt: now.Add(time.Hour), CreatedAt: now, UpdatedAt: now},
		User:    &model.User{ID: "u1", Name: "Ann", Email: "ann@example.com", CreatedAt: now, UpdatedAt: now},
	}, now, 5*time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}
	cookies, err := cache.Update(nil, data)
	fmt.Println(len(cookies), err)

	r := &http.Request{Header: http.Header{"Cookie": {data.Name + "=" + cookies[0].Value}}}
	clock := func() time.Time { return now.Add(time.Minute) }
	entry, err := codec.FromRequest(r, cache.Options{Now: clock})
	if err != nil {
		fmt.Println(err) // not in the cache: ask the application
		return
	}
	fmt.Println(entry.User.Email, entry.ExpiresAt)
	// Output:
	// 1 <nil>
	// ann@example.com 2026-01-02 03:09:05 +0000 UTC
}

func ExampleSessionToken() {
	r := &http.Request{Header: http.Header{"Cookie": {"__Secure-app.session_token=token.signature"}}}
	if cache.SessionToken(r, cache.Options{Prefix: "app"}) == "" {
		fmt.Println("to the sign-in page")
		return
	}
	fmt.Println("probably signed in; the application will find out")
	// Output: probably signed in; the application will find out
}
