package idp

import (
	_ "embed" // for the keys
	"encoding/json"
	"strconv"

	jose "github.com/go-jose/go-jose/v4"
)

// keyFile has four RSA keys, one for P-256 and one for Ed25519. They are no secret. Making RSA keys takes long, and they
// cannot be made from a seed.
//
//go:embed keys.json
var keyFile []byte

// keyring is what the server signs with. The last RSA key is never published: it is the attacker's.
type keyring struct {
	rsa      []jose.JSONWebKey
	attacker jose.JSONWebKey
	other    map[string]jose.JSONWebKey // by algorithm
	current  int                        // how often was rotated
	oldest   int                        // the first generation that is still published
}

func newKeyring() *keyring {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(keyFile, &set); err != nil {
		panic(err)
	}
	k := set.Keys
	k[4].KeyID, k[5].KeyID = "ec-1", "ed-1"
	k[3].KeyID = "attacker"
	return &keyring{rsa: k[:3], attacker: k[3], other: map[string]jose.JSONWebKey{"ES256": k[4], "EdDSA": k[5]}}
}

// generation returns the RSA key that signs after n rotations. The keys come round; their ids do not.
func (k *keyring) generation(n int) jose.JSONWebKey {
	key := k.rsa[n%len(k.rsa)]
	key.KeyID = "rsa-" + strconv.Itoa(n+1)
	return key
}

// signing returns the key for an algorithm.
func (k *keyring) signing(algorithm string) jose.JSONWebKey {
	if algorithm == "RS256" {
		return k.generation(k.current)
	}
	return k.other[algorithm]
}

// public returns the key set that is published.
func (k *keyring) public() *jose.JSONWebKeySet {
	set := new(jose.JSONWebKeySet)
	add := func(key jose.JSONWebKey, algorithm string) {
		key = key.Public()
		key.Algorithm, key.Use = algorithm, "sig"
		set.Keys = append(set.Keys, key)
	}
	for n := k.current; n >= k.oldest && n > k.current-len(k.rsa); n-- {
		add(k.generation(n), "RS256")
	}
	add(k.other["ES256"], "ES256")
	add(k.other["EdDSA"], "EdDSA")
	return set
}

// Rotate makes the server sign with a new key. The old one stays in the key set unless retire is true.
func (s *Server) Rotate(retire bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys.current++
	if retire {
		s.keys.oldest = s.keys.current
	}
}
