package secret

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
)

// Salts and infos of HKDF (RFC 5869). better-auth's are part of its formats; ours differ from them in every part, so no
// value that Node accepts is ever made with a key from Derive.
const (
	purposeSalt = "better-auth:oauth-encryption:v1"
	jweInfo     = "BetterAuth.js Generated Encryption Key"
	deriveSalt  = "cardea:derived-key:v1"
)

// jweKeyLength is that of a key for A256CBC-HS512: 32 bytes of MAC key, then 32 of AES key (RFC 7518 §5.2.5).
const jweKeyLength = 64

// Derive returns a key of n bytes for values that no Node server or JavaScript helper reads: HKDF-SHA256 of the current
// secret with label as info.
//
// label names one purpose, such as "api-key/prefix-index": a key made for one is useless for another, so a value from
// one part of the system is never accepted by a different one. Use a label for one purpose only, and another label
// when its format changes. Derived keys follow the current secret: what they protect does not outlive a rotation. It
// panics if label is empty or n is not in 1…8160, both mistakes in the program. Keep the result rather than calling
// Derive on each request.
func (k *Keyring) Derive(label string, n int) []byte {
	if label == "" || n < 1 || n > 255*sha256.Size {
		panic("secret: Derive needs a label and a length of 1 to 8160 bytes")
	}
	return expand(k.current.Value, deriveSalt, label, n)
}

// Purpose returns the keyring that better-auth uses for one kind of OAuth ciphertext: each secret of k, the legacy one
// included, replaced by the hex form of a key derived from it.
//
// name is one of oauth-state-cookie, oauth-link-session-token, oauth-proxy-profile, oauth-proxy-state and
// oauth-proxy-package (formats §1.4). Build it once and keep it.
func (k *Keyring) Purpose(name string) *Keyring {
	derive := func(e *entry) *entry {
		key := expand(e.Value, purposeSalt, "better-auth:"+name+":v1", sha256.Size)
		return newEntry(e.Version, hex.EncodeToString(key))
	}
	p := &Keyring{current: derive(k.current), labelled: k.labelled, acceptRetired: k.acceptRetired}
	for _, e := range k.retired {
		p.retired = append(p.retired, derive(e))
	}
	if k.legacy != nil {
		p.legacy = derive(k.legacy)
	}
	return p
}

// JWEKey is a key for A256CBC-HS512 and the name that tokens call it by.
type JWEKey struct {
	ID    string // the key's RFC 7638 SHA-256 thumbprint, base64url; the token's kid
	Bytes []byte // 64 bytes
}

// JWEKeys returns the keys of better-auth's encrypted cookies: one per configured secret, the current one first and the
// legacy one last (left out if it equals another). The first encrypts, each may decrypt.
//
// salt tells the kinds of cookies apart: better-auth-session for session_data, better-auth-account for account_data
// (formats §3.5, §3.6). Build them once and keep them.
func (k *Keyring) JWEKeys(salt string) []JWEKey {
	values := []string{k.current.Value}
	known := k.legacy == nil || k.legacy.Value == k.current.Value
	for _, e := range k.retired {
		values = append(values, e.Value)
		known = known || e.Value == k.legacy.Value
	}
	if !known {
		values = append(values, k.legacy.Value)
	}
	keys := make([]JWEKey, len(values))
	for i, v := range values {
		key := expand(v, salt, jweInfo, jweKeyLength)
		// RFC 7638 §3.2: the required members of an octet key in lexical order, without white space.
		keys[i] = JWEKey{ID: Digest(`{"k":"` + digestEncoding.EncodeToString(key) + `","kty":"oct"}`), Bytes: key}
	}
	return keys
}

func expand(secret, salt, info string, n int) []byte {
	key, err := hkdf.Key(sha256.New, []byte(secret), []byte(salt), info, n)
	if err != nil {
		panic(err) // n is within the limit of RFC 5869 §2.3
	}
	return key
}
