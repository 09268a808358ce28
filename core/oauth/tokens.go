package oauth

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

// Tokens is what a token endpoint answered (RFC 6749 §5.1, OIDC Core §3.1.3.3). A field that the answer lacks is zero.
type Tokens struct {
	TokenType    string
	AccessToken  string
	RefreshToken string
	IDToken      string
	// AccessTokenExpiresAt and RefreshTokenExpiresAt are zero where the provider does not say.
	AccessTokenExpiresAt  time.Time
	RefreshTokenExpiresAt time.Time
	// Scopes are those that were granted, in the order of the answer.
	Scopes []string
	// Raw is the whole answer. It is nil for tokens that were put together from a database or a request.
	Raw *wire.Object
}

// ParseTokens reads a token endpoint's answer that came at now. It takes what is there: whether an access token is
// needed is for the caller to say.
func ParseTokens(o *wire.Object, now time.Time) *Tokens {
	scope, _ := o.Get("scope")
	return &Tokens{
		TokenType:             text(o, "token_type"),
		AccessToken:           text(o, "access_token"),
		RefreshToken:          text(o, "refresh_token"),
		IDToken:               text(o, "id_token"),
		AccessTokenExpiresAt:  expiry(o, "expires_in", now),
		RefreshTokenExpiresAt: expiry(o, "refresh_token_expires_in", now),
		Scopes:                ParseScopes(scope),
		Raw:                   o,
	}
}

// ParseScopes splits the scope member of a token response: a string at white space, or an array, whose members that are
// not strings are left out (upstream takes both, RFC 6749 §3.3 only the first). The result is never nil.
func ParseScopes(scope any) []string {
	switch s := scope.(type) {
	case string:
		return append([]string{}, strings.FieldsFunc(s, isSpace)...)
	case []any:
		out := []string{}
		for _, v := range s {
			if t, ok := v.(string); ok && strings.TrimFunc(t, isSpace) != "" {
				out = append(out, strings.TrimFunc(t, isSpace))
			}
		}
		return out
	}
	return []string{}
}

// MergeScopes adds scopes to the comma-separated ones that an account has: each once, in order of appearance.
func MergeScopes(stored string, incoming []string) string {
	var out []string
	add := func(s string) {
		if s = strings.TrimFunc(s, isSpace); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for s := range strings.SplitSeq(stored, ",") {
		add(s)
	}
	for _, s := range incoming {
		add(s)
	}
	return strings.Join(out, ",")
}

// isSpace is what JavaScript's \s and trim take for white space.
func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', '\u00a0', '\u1680', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000', '\ufeff':
		return true
	}
	return '\u2000' <= r && r <= '\u200a'
}

func text(o *wire.Object, key string) string {
	v, _ := o.Get(key)
	s, _ := v.(string)
	return s
}

// maxLifetime keeps a provider's number within what a time and a database can hold.
const maxLifetime = 100 * 365 * 24 * time.Hour

// expiry reads a number of seconds, which some providers send as a string. Zero, as upstream has it, is "not said".
func expiry(o *wire.Object, key string, now time.Time) time.Time {
	v, _ := o.Get(key)
	if s, ok := v.(string); ok {
		v = number(s)
	}
	seconds, ok := v.(float64)
	if !ok || seconds == 0 || math.IsNaN(seconds) || math.Abs(seconds) > maxLifetime.Seconds() {
		return time.Time{}
	}
	return now.Add(time.Duration(seconds * float64(time.Second)))
}
