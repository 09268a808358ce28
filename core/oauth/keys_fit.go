package oauth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"

	"github.com/go-jose/go-jose/v4"
)

// fits reports whether a key is of the kind that an algorithm needs, so that the key and not the token's header decides
// how a signature is checked.
func fits(key jose.JSONWebKey, alg string) bool {
	switch k := key.Key.(type) {
	case *rsa.PublicKey:
		switch jose.SignatureAlgorithm(alg) {
		case jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512:
			return k.N.BitLen() >= 2048 // RFC 7518 §3.3
		}
	case *ecdsa.PublicKey:
		want := map[string]int{"ES256": 256, "ES384": 384, "ES512": 521}
		return want[alg] == k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return alg == string(jose.EdDSA)
	}
	return false
}
