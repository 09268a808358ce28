package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-auth/cardea/core/wire"
)

// ErrIDToken says that an ID token must not be believed. It comes wrapped, with the reason.
var ErrIDToken = errors.New("oauth: id token")

// clockTolerance is how far two clocks may be apart.
const clockTolerance = 30 * time.Second

// maxTokenBytes is more than any provider's ID token has, and little to parse in vain.
const maxTokenBytes = 64 << 10

// IDTokenPolicy says which ID tokens are good. Audiences is needed.
type IDTokenPolicy struct {
	// JWKS is the URL of the provider's keys.
	JWKS string
	// Header is sent when the keys are fetched.
	Header map[string]string
	// Issuers are those that iss may name. Empty: any, for a provider whose issuer depends on the token; Check says.
	Issuers []string
	// Audiences are the client ids of which aud has to name one.
	Audiences []string
	// Algorithms are the signature algorithms that the provider uses. Symmetric ones and none are never taken. Empty: any
	// of the asymmetric ones that fits the key.
	Algorithms []string
	// MaxAge is how long ago a token may have been issued. Zero: as long as it has not expired.
	MaxAge time.Duration
	// RequireKeyID refuses tokens that do not name their key, for a provider whose tokens always do.
	RequireKeyID bool
	// HashedNonce also takes a nonce claim that is the SHA-256 of the nonce, in lower-case hex, as Apple's apps do.
	HashedNonce bool
	// Check looks at the claims after all else. May be nil.
	Check func(claims *wire.Object) error
}

// asymmetric are the algorithms that this package verifies, all with a public key (RFC 7518 §3.1, RFC 8037 §3.1).
var asymmetric = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// VerifyIDToken verifies a token (OIDC Core §3.1.3.7) and returns its claims. The algorithm comes from the policy and the
// key, never from the token; the key is the one that the token's kid names among the provider's. iss, aud, azp, exp, iat,
// sub and nbf are checked, with 30 s for clocks that differ, and nonce unless it is empty. Every failure is [ErrIDToken]
// but for one to fetch the keys.
func (c *Client) VerifyIDToken(ctx context.Context, token string, p IDTokenPolicy, nonce string) (*wire.Object, error) {
	if !slices.ContainsFunc(p.Audiences, func(s string) bool { return s != "" }) {
		return nil, fmt.Errorf("%w: no audience is configured", ErrIDToken)
	}
	if len(token) > maxTokenBytes {
		return nil, fmt.Errorf("%w: too long", ErrIDToken)
	}
	algorithms := asymmetric
	if len(p.Algorithms) > 0 {
		algorithms = slices.DeleteFunc(slices.Clone(asymmetric), func(a jose.SignatureAlgorithm) bool {
			return !slices.Contains(p.Algorithms, string(a))
		})
	}
	if len(algorithms) == 0 {
		return nil, fmt.Errorf("%w: no algorithm of the policy is asymmetric", ErrIDToken)
	}
	jws, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil || len(jws.Signatures) != 1 {
		return nil, fmt.Errorf("%w: not a JWS with an algorithm of the policy", ErrIDToken)
	}
	header := jws.Signatures[0].Protected
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); !c.exact && !isIDTokenType(typ) {
		return nil, fmt.Errorf("%w: it is another kind of token", ErrIDToken)
	}
	if p.RequireKeyID && header.KeyID == "" {
		return nil, fmt.Errorf("%w: it names no key", ErrIDToken)
	}
	keys, err := c.keys.find(ctx, c, p.JWKS, p.Header, header.KeyID, header.Algorithm)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		payload, err := jws.Verify(key)
		if err != nil {
			continue
		}
		claims, err := parseClaims(payload)
		if err != nil {
			return nil, err
		}
		return claims, c.check(claims, p, nonce)
	}
	return nil, fmt.Errorf("%w: the signature is not the provider's", ErrIDToken)
}

// isIDTokenType tells ID tokens from access tokens (RFC 9068 §2.1) and others that say what they are.
func isIDTokenType(typ string) bool {
	switch strings.TrimPrefix(strings.ToLower(typ), "application/") {
	case "", "jwt", "jws", "id_token", "id+jwt":
		return true
	}
	return false
}

