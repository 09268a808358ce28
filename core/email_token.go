package core

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

// emailToken is what a link in a mail about an address says (formats.md §5). It is signed, not stored, so that Node and Go
// follow each other's links.
type emailToken struct {
	// Email is the address that the user had when the link was made.
	Email string
	// UpdateTo is the address to change to, or empty.
	UpdateTo string
	// Request says which step of a change it is, or is empty.
	Request emailRequest
	// UserID binds the link to one user. better-auth has made links without.
	UserID string
}

type emailRequest string

const (
	// confirmEmailChange is sent to the old address: the next link goes to the new one.
	confirmEmailChange emailRequest = "change-email-confirmation"
	// verifyEmailChange is sent to the new address and changes it.
	verifyEmailChange emailRequest = "change-email-verification"
)

const (
	// emailTokenHeader is {"alg":"HS256"}, the header of every such token, here and on Node. No other is read, so that
	// nobody chooses the algorithm but us.
	emailTokenHeader = "eyJhbGciOiJIUzI1NiJ9" //nolint:gosec // a header is no secret
	// maxEmailToken is far more than the longest token that we make.
	maxEmailToken = 4096
)

var tokenEncoding = base64.RawURLEncoding.Strict()

// signEmailToken makes the token: a JWT signed with the current secret, which is the format of the contract.
func (a *Auth) signEmailToken(t emailToken, lifetime time.Duration) string {
	now := a.Now().Unix()
	claims := wire.NewObject()
	claims.Set("email", NormalizeEmail(t.Email))
	if t.UpdateTo != "" {
		claims.Set("updateTo", NormalizeEmail(t.UpdateTo))
	}
	if t.Request != "" {
		claims.Set("requestType", string(t.Request))
	}
	if t.UserID != "" {
		claims.Set("userId", t.UserID)
	}
	claims.Set("iat", float64(now))
	claims.Set("exp", float64(now+int64(lifetime/time.Second)))
	payload, err := wire.Append(nil, claims)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	signed := emailTokenHeader + "." + tokenEncoding.EncodeToString(payload)
	sum := a.keys.MAC(signed)
	return signed + "." + tokenEncoding.EncodeToString(sum[:])
}

var errEmailToken = errors.New("core: no email token")

// readEmailToken verifies a token. Other tokens are signed with the same key, the cached session among them: only one that
// has the members of an email token, and no others, is one. [ErrTokenExpired] or [ErrInvalidToken].
func (a *Auth) readEmailToken(token string) (emailToken, error) {
	payload, err := a.openEmailToken(token)
	if err != nil {
		return emailToken{}, ErrInvalidToken.Wrap(err)
	}
	t, expiry, err := parseEmailClaims(payload)
	if err != nil {
		return emailToken{}, ErrInvalidToken.Wrap(err)
	}
	if a.Now().Unix() >= expiry {
		return emailToken{}, ErrTokenExpired
	}
	return t, nil
}

// openEmailToken returns the payload of a token whose signature is right.
func (a *Auth) openEmailToken(token string) ([]byte, error) {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 || len(token) > maxEmailToken {
		return nil, errEmailToken
	}
	signed := token[:dot]
	encoded, ok := strings.CutPrefix(signed, emailTokenHeader+".")
	if !ok {
		return nil, errEmailToken
	}
	sig, err := tokenEncoding.DecodeString(token[dot+1:])
	if err != nil {
		return nil, err
	}
	want := a.keys.MAC(signed)
	if subtle.ConstantTimeCompare(sig, want[:]) != 1 {
		return nil, errEmailToken
	}
	return tokenEncoding.DecodeString(encoded)
}

func parseEmailClaims(payload []byte) (t emailToken, expiry int64, err error) {
	v, err := wire.Parse(payload, wire.Limits{Depth: 1})
	if err != nil {
		return t, 0, err
	}
	claims, ok := v.(*wire.Object)
	if !ok {
		return t, 0, errEmailToken
	}
	var issued int64
	texts := map[string]*string{"email": &t.Email, "updateTo": &t.UpdateTo, "requestType": (*string)(&t.Request), "userId": &t.UserID}
	times := map[string]*int64{"iat": &issued, "exp": &expiry}
	for name, value := range claims.All() {
		switch v := value.(type) {
		case string:
			to := texts[name]
			if to == nil || v == "" {
				return t, 0, errEmailToken
			}
			*to = v
		case float64:
			to := times[name]
			if to == nil || v != math.Trunc(v) || v <= 0 || v > 1<<53 {
				return t, 0, errEmailToken
			}
			*to = int64(v)
		default:
			return t, 0, errEmailToken
		}
	}
	if issued == 0 || expiry == 0 || !t.plausible() {
		return t, 0, errEmailToken
	}
	return t, expiry, nil
}

// plausible reports whether a token says something that we or Node would.
func (t *emailToken) plausible() bool {
	if !ValidEmail(t.Email) || t.Email != NormalizeEmail(t.Email) {
		return false
	}
	switch t.Request {
	case confirmEmailChange, verifyEmailChange:
		if t.UpdateTo == "" {
			return false
		}
	case "":
	default:
		return false
	}
	return t.UpdateTo == "" || t.UserID != "" && ValidEmail(t.UpdateTo) && t.UpdateTo == NormalizeEmail(t.UpdateTo)
}
