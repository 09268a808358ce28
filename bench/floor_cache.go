package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
)

// What a hand-written server does that knows only one of the formats of the cookie cache: verify the session cookie and the
// copy, look at the times, write the same JSON.

type cachedText struct {
	Session   floorSession `json:"session"`
	User      floorUser    `json:"user"`
	UpdatedAt int64        `json:"updatedAt"`
	Version   string       `json:"version"`
	Exp       int64        `json:"exp"`
}

func (s *stamp) UnmarshalJSON(text []byte) error {
	t, err := time.Parse(`"2006-01-02T15:04:05.000Z"`, string(text))
	s.Time = t
	return err
}

func (f *floor) getCached(w http.ResponseWriter, r *http.Request) {
	cookies := r.Header.Get("Cookie")
	token, ok := verify(cookieValue(cookies, "better-auth.session_token"))
	value := cookieValue(cookies, "better-auth.session_data")
	var text cachedText
	var err error
	if ok {
		switch f.cell.format {
		case cache.Compact:
			text, err = openCompact(value)
		case cache.JWT:
			text, err = openJWT(value)
		default:
			text, err = openJWE(value)
		}
	}
	now := time.Now()
	if !ok || err != nil || text.Session.Token != token || text.Version != "1" || text.Exp <= now.Unix() || !text.Session.ExpiresAt.After(now) {
		write(w, []byte("null"))
		return
	}
	body, err := json.Marshal(&floorPair{text.Session, text.User})
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	write(w, body)
}

var errCache = errors.New("not genuine")

func openCompact(value string) (cachedText, error) {
	data, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return cachedText{}, err
	}
	var outer struct {
		Session   json.RawMessage `json:"session"`
		ExpiresAt json.Number     `json:"expiresAt"`
		Signature string          `json:"signature"`
	}
	if err := json.Unmarshal(data, &outer); err != nil {
		return cachedText{}, err
	}
	got, err := base64.RawURLEncoding.DecodeString(outer.Signature)
	if err != nil {
		return cachedText{}, err
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(outer.Session[:len(outer.Session)-1])
	m.Write([]byte(`,"expiresAt":` + outer.ExpiresAt.String() + `}`))
	if subtle.ConstantTimeCompare(got, m.Sum(nil)) != 1 {
		return cachedText{}, errCache
	}
	var text cachedText
	err = json.Unmarshal(outer.Session, &text)
	ms, parseErr := outer.ExpiresAt.Int64()
	text.Exp = ms / 1000
	return text, errors.Join(err, parseErr)
}

func openJWT(value string) (text cachedText, err error) {
	i := strings.LastIndexByte(value, '.')
	if i < 0 {
		return text, errCache
	}
	got, err := base64.RawURLEncoding.DecodeString(value[i+1:])
	if err != nil {
		return text, err
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(value[:i]))
	if subtle.ConstantTimeCompare(got, m.Sum(nil)) != 1 {
		return text, errCache
	}
	_, claims, _ := strings.Cut(value[:i], ".")
	data, err := base64.RawURLEncoding.DecodeString(claims)
	if err != nil {
		return text, err
	}
	return text, json.Unmarshal(data, &text)
}

// jweKey is derived once, as it would be by anybody.
var jweKey = sync.OnceValues(func() ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(secret), []byte("better-auth-session"), "BetterAuth.js Generated Encryption Key", 64)
})

// openJWE decrypts dir with A256CBC-HS512 (RFC 7518 §5.2.5).
func openJWE(value string) (text cachedText, err error) {
	parts := strings.Split(value, ".")
	if len(parts) != 5 {
		return text, errCache
	}
	key, err := jweKey()
	if err != nil {
		return text, err
	}
	var raw [3][]byte
	for i, part := range parts[2:] {
		if raw[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return text, err
		}
	}
	iv, data, tag := raw[0], raw[1], raw[2]
	m := hmac.New(sha512.New, key[:32])
	m.Write([]byte(parts[0]))
	m.Write(iv)
	m.Write(data)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(len(parts[0]))*8))
	if len(iv) != aes.BlockSize || len(data) == 0 || len(data)%aes.BlockSize != 0 || subtle.ConstantTimeCompare(tag, m.Sum(nil)[:32]) != 1 {
		return text, errCache
	}
	block, err := aes.NewCipher(key[32:])
	if err != nil {
		return text, err
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
	data = data[:len(data)-int(data[len(data)-1])]
	return text, json.Unmarshal(data, &text)
}
