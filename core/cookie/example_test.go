package cookie_test

import (
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/secret"
)

func Example() {
	keys, err := secret.New("contract-vector-secret-0123456789-abcdefghijklmnop")
	if err != nil {
		fmt.Println(err)
		return
	}
	jar := cookie.Jar{Secure: true}
	session := jar.Cookie("session_token", cookie.Patch{MaxAge: new(cookie.For(time.Hour))})

	session.Value = cookie.Sign(keys, "tok123")
	line, err := session.SetCookie()
	fmt.Println(line, err)

	header := []string{"theme=dark; __Secure-better-auth.session_token=tok123.t3idYW872JrfRh26WLoeeepeuX%2BWZXjWguHW%2FddR0tQ%3D"}
	fmt.Println(cookie.GetSigned(keys, header, session.Name))
	// Output:
	// __Secure-better-auth.session_token=tok123.t3idYW872JrfRh26WLoeeepeuX%2BWZXjWguHW%2FddR0tQ%3D; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax <nil>
	// tok123 ok
}

func ExampleQueue() {
	var queue cookie.Queue
	session := cookie.Cookie{Name: "session", Attributes: cookie.Attributes{Path: "/", HttpOnly: true}}

	session.Value = "first"
	queue.Set(session)
	queue.Set(cookie.Cookie{Name: "theme", Value: "dark mode"})
	queue.Expire(session) // takes back the pending one, too

	lines, err := queue.AppendHeader(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range lines {
		fmt.Println(line)
	}
	// Output:
	// theme=dark%20mode
	// session=; Max-Age=0; Path=/; HttpOnly
}
