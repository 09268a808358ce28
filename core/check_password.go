package core

import "context"

// CheckPassword checks a user's password, for an endpoint that wants the caller to prove once more who they are. The plugin
// that knows passwords does it ([Manifest.CheckPassword]): its errors say that there is none, that it is another, or that it
// is too long. Without such a plugin nobody has a password, and the error is [ErrNoPasswordAccount].
func (x *Exchange) CheckPassword(ctx context.Context, userID, password string) error {
	if x.auth.checkPassword == nil {
		return ErrNoPasswordAccount
	}
	return x.auth.checkPassword(ctx, x, userID, password)
}
