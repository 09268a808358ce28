package cache

import "time"

// Strategy is a format of session_data. The zero value is better-auth's default.
type Strategy uint8

// The formats. Those that are signed can be read by whoever holds the cookie; only JWE hides its content.
const (
	// Compact is base64url of JSON with an HMAC-SHA256 signature inside.
	Compact Strategy = iota
	// JWT is a JWS with HS256 (RFC 7515, RFC 7518 §3.2).
	JWT
	// JWE is encrypted with a direct key and A256CBC-HS512 (RFC 7516, RFC 7518 §4.5, §5.2.5).
	JWE
)

// String returns the strategy as better-auth's options spell it: "compact", "jwt" or "jwe".
func (s Strategy) String() string {
	switch s {
	case Compact:
		return "compact"
	case JWT:
		return "jwt"
	case JWE:
		return "jwe"
	}
	return "unknown"
}

// orDefault is how long content counts whose cookie has no Max-Age because it goes with the browser.
func (s Strategy) orDefault(lifetime time.Duration) time.Duration {
	switch {
	case lifetime > 0:
		return lifetime
	case s == Compact:
		return time.Minute
	default:
		return defaultLifetime
	}
}

// defaultLifetime is better-auth's for both encrypted cookies.
const defaultLifetime = 5 * time.Minute
