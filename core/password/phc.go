package password

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What a stored hash may ask for. Whoever can write one row must not be able to take the machine down with it.
const (
	maxEncoded = 1024      // bytes of text
	minKey     = 16        // bytes; a key that is cut to nothing would be everybody's
	maxMemory  = 256 << 20 // bytes
	maxWork    = 2 << 30   // bytes of memory times the number of passes, about two seconds
)

// refused is an ErrMalformed with the reason. What it says must not be taken from salt or key.
func refused(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}

// phc is a hash in the PHC string format, $id$v=version$name=value,…$salt$key, where version and parameters may be
// missing (https://github.com/P-H-C/phc-string-format).
type phc struct {
	id        string
	names     []string // of the parameters, the version "v" among them; "" for a number without a name
	numbers   []uint32 // their values
	salt, key []byte
}

// parsePHC reads any hash of that form; salt and key are there, and the key is long enough to be one.
func parsePHC(encoded string) (h phc, ok bool) {
	if len(encoded) > maxEncoded || !strings.HasPrefix(encoded, "$") {
		return h, false
	}
	parts := strings.Split(encoded[1:], "$")
	last := len(parts) - 1
	if last < 2 || last > 4 {
		return h, false
	}
	h.id = parts[0]
	for _, group := range parts[1 : last-1] {
		for parameter := range strings.SplitSeq(group, ",") {
			name, value, named := strings.Cut(parameter, "=")
			if !named {
				name, value = "", parameter
			}
			n, ok := parseNumber(value)
			if !ok {
				return h, false
			}
			h.names, h.numbers = append(h.names, name), append(h.numbers, n)
		}
	}
	var saltOK, keyOK bool
	h.salt, saltOK = decode64(parts[last-1])
	h.key, keyOK = decode64(parts[last])
	return h, saltOK && keyOK && len(h.salt) > 0 && len(h.key) >= minKey
}

// has reports whether the parameters are just these, in this order.
func (h *phc) has(names ...string) bool { return slices.Equal(h.names, names) }

// parseNumber reads a decimal number as it is written by every system: without sign and without leading zeros.
func parseNumber(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && (s == "0" || s[0] != '0')
}

// other64 are the other alphabets of base64: of passlib, and of RFC 4648 §5.
var other64 = strings.NewReplacer(".", "+", "-", "+", "_", "/")

// decode64 reads base64 in any of its alphabets, padded or not.
func decode64(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") { // which encoding/base64 would skip
		return nil, false
	}
	data, err := base64.RawStdEncoding.DecodeString(other64.Replace(strings.TrimRight(s, "=")))
	return data, err == nil
}

// inEitherForm reports whether matches accepts password in Unicode form NFKC or, if that is another text, as it is.
//
// What this package hashes is in NFKC. Other systems mostly hash what was typed, and their hashes look the same.
func inEitherForm(password string, matches func(password string) (bool, error)) (bool, error) {
	normal := nfkc(password)
	ok, err := matches(normal)
	if !ok && err == nil && normal != password {
		return matches(password)
	}
	return ok, err
}

// burnEitherForm does as much work with h as inEitherForm does for a password that does not match.
func burnEitherForm(ctx context.Context, h Hasher, password string) (encoded string, err error) {
	_, err = inEitherForm(password, func(string) (bool, error) {
		encoded, err = h.Hash(ctx, "") // as much work as any password, and never one that is too long
		return false, err
	})
	return encoded, err
}
