package core

import (
	"context"
)

// StateStorage is where the state of a redirect to a provider is kept until the browser comes back.
type StateStorage uint8

const (
	// StateInDatabase keeps it as a verification record, and a signed cookie says to whose browser it belongs.
	StateInDatabase StateStorage = iota + 1
	// StateInCookie keeps it in an encrypted cookie. It is used up when the browser has dropped the cookie.
	StateInCookie
)

// StateInCookie reports whether states are kept in cookies.
func (c *AccountConfig) StateInCookie() bool { return c.StateStorage == StateInCookie }

// LinkingConfig says when an account at a provider becomes a way to sign in to a user who exists already. Without any of it,
// a provider that vouches for an address is linked to the user with that address, if the user has verified it too.
type LinkingConfig struct {
	// Disabled links nothing, neither when somebody signs in nor when they ask for it.
	Disabled bool
	// DisableImplicit links only when a user who is signed in asks for it.
	DisableImplicit bool
	// AllowUnverifiedLocal links also to a user who never verified their address. Somebody else may have signed up with it
	// and wait for its owner: the password and sessions of such a user are removed, in Exact they stay.
	AllowUnverifiedLocal bool
	// TrustedProviders are the ids of providers whose word about an address counts although they do not vouch for it.
	TrustedProviders []string
	// TrustedProvidersFunc returns more of them for a request.
	TrustedProvidersFunc func(ctx context.Context, x *Exchange) ([]string, error)
	// AllowDifferentEmails lets a user who is signed in link an account with another address.
	AllowDifferentEmails bool
	// UpdateUserInfo writes name, image and mapped fields of an account to the user that it is linked to.
	UpdateUserInfo bool
}
