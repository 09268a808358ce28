package oauth

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-auth/cardea/core/wire"
)

// PrivateKey signs client assertions (RFC 7523 §2.2), with which a client proves to a token endpoint who it is without a
// shared secret. PEM or JWK is needed.
type PrivateKey struct {
	PEM   []byte // PKCS #8
	JWK   []byte // a private JSON Web Key
	KeyID string // the kid of the assertion. The default is that of the JWK, if it has one
	// Algorithm is one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 and EdDSA. The default is the JWK's
	// alg, else RS256.
	Algorithm string
	// ExpiresIn is how long an assertion is good for. The default is 2 min.
	ExpiresIn time.Duration
	// Now is the clock. The default is time.Now.
	Now func() time.Time
}

// Assertion returns a function for [Credentials.Assertion], which makes a new assertion for each request. It reports a key
// that cannot be read or does not fit the algorithm, so that a mistake shows at the start.
func (k PrivateKey) Assertion() (func(ctx context.Context, r AssertionRequest) (string, error), error) {
	if k.Now == nil {
		k.Now = time.Now
	}
	if k.ExpiresIn == 0 {
		k.ExpiresIn = 2 * time.Minute
	}
	signer, err := k.signer()
	if err != nil {
		return nil, fmt.Errorf("oauth: private_key_jwt: %w", err)
	}
	sign := func(_ context.Context, r AssertionRequest) (string, error) {
		now := k.Now().Unix()
		claims := wire.NewObject()
		claims.Set("iss", r.ClientID)
		claims.Set("sub", r.ClientID)
		claims.Set("aud", r.TokenEndpoint)
		claims.Set("iat", float64(now))
		claims.Set("exp", float64(now+int64(k.ExpiresIn/time.Second)))
		claims.Set("jti", rand.Text())
		payload, err := wire.Append(nil, claims)
		if err != nil {
			return "", err
		}
		jws, err := signer.Sign(payload)
		if err != nil {
			return "", err
		}
		return jws.CompactSerialize()
	}
	// A key of the wrong kind shows only now.
	if _, err := sign(context.Background(), AssertionRequest{}); err != nil {
		return nil, fmt.Errorf("oauth: private_key_jwt: %w", err)
	}
	return sign, nil
}

func (k PrivateKey) signer() (jose.Signer, error) {
	key := jose.JSONWebKey{}
	switch {
	case len(k.JWK) > 0:
		if err := json.Unmarshal(k.JWK, &key); err != nil {
			return nil, errors.New("the JWK cannot be read")
		}
		if k.Algorithm != "" && key.Algorithm != "" && k.Algorithm != key.Algorithm {
			return nil, errors.New("the JWK's alg is another one than Algorithm")
		}
	case len(k.PEM) > 0:
		block, _ := pem.Decode(k.PEM)
		if block == nil {
			return nil, errors.New("no PEM block")
		}
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the PEM block is no PKCS #8 key")
		}
		key.Key = parsed
	default:
		return nil, errors.New("PEM or JWK is needed")
	}
	algorithm := jose.SignatureAlgorithm(or(or(k.Algorithm, key.Algorithm), string(jose.RS256)))
	if !slices.Contains(asymmetric, algorithm) {
		return nil, fmt.Errorf("the algorithm %q is not supported", string(algorithm))
	}
	key.KeyID = or(k.KeyID, key.KeyID)
	key.Algorithm = ""
	return jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, new(jose.SignerOptions).WithType("JWT"))
}
