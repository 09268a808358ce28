package core

import "time"

// EmailToken is what tests know of the token in a link.
type EmailToken struct{ Email, UpdateTo, Request, UserID string }

func (a *Auth) SignEmailToken(t EmailToken, lifetime time.Duration) string {
	return a.signEmailToken(emailToken{t.Email, t.UpdateTo, emailRequest(t.Request), t.UserID}, lifetime)
}

func (a *Auth) ReadEmailToken(token string) (EmailToken, error) {
	t, err := a.readEmailToken(token)
	return EmailToken{t.Email, t.UpdateTo, string(t.Request), t.UserID}, err
}
