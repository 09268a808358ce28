package idp

import (
	"io"
	"time"
)

// DefaultIssuer is the issuer of a server whose options name none. It does not resolve: its requests arrive through
// [Server.HTTPClient] or with X-Original-Url.
const DefaultIssuer = "https://idp.example"

// Options are what a server starts with. The zero value is a provider without clients and users.
type Options struct {
	// Issuer is the server's own issuer, an origin. The default is [DefaultIssuer].
	Issuer string `json:"issuer"`
	// Issuers are origins that the server also answers for, each as an OpenID provider of its own with the same keys,
	// clients and users: an attacker's, for example.
	Issuers []string `json:"issuers"`
	Clients []Client `json:"clients"`
	Users   []User   `json:"users"`
	// Approve is the subject of the user who is signed in and approves everything, so that no page is shown. Empty: the
	// page is shown.
	Approve string `json:"approve"`
	// Now is the clock. The default is time.Now.
	Now func() time.Time `json:"-"`
	// Random is where codes and tokens come from; with the same bytes and the same requests they are the same. It is
	// read under a lock. The default is crypto/rand.
	Random io.Reader `json:"-"`
}

// Client is an application that is registered with the server.
type Client struct {
	ID string `json:"id"`
	// Secret is wanted at the token endpoint, in the body or as Basic credentials. Empty: a public client.
	Secret string `json:"secret"`
	// RedirectURIs are compared as text (OAuth 2.1 §2.3.1). Empty: any is taken.
	RedirectURIs []string `json:"redirectURIs"`
	// RequirePKCE refuses authorization requests without a code challenge. A challenge that is there always counts.
	RequirePKCE bool `json:"requirePKCE"`
	// Algorithm signs ID tokens: RS256, ES256 or EdDSA. The default is RS256.
	Algorithm string `json:"algorithm"`
	// ThinIDToken leaves name and address out of ID tokens: they are at the userinfo endpoint only.
	ThinIDToken bool `json:"thinIDToken"`
	// RefreshTokens says what happens to a refresh token that is used: "rotate", the default, gives a new one and the
	// old one is spent; "keep" gives none and the old one stays good; "none" issues no refresh tokens at all.
	RefreshTokens string `json:"refreshTokens"`
	// ExpiresIn is the life of access tokens in seconds. The default is 3600.
	ExpiresIn int64 `json:"expiresIn"`
}

// User is a person with an account at the provider.
type User struct {
	// Subject is the sub claim. It is never empty.
	Subject string `json:"sub"`
	Name    string `json:"name"`
	// Email may be empty, for a person who does not share it.
	Email string `json:"email"`
	// EmailVerified is the claim email_verified as it is sent: usually a boolean, but providers have sent strings. Nil: no
	// such claim.
	EmailVerified any    `json:"emailVerified"`
	Picture       string `json:"picture"`
	// Claims are put into ID tokens and userinfo answers over those above.
	Claims map[string]any `json:"claims"`
	// ID and Login are the account's at GitHub. The defaults are a number made from the subject, and the subject.
	ID    int64  `json:"id"`
	Login string `json:"login"`
	// HideEmail makes GitHub's /user say null for the address, as it does for those who keep it private.
	HideEmail bool `json:"hideEmail"`
	// Emails are the addresses at GitHub. The default is Email alone, primary, and verified if EmailVerified is true.
	Emails []Address `json:"emails"`
}

// Address is an entry of GitHub's /user/emails.
type Address struct {
	Email    string `json:"email"`
	Primary  bool   `json:"primary"`
	Verified bool   `json:"verified"`
}

// verified reports whether the provider vouches for the address.
func (u *User) verified() bool { return u.EmailVerified == true || u.EmailVerified == "true" }
