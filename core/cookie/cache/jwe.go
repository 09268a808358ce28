package cache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"strings"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/secret"
)

// ring are the keys of one kind of encrypted cookie, the one that encrypts first.
type ring struct{ keys []*jweKey }

// jweKey is a key for A256CBC-HS512 (RFC 7518 §5.2.5) and what is costly to prepare.
type jweKey struct {
	id     string
	header string // encoded, as we write it and Node does
	block  cipher.Block
	macs   sync.Pool // of *jweMAC
}

// jweMAC is an HMAC-SHA512 that is used again and again, with room for what goes through it.
type jweMAC struct {
	hash hash.Hash
	text []byte
	sum  [sha512.Size]byte
}

// Sizes of A256CBC-HS512 in bytes: half of the key for each algorithm, and half of the hash is kept.
const (
	jweKeyHalf = 32
	jweTag     = 32
)

// newRing derives the keys of every configured secret. salt is the kind of cookie.
func newRing(k *secret.Keyring, salt string) *ring {
	r := new(ring)
	for _, key := range k.JWEKeys(salt) {
		r.keys = append(r.keys, newJWEKey(key))
	}
	return r
}

func newJWEKey(key secret.JWEKey) *jweKey {
	mac, enc := key.Bytes[:jweKeyHalf], key.Bytes[jweKeyHalf:]
	block, err := aes.NewCipher(enc)
	if err != nil {
		panic(err) // half of a key from JWEKeys is an AES-256 key
	}
	k := &jweKey{id: key.ID, block: block}
	k.header = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"dir","enc":"A256CBC-HS512","kid":"` + key.ID + `"}`))
	k.macs.New = func() any { return &jweMAC{hash: hmac.New(sha512.New, mac)} }
	return k
}

func (c *Codec) encodeJWE(s *scratch, content Content, now time.Time, lifetime time.Duration) (string, error) {
	var err error
	if s.a, err = content.appendClaims(s.a, now, lifetime); err != nil {
		return "", err
	}
	s.a = appendID(s.a)
	return c.ring.seal(s.a), nil
}

// seal returns the compact serialization (RFC 7516 §7.1) of plaintext under the current key.
func (r *ring) seal(plaintext []byte) string {
	var iv [aes.BlockSize]byte
	rand.Read(iv[:])
	return r.keys[0].seal(&iv, plaintext)
}

func (k *jweKey) seal(iv *[aes.BlockSize]byte, plaintext []byte) string {
	m := k.mac(k.header)
	defer k.put(m)
	m.text = append(m.text, iv[:]...)
	start := len(m.text)
	m.text = append(m.text, plaintext...)
	for pad, n := byte(aes.BlockSize-len(plaintext)%aes.BlockSize), 0; n < int(pad); n++ { // PKCS #7
		m.text = append(m.text, pad)
	}
	sealed := m.text[start:]
	cipher.NewCBCEncrypter(k.block, iv[:]).CryptBlocks(sealed, sealed)
	tag := m.tag(len(k.header))

	out := make([]byte, 0, len(k.header)+4+base64.RawURLEncoding.EncodedLen(len(iv)+len(sealed)+jweTag)+2)
	out = append(out, k.header...)
	out = append(out, '.', '.') // a direct key is not sent
	out = base64.RawURLEncoding.AppendEncode(out, iv[:])
	out = append(out, '.')
	out = base64.RawURLEncoding.AppendEncode(out, sealed)
	out = append(out, '.')
	return string(base64.RawURLEncoding.AppendEncode(out, tag))
}

// open returns the plaintext of a token that one of the keys verifies.
func (r *ring) open(value string) (text string, ok bool) {
	header, rest, _ := strings.Cut(value, ".")
	encryptedKey, rest, _ := strings.Cut(rest, ".")
	iv, rest, _ := strings.Cut(rest, ".")
	sealed, tag, ok := strings.Cut(rest, ".")
	if !ok || encryptedKey != "" {
		return "", false
	}
	for _, k := range r.keys {
		if header == k.header {
			return k.open(header, iv, sealed, tag)
		}
	}
	return r.openForeign(header, iv, sealed, tag)
}

// openForeign opens a token that has the right algorithms and an unusual header. The key is the one it names. One that
// names none is verified with each in turn, as Node does: tokens of old releases did not.
//
// Node lists A256GCM among the algorithms it accepts, but the derived key is twice as long as that takes, so no token
// with it was ever opened.
func (r *ring) openForeign(header, iv, sealed, tag string) (text string, ok bool) {
	h, ok := parseHeader(header)
	if !ok || h.alg != "dir" || h.enc != "A256CBC-HS512" {
		return "", false
	}
	for _, k := range r.keys {
		if h.hasKid && h.kid != k.id {
			continue
		}
		if text, ok = k.open(header, iv, sealed, tag); ok {
			return text, true
		}
	}
	return "", false
}

func (k *jweKey) open(header, iv, sealed, tag string) (text string, ok bool) {
	m := k.mac(header)
	defer k.put(m)
	if m.text, ok = appendStrict(m.text, iv); !ok || len(m.text) != len(header)+aes.BlockSize {
		return "", false
	}
	start := len(m.text)
	if m.text, ok = appendStrict(m.text, sealed); !ok {
		return "", false
	}
	end := len(m.text)
	if n := end - start; n == 0 || n%aes.BlockSize != 0 {
		return "", false
	}
	var room [jweTag]byte
	got, ok := appendStrict(room[:0], tag)
	// Nothing is decrypted before the tag is right, so neither padding nor content can tell an attacker anything.
	if !ok || subtle.ConstantTimeCompare(m.tag(len(header)), got) != 1 {
		return "", false
	}
	plain := m.text[start:end]
	cipher.NewCBCDecrypter(k.block, m.text[start-aes.BlockSize:start]).CryptBlocks(plain, plain)
	if plain, ok = unpad(plain); !ok {
		return "", false
	}
	return string(plain), true
}

// unpad removes PKCS #7 padding (RFC 5652 §6.3).
func unpad(b []byte) ([]byte, bool) {
	n := int(b[len(b)-1])
	if n == 0 || n > aes.BlockSize {
		return nil, false
	}
	for _, c := range b[len(b)-n:] {
		if int(c) != n {
			return nil, false
		}
	}
	return b[:len(b)-n], true
}

// mac borrows an HMAC whose text begins with the additional data.
func (k *jweKey) mac(aad string) *jweMAC {
	m := k.macs.Get().(*jweMAC)
	m.text = append(m.text[:0], aad...)
	return m
}

func (k *jweKey) put(m *jweMAC) {
	if cap(m.text) <= maxKept {
		k.macs.Put(m)
	}
}

// tag returns the authentication tag of the text, which is additional data of that length, then the initialization
// vector, then the ciphertext. It is valid until m is used again.
func (m *jweMAC) tag(aad int) []byte {
	m.text = binary.BigEndian.AppendUint64(m.text, uint64(aad)*8)
	m.hash.Reset()
	m.hash.Write(m.text)
	return m.hash.Sum(m.sum[:0])[:jweTag]
}
