package core

import "github.com/cardea-auth/cardea/core/wire"

// maxEmailBytes is the longest address (RFC 5321 §4.5.3.1.3, less the angle brackets).
const maxEmailBytes = 254

// ValidEmail reports whether s can be somebody's address, in any case: what better-auth's clients take for one, in at most
// 254 bytes. That is ASCII without spaces, commas and control characters.
func ValidEmail(s string) bool { return len(s) <= maxEmailBytes && wire.IsEmail(s) }

// errInvalidEmailMember answers an address that the check tag lets pass and ValidEmail does not.
func errInvalidEmailMember(member string) *Error {
	return ErrValidation.WithMessage("[body." + member + "] Invalid email address")
}
