package twofactor

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what authenticator apps have: RFC 6238 with HMAC-SHA-1
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/secret"
)

// totp makes and checks the codes of authenticator apps.
type totp struct {
	digits int
	period time.Duration
}

// step returns the number of the period that now lies in (RFC 6238 §4.2).
func (t totp) step(now time.Time) int64 { return now.Unix() / int64(t.period/time.Second) }

// code returns the code of a step (RFC 4226 §5.3). key is raw bytes, not base32.
func (t totp) code(key []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // the bits of the number, whatever its sign
	mac := hmac.New(sha1.New, key)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	value := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	modulus := uint32(1)
	for range t.digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", t.digits, value%modulus)
}

// verify returns the step that code is of: this one, the one before or the one after (RFC 6238 §5.2), if it comes after
// the step last, which was accepted before. All of them are compared, in constant time each.
func (t totp) verify(key []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	current := t.step(now)
	for s := current - 1; s <= current+1; s++ {
		same := subtle.ConstantTimeCompare([]byte(t.code(key, s)), []byte(code)) == 1
		if same && s > last && !ok {
			step, ok = s, true
		}
	}
	return step, ok
}

// uri returns what an authenticator app scans. Label and issuer are encoded as upstream does: the one as
// encodeURIComponent, the other as a form.
func (t totp) uri(key []byte, issuer, account string) string {
	encoded := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
	return fmt.Sprintf("otpauth://totp/%s:%s?secret=%s&issuer=%s&digits=%d&period=%d",
		cookie.EncodeURIComponent(issuer), cookie.EncodeURIComponent(account), encoded, formEncode(issuer), t.digits, int64(t.period/time.Second))
}

// formEncode is application/x-www-form-urlencoded as URLSearchParams has it: it keeps * and encodes ~, where net/url
// does the reverse.
func formEncode(s string) string {
	return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(s))
}

// importedPrefix begins the secrets that were imported from elsewhere, in base32. Our own have no colon.
const importedPrefix = "base32:"

// openSecret returns the key in the stored form of a secret.
func openSecret(keys *secret.Keyring, stored string) ([]byte, error) {
	text, err := keys.Decrypt(stored)
	if err != nil {
		return nil, fmt.Errorf("twofactor: secret: %w", err)
	}
	imported, ok := strings.CutPrefix(text, importedPrefix)
	if !ok {
		return []byte(text), nil
	}
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.ToUpper(imported), "="))
	if err != nil {
		return nil, fmt.Errorf("twofactor: imported secret: %w", err)
	}
	return key, nil
}
