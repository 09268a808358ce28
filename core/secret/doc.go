// Package secret holds what an installation keeps to itself: the configured secrets, and the random strings made while
// it runs.
//
// A [Keyring] signs, encrypts and derives keys the way better-auth does, so that a Node server with the same secret
// reads what we write; values that are ours alone get a key of their own through [Keyring.Derive]. Random identifiers
// and tokens come from [ID], [String] and [Random].
//
//	keys, err := secret.New(os.Getenv("BETTER_AUTH_SECRET"))
//	token := secret.ID()
//	signature := keys.Sign(token)
//
// It does not hash passwords (see core/password) and does not judge how strong a secret is: the configuration does.
package secret
