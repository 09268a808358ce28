// Command values writes, as JSON, what a server hands to Node servers that share its secret: hashes, ciphertexts,
// signatures and cookies, made now. conformance/js/values reads them with better-auth.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
)

// values is what is written.
type values struct {
	Secret            string            `json:"secret"`
	Old               string            `json:"old"`
	Passwords         []pair            `json:"passwords"`
	SignedCookies     []pair            `json:"signedCookies"`
	Encrypted         []pair            `json:"encrypted"`
	Enveloped         []pair            `json:"enveloped"`
	Purposes          map[string]string `json:"purposes"` // encrypted "for its purpose" each
	HashedIdentifiers []pair            `json:"hashedIdentifiers"`
	SessionData       []sessionData     `json:"sessionData"`
	AccountData       string            `json:"accountData"`
}

type pair struct {
	Plain string `json:"plain"`
	Made  string `json:"made"`
}

type sessionData struct {
	Strategy string          `json:"strategy"`
	Cookie   string          `json:"cookie"`
	Session  json.RawMessage `json:"session"`
	User     json.RawMessage `json:"user"`
}

const (
	current = "values-secret-0123456789-àéîõü-🔑-current"
	old     = "values-secret-0123456789-àéîõü-🔑-old"
)

var texts = []string{"", "a", "correct horse battery staple", "ünïcödé 🔑 ﬁ", "a=b; c.d+e/f%20\"\\", strings.Repeat("long ", 500)}

func main() {
	v, err := produce()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(v)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func produce() (*values, error) {
	keys, err := secret.New(current)
	if err != nil {
		return nil, err
	}
	rotating, err := secret.NewRotating([]secret.Key{{Version: 2, Value: current}, {Version: 1, Value: old}}, "")
	if err != nil {
		return nil, err
	}
	v := &values{Secret: current, Old: old, Purposes: map[string]string{}}
	for _, text := range texts {
		hash, err := new(password.Scrypt).Hash(context.Background(), text)
		if err != nil {
			return nil, err
		}
		v.Passwords = append(v.Passwords, pair{text, hash})
		v.SignedCookies = append(v.SignedCookies, pair{text, cookie.EncodeURIComponent(cookie.Sign(keys, text))})
		v.Encrypted = append(v.Encrypted, pair{text, keys.Encrypt(text)})
		v.Enveloped = append(v.Enveloped, pair{text, rotating.Encrypt(text)})
		v.HashedIdentifiers = append(v.HashedIdentifiers, pair{text, secret.Digest(text)})
	}
	for _, purpose := range []string{"oauth-state-cookie", "oauth-link-session-token"} {
		v.Purposes[purpose] = keys.Purpose(purpose).Encrypt("for its purpose")
	}
	if err := v.cookies(keys); err != nil {
		return nil, err
	}
	return v, nil
}

// cookies adds those with a copy of the session and of an account.
func (v *values) cookies(keys *secret.Keyring) error {
	now := time.Now().UTC().Truncate(time.Millisecond)
	agent, image := "UA/1.0 (ünïcödé)", "https://img.example/🔑.png"
	session := &model.Session{ID: "s1", Token: "tok1", UserID: "u1", ExpiresAt: now.Add(time.Hour), CreatedAt: now, UpdatedAt: now, UserAgent: &agent}
	user := &model.User{ID: "u1", Name: "Ann \"<&>\" \u2028", Email: "ann@example.com", Image: &image, CreatedAt: now, UpdatedAt: now}
	for _, strategy := range []cache.Strategy{cache.Compact, cache.JWT, cache.JWE} {
		codec, err := cache.New(keys, cache.Config{Strategy: strategy})
		if err != nil {
			return err
		}
		made, err := codec.Encode(cache.Content{Session: session, User: user}, now, 5*time.Minute)
		if err != nil {
			return err
		}
		sessionJSON, err := session.AppendJSON(nil)
		if err != nil {
			return err
		}
		userJSON, err := user.AppendJSON(nil)
		if err != nil {
			return err
		}
		v.SessionData = append(v.SessionData, sessionData{strategy.String(), made, sessionJSON, userJSON})
	}
	claims := wire.NewObject()
	claims.Set("id", "acc1")
	claims.Set("providerId", "github")
	claims.Set("accessToken", "gho_ünïcödé")
	claims.Set("createdAt", now)
	var err error
	v.AccountData, err = cache.NewAccount(keys).Encode(claims, now, time.Hour)
	return err
}
