package core

import (
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/wire"
)

// SetAccountCookie gives the client the account that it has signed in with, if Config.Account.StoreAccountCookie is set: the
// whole row, encrypted (formats.md §3.6). One too large for cookies is not sent, which the log says.
func (x *Exchange) SetAccountCookie(acc *model.Account) {
	if x.auth.accountCache != nil {
		x.sendAccountCookie(accountClaims(acc))
	}
}

// AccountCookie returns the account that the client has signed in with, as it was when the cookie was made, or nil if there is
// none. Whose it is remains to be checked.
func (x *Exchange) AccountCookie() *model.Account {
	claims := x.accountCookie()
	if claims == nil {
		return nil
	}
	t := x.auth.tables.accounts.Table()
	acc, err := x.auth.tables.accounts.Decode(record(t, claims))
	if err != nil {
		return nil
	}
	return &acc
}

func (x *Exchange) accountCookie() *wire.Object {
	if x.auth.accountCache == nil {
		return nil
	}
	claims, err := x.auth.accountCache.Find(x.reqHeader["Cookie"], x.site.cookies.accountData.Name, x.Now())
	if err != nil {
		return nil
	}
	return claims
}

func (x *Exchange) sendAccountCookie(claims *wire.Object) {
	c := x.site.cookies.accountData
	lifetime, _ := c.MaxAge.Duration()
	value, err := x.auth.accountCache.Encode(claims, x.Now(), lifetime)
	if err != nil {
		x.Logger().Error("the account could not be copied into a cookie", "error", err)
		return
	}
	c.Value = value
	parts, err := cache.Update(x.reqHeader["Cookie"], c)
	if err != nil {
		x.Logger().Warn("the account is too large for a cookie", "error", err)
	}
	for _, part := range parts {
		x.SetCookie(part)
	}
}

// renewAccountCookie sends the client's account cookie again, beside the copy of the session of a user, and takes it away
// if it is another user's.
func (x *Exchange) renewAccountCookie(userID string) {
	if x.auth.accountCache == nil || x.cookies.Has(x.site.cookies.accountData.Name) {
		return
	}
	claims := x.accountCookie()
	if claims == nil {
		return
	}
	if owner, _ := claims.Get("userId"); owner != userID {
		x.clearAccountCookie()
		return
	}
	x.sendAccountCookie(claims)
}

// clearAccountCookie takes the account from the client.
func (x *Exchange) clearAccountCookie() {
	if x.auth.accountCache == nil {
		return
	}
	x.ExpireCookie(x.site.cookies.accountData)
	for _, c := range cache.Clear(x.reqHeader["Cookie"], x.site.cookies.accountData) {
		x.SetCookie(c)
	}
}

// accountClaims is an account as better-auth writes it into the cookie.
func accountClaims(acc *model.Account) *wire.Object {
	o := wire.NewObject()
	o.Set("accountId", acc.AccountID)
	o.Set("providerId", acc.ProviderID)
	o.Set("userId", acc.UserID)
	text := func(name string, s *string) {
		if s != nil {
			o.Set(name, *s)
		} else {
			o.Set(name, nil)
		}
	}
	date := func(name string, t *time.Time) {
		if t != nil {
			o.Set(name, *t)
		} else {
			o.Set(name, nil)
		}
	}
	text("accessToken", acc.AccessToken)
	text("refreshToken", acc.RefreshToken)
	text("idToken", acc.IDToken)
	date("accessTokenExpiresAt", acc.AccessTokenExpiresAt)
	date("refreshTokenExpiresAt", acc.RefreshTokenExpiresAt)
	text("scope", acc.Scope)
	o.Set("password", nil) // a column of the row, empty for every account at a provider
	o.Set("createdAt", acc.CreatedAt)
	o.Set("updatedAt", acc.UpdatedAt)
	o.Set("id", acc.ID)
	return o
}
