package password_test

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/password"
)

func Example() {
	ctx := context.Background()
	hasher := password.Bounded(new(password.Scrypt), password.Limits{})

	stored, err := hasher.Hash(ctx, "correct horse battery staple")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(stored))
	fmt.Println(hasher.Verify(ctx, stored, "correct horse battery staple"))
	fmt.Println(hasher.Verify(ctx, stored, "Correct horse battery staple"))
	// Output:
	// 161
	// true <nil>
	// false <nil>
}

// A hash that a Node server stored.
func ExampleScrypt_Verify() {
	const stored = "05c94db3923e63f014d03e0d77e88526:c66634db05f88b4cec86207e41f5698c4753035dabaa6b648f670b1a4bfb4c94" +
		"3c9fd89e036fdf01428c849b85cced9cace707468fd5b8bad9aa47a77dbec7e1"
	var scrypt password.Scrypt
	fmt.Println(scrypt.Verify(context.Background(), stored, "Å"))
	fmt.Println(scrypt.Verify(context.Background(), "plain text", "Å"))
	// Output:
	// true <nil>
	// false password: malformed hash
}

// Where there is no stored hash, the time of one is spent all the same.
func ExampleBurn() {
	hasher := password.Bounded(new(password.Scrypt), password.Limits{})
	if err := password.Burn(context.Background(), hasher, "a guess"); err != nil {
		fmt.Println("503", err)
		return
	}
	fmt.Println("401")
	// Output:
	// 401
}

func ExampleUTF16Len() {
	fmt.Println(password.UTF16Len("pässwörd"), password.UTF16Len("😀"))
	// Output:
	// 8 2
}
