package core

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// LimitRecipient counts a message that is about to be sent to address and returns ErrTooManyRequests, to answer with, if
// that address has had too many of its kind (Config.RateLimit.Recipient). It is what keeps somebody with many addresses
// of their own from filling the mailbox or the telephone of somebody else.
//
// kind names the message: "reset-password". address is where it would go, in the form in which the app stores addresses:
// lower case for an email address. Call it before looking whether anybody has that address, so that the answer is the
// same for those who have an account and those who have none, and nothing is sent where it fails. Only a keyed hash of
// address is stored.
//
// It returns nil in process, where limits are off and in Exact. Any other error says that the message could not be
// counted.
func (x *Exchange) LimitRecipient(ctx context.Context, kind, address string) error {
	a := x.auth
	if a.limiter == nil || !x.HTTP() || !x.Hardened() {
		return nil
	}
	mac := hmac.New(sha256.New, a.recipientKey)
	mac.Write([]byte(address))
	who := "recipient:" + hex.EncodeToString(mac.Sum(nil))
	return tooMany(a.limiter.Count(ctx, who, kind, a.config.RateLimit.Recipient))
}