// Claims reads the claims of a JWT without verifying it, for tokens that came straight from the provider (OIDC Core
// §3.1.3.7 step 6) or have been verified before. It returns [ErrIDToken] for what is not a JWS with an object in it.
func Claims(token string) (*wire.Object, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > maxTokenBytes {
		return nil, fmt.Errorf("%w: not a JWS", ErrIDToken)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil, fmt.Errorf("%w: the payload is not base64url", ErrIDToken)
	}
	return parseClaims(payload)
}

func parseClaims(payload []byte) (*wire.Object, error) {
	v, err := wire.Parse(payload, wire.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%w: the payload is not JSON", ErrIDToken)
	}
	claims, ok := v.(*wire.Object)
	if !ok {
		return nil, fmt.Errorf("%w: the payload is not an object", ErrIDToken)
	}
	return claims, nil
}

// check looks at the claims of a token whose signature is good.
func (c *Client) check(claims *wire.Object, p IDTokenPolicy, nonce string) error {
	wrong := func(what string) error { return fmt.Errorf("%w: %s", ErrIDToken, what) }
	issuer, ok := claims.Get("iss")
	if iss, isText := issuer.(string); !ok || !isText || iss == "" ||
		len(p.Issuers) > 0 && !slices.Contains(p.Issuers, iss) {
		return wrong("iss is not the provider")
	}
	if text(claims, "sub") == "" {
		return wrong("no sub")
	}
	if err := c.checkAudience(claims, p.Audiences); err != nil {
		return err
	}
	now := float64(c.now().UnixMilli()) / 1000
	tolerance := clockTolerance.Seconds()
	exp, ok := seconds(claims, "exp")
	if !ok || exp <= now-tolerance {
		return wrong("it has expired")
	}
	iat, ok := seconds(claims, "iat")
	if !ok || iat > now+tolerance {
		return wrong("iat is missing or in the future")
	}
	if p.MaxAge > 0 && now-iat > p.MaxAge.Seconds()+tolerance {
		return wrong("it was issued too long ago")
	}
	if _, there := claims.Get("nbf"); there {
		if nbf, ok := seconds(claims, "nbf"); !ok || nbf > now+tolerance {
			return wrong("it is not valid yet")
		}
	}
	if nonce != "" && !nonceMatches(text(claims, "nonce"), nonce, p.HashedNonce) {
		return wrong("the nonce is another one")
	}
	if p.Check != nil {
		if err := p.Check(claims); err != nil {
			return fmt.Errorf("%w: %w", ErrIDToken, err)
		}
	}
	return nil
}

// checkAudience wants aud to name one of audiences, and azp too if it is there or if aud names several (OIDC Core §3.1.3.7
// steps 3 to 5). A Google token of an Android app has the app's client id for azp: it belongs among the audiences.
func (c *Client) checkAudience(claims *wire.Object, audiences []string) error {
	ours := func(s string) bool { return s != "" && slices.Contains(audiences, s) }
	aud, _ := claims.Get("aud")
	var named []string
	switch aud := aud.(type) {
	case string:
		named = []string{aud}
	case []any:
		for _, v := range aud {
			s, ok := v.(string)
			if !ok {
				return fmt.Errorf("%w: aud is malformed", ErrIDToken)
			}
			named = append(named, s)
		}
	}
	if !slices.ContainsFunc(named, ours) {
		return fmt.Errorf("%w: it is for another audience", ErrIDToken)
	}
	if c.exact {
		return nil
	}
	if azp, there := claims.Get("azp"); there || len(named) > 1 {
		if s, _ := azp.(string); !ours(s) {
			return fmt.Errorf("%w: it was issued to another party", ErrIDToken)
		}
	}
	return nil
}

// seconds reads a NumericDate (RFC 7519 §2).
func seconds(claims *wire.Object, name string) (float64, bool) {
	v, _ := claims.Get(name)
	f, ok := v.(float64)
	return f, ok && !math.IsNaN(f) && !math.IsInf(f, 0)
}

func nonceMatches(claim, nonce string, hashed bool) bool {
	if claim == "" {
		return false
	}
	if subtle.ConstantTimeCompare([]byte(claim), []byte(nonce)) == 1 {
		return true
	}
	sum := sha256.Sum256([]byte(nonce))
	return hashed && subtle.ConstantTimeCompare([]byte(claim), []byte(hex.EncodeToString(sum[:]))) == 1
}
