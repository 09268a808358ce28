package cookie

import (
	"strings"

	"github.com/cardea-auth/cardea/core/secret"
)

// Result is what became of the signature of a cookie. Only OK authenticates anything.
type Result uint8

// The results of looking for a signed cookie.
const (
	// Absent means that there is no cookie, or that it does not have the form of a signed value.
	Absent Result = iota
	// Bad means that the value has the right form and the wrong signature.
	Bad
	// OK means that the signature is right.
	OK
)

// String returns the name of the result.
func (r Result) String() string {
	switch r {
	case Absent:
		return "absent"
	case Bad:
		return "bad"
	case OK:
		return "ok"
	}
	return "unknown"
}

// Sign returns value with its signature behind a dot, to be used as [Cookie].Value; writing the cookie encodes it.
// An empty value can be signed but never verifies.
func Sign(k *secret.Keyring, value string) string {
	var stack [128]byte // holds a signed session token
	b := append(stack[:0], value...)
	b = append(b, '.')
	return string(k.AppendSign(b, value))
}

// Unsign splits a decoded cookie value (see [Get]) at its last dot and verifies the signature behind it. It returns
// the value only with the result [OK] and "" otherwise. Unsign does not allocate.
func Unsign(k *secret.Keyring, raw string) (value string, result Result) {
	dot := strings.LastIndexByte(raw, '.')
	if dot < 1 {
		return "", Absent
	}
	value, sig := raw[:dot], raw[dot+1:]
	if len(sig) != secret.SignatureLength || !strings.HasSuffix(sig, "=") {
		return "", Absent
	}
	if !k.Verify(value, sig) {
		return "", Bad
	}
	return value, OK
}

// GetSigned returns the first value among the cookies called name whose signature is right.
//
// better-auth looks at the first cookie only, so that another host of the same domain can sign a browser out, by
// setting a cookie that is sent before ours. Without a right signature the result is that of the first cookie of the
// right form, or [Absent].
func GetSigned(k *secret.Keyring, headers []string, name string) (value string, result Result) {
	for raw := range All(headers, name) {
		switch value, r := Unsign(k, raw); r {
		case OK:
			return value, OK
		case Bad:
			result = Bad
		}
	}
	return "", result
}
