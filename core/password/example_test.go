package password_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

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

func ExampleArgon2id() {
	ctx := context.Background()
	hasher := password.Bounded(password.Argon2id{}, password.Limits{})

	stored, err := hasher.Hash(ctx, "correct horse battery staple")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stored[:30])
	fmt.Println(hasher.Verify(ctx, stored, "correct horse battery staple"))
	// Made with less: it verifies, and is to be replaced.
	const old = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	fmt.Println(hasher.Verify(ctx, old, "password"))
	fmt.Println(hasher.Outdated(stored), hasher.Outdated(old))
	// Output:
	// $argon2id$v=19$m=19456,t=2,p=1
	// true <nil>
	// true <nil>
	// false true
}

// bcrypt looks at 72 bytes. What is longer is refused, not cut.
func ExampleBcrypt() {
	ctx := context.Background()
	hasher := password.Bounded(password.Bcrypt{Cost: 10}, password.Limits{})

	_, err := hasher.Hash(ctx, strings.Repeat("long", 19))
	fmt.Println(errors.Is(err, password.ErrTooLong))
	stored, err := hasher.Hash(ctx, "correct horse battery staple")
	fmt.Println(stored[:7], err)
	// Output:
	// true
	// $2a$10$ <nil>
}

// Users who come from several systems; those who sign in get better-auth's hash.
func ExampleImport() {
	ctx := context.Background()
	hasher := password.Import(new(password.Scrypt),
		password.Bcrypt{Truncates: true},                // PHP, Node, Python, Go …
		password.Devise{Pepper: "the app's old pepper"}, // Ruby on Rails
		password.PBKDF2{},                               // Django, passlib
		password.Firebase{SignerKey: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="},
	)
	for _, stored := range []string{
		"$2y$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
		"pbkdf2_sha256$1000$seasalt$YIWkt6M1JFXrHg5s0jZjBSc7C2Cz6QvchSJ0h8Y+i7c=",
		"$5$rounds=5000$nobody$reads.this",
	} {
		ok, err := hasher.Verify(ctx, stored, "password")
		fmt.Println(ok, err, hasher.Outdated(stored))
	}
	// Output:
	// true <nil> true
	// true <nil> true
	// false password: malformed hash true
}

// The text to store is put together from a user of Firebase's export.
func ExampleFirebase() {
	user := struct{ Salt, PasswordHash string }{
		"42xEC+ixf3L2lw==",
		"lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
	}
	stored := "$firebase-scrypt$" + user.Salt + "$" + user.PasswordHash

	project := password.Firebase{
		SignerKey:     "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
		SaltSeparator: "Bw==",
		Rounds:        8,
		MemCost:       14,
	}
	fmt.Println(project.Verify(context.Background(), stored, "user1password"))
	// Output:
	// true <nil>
}
