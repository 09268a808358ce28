package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
)

// SignatureLength is the length of every signature in characters: 32 bytes in padded base64.
const SignatureLength = 44

// signatureEncoding is the alphabet with + and /, padded; cookies are signed in no other (formats §3.3).
var signatureEncoding = base64.StdEncoding

// digestEncoding is the alphabet with - and _, without padding.
var digestEncoding = base64.RawURLEncoding

// mac is an HMAC-SHA256 of one secret that is used again and again: once it was reset, hash/hmac restarts from the
// saved state of the padded key and hashes it no more. text holds the message, since a string cannot be written to a
// hash without a copy, and sum the result; both would otherwise escape to the heap on each call.
type mac struct {
	hash hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

// maxKeptText is the largest message buffer worth keeping in a pool, in bytes.
const maxKeptText = 4 << 10

func newMAC(key string) *mac { return &mac{hash: hmac.New(sha256.New, []byte(key))} }

// mac computes HMAC-SHA256 of value.
func (e *entry) mac(value string) [sha256.Size]byte {
	m := e.macs.Get().(*mac)
	m.hash.Reset()
	m.text = append(m.text[:0], value...)
	m.hash.Write(m.text)
	m.hash.Sum(m.sum[:0])
	sum := m.sum
	if cap(m.text) <= maxKeptText {
		e.macs.Put(m)
	}
	return sum
}

func (e *entry) sign(value string) (sig [SignatureLength]byte) {
	sum := e.mac(value)
	signatureEncoding.Encode(sig[:], sum[:])
	return sig
}

// Sign returns the signature of value with the current secret: HMAC-SHA256 in padded standard base64,
// [SignatureLength] characters. value is any text, also empty.
//
// A signature says nothing about what the value is for; who signs two kinds of values tells them apart in the values
// or takes a key per kind from [Keyring.Derive].
func (k *Keyring) Sign(value string) string {
	sig := k.current.sign(value)
	return string(sig[:])
}

// AppendSign appends the signature of value (see [Keyring.Sign]) to dst and returns the extended slice.
func (k *Keyring) AppendSign(dst []byte, value string) []byte {
	sig := k.current.sign(value)
	return append(dst, sig[:]...)
}

// Verify reports whether sig is the signature of value under the current secret; see also [Keyring.AcceptRetired].
//
// sig must be exactly what Sign returns: other alphabets, missing padding or different trailing bits are refused.
// The comparison takes the same time for every wrong signature of the right length. Verify does not allocate.
func (k *Keyring) Verify(value, sig string) bool {
	if len(sig) != SignatureLength {
		return false
	}
	var got [SignatureLength]byte
	copy(got[:], sig)
	if k.current.verify(value, &got) {
		return true
	}
	if !k.acceptRetired {
		return false
	}
	for _, e := range k.retired {
		if e.verify(value, &got) {
			return true
		}
	}
	return k.legacy != nil && k.legacy.verify(value, &got)
}

func (e *entry) verify(value string, sig *[SignatureLength]byte) bool {
	want := e.sign(value)
	return subtle.ConstantTimeCompare(want[:], sig[:]) == 1
}

// MAC returns HMAC-SHA256 of value with the current secret, as bytes: for the formats shared with Node that encode it
// otherwise than [Keyring.Sign] does.
func (k *Keyring) MAC(value string) [sha256.Size]byte { return k.current.mac(value) }

// Digest returns SHA-256 of s in base64url without padding, 43 characters: the form in which better-auth stores hashed
// identifiers, one-time codes and API keys. There is no key in it.
func Digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return digestEncoding.EncodeToString(sum[:])
}
