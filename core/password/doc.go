// Package password hashes passwords in better-auth's format and keeps hashing from taking the machine down.
//
// [Scrypt] makes and checks the stored text; one hash costs about 50 ms of a core and 32 MiB. Always put it behind
// [Bounded], which lets a few run at a time and makes the others wait in line, or fail with [ErrBusy].
//
//	hasher := password.Bounded(new(password.Scrypt), password.Limits{})
//	stored, err := hasher.Hash(ctx, "correct horse battery staple")
//	ok, err := hasher.Verify(ctx, stored, "correct horse battery staple")
//
// The package does not decide which passwords are good enough. Check their length with [UTF16Len] before hashing.
package password
