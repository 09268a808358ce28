package core

import (
	"crypto/sha256"
	"fmt"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
)

// accountID makes the id of a new account. One at a provider has an id that follows from the identity there, in the form
// that random ids have: the primary key then lets one of two simultaneous sign-ins make it, and the contract's table has no
// other unique key. Where the app or the database makes ids, it is theirs.
func (a *Auth) accountID(acc *model.Account) string {
	c := &a.config.IDs
	if acc.ProviderID == model.CredentialProvider || c.Generate != nil || c.Database {
		return a.newID(model.AccountTable)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "account:%d:%s:%s", len(acc.ProviderID), acc.ProviderID, acc.AccountID))
	switch a.schema.Table(model.AccountTable).IDs {
	case schema.TextIDs:
		id := sum[:]
		for i, b := range id {
			id[i] = secret.AlphabetID[int(b)%len(secret.AlphabetID)]
		}
		return string(id)
	case schema.UUIDs:
		return hashedUUID(sum)
	default:
		return a.newID(model.AccountTable)
	}
}

// hashedUUID makes a UUID of a hash: version 5 but for the hash (RFC 9562 §5.5).
func hashedUUID(sum [sha256.Size]byte) string {
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
