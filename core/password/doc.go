// Package password hashes passwords in better-auth's format or another one, checks the hashes that other systems made, and
// keeps hashing from taking the machine down.
//
// [Scrypt] makes and checks better-auth's own text; one hash costs about 50 ms of a core and 32 MiB. [Argon2id] and [Bcrypt]
// are there instead of it, and [Import] also checks what users bring from elsewhere. Always put a hasher behind
// [Bounded], which lets a few run at a time and makes the others wait in line, or fail with [ErrBusy].
//
//	hasher := password.Bounded(new(password.Scrypt), password.Limits{})
//	stored, err := hasher.Hash(ctx, "correct horse battery staple")
//	ok, err := hasher.Verify(ctx, stored, "correct horse battery staple")
//
// The package does not decide which passwords are good enough. Check their length with [UTF16Len] before hashing.
package password
