package model

import (
	"time"

	"github.com/cardea-auth/cardea/core/schema"
)

// CredentialProvider is the ProviderID of the account that holds a user's password. Its AccountID is the user's id.
const CredentialProvider = "credential"

// Account ties a user to one way of signing in: an account at a provider, or the password. The columns with tokens and
// the password never reach a client.
type Account struct {
	ID string `db:"id"`
	// AccountID is the subject's id at the provider, never its email.
	AccountID  string `db:"accountId"`
	ProviderID string `db:"providerId"`
	UserID     string `db:"userId"`
	// AccessToken and RefreshToken are as stored: encrypted if the installation says so.
	AccessToken           *string    `db:"accessToken"`
	RefreshToken          *string    `db:"refreshToken"`
	IDToken               *string    `db:"idToken"`
	AccessTokenExpiresAt  *time.Time `db:"accessTokenExpiresAt"`
	RefreshTokenExpiresAt *time.Time `db:"refreshTokenExpiresAt"`
	// Scope is the granted scopes, joined by commas.
	Scope *string `db:"scope"`
	// Password is the encoded hash.
	Password  *string   `db:"password"`
	CreatedAt time.Time `db:"createdAt"`
	UpdatedAt time.Time `db:"updatedAt"`
	// Extra holds the columns of plugins and of the app, in accounts that were listed. Nothing is stored by it.
	Extra Extra
}

// accountColumns is how many columns of the account table are fields of Account, the id not counted.
const accountColumns = 12

// AccountExtra reads the columns of a record of the account table that are not core's.
func AccountExtra(t *schema.Table, rec map[string]any) (Extra, error) {
	if len(t.Columns)-1 == accountColumns {
		return nil, nil
	}
	return extraFrom(t, Row(t, rec), accountColumns)
}

// Verification is a secret, or a mark, that lives for a while and is used once.
type Verification struct {
	ID string `db:"id"`
	// Identifier says what the record is for and for whom, such as "reset-password:<token>".
	Identifier string    `db:"identifier"`
	Value      string    `db:"value"`
	ExpiresAt  time.Time `db:"expiresAt"`
	CreatedAt  time.Time `db:"createdAt"`
	UpdatedAt  time.Time `db:"updatedAt"`
}
