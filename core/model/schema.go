package model

import "github.com/cardea-auth/cardea/core/schema"

// The logical names of core's tables.
const (
	UserTable         = "user"
	SessionTable      = "session"
	AccountTable      = "account"
	VerificationTable = "verification"
)

// Schema returns core's tables as the contract has them (schema.json, core). Each call returns a new slice.
func Schema() []schema.Extension {
	return []schema.Extension{
		{Table: UserTable, Columns: []schema.Column{
			{Name: "name", Kind: schema.String, Required: true, Sortable: true, Returned: true, Input: true},
			{Name: "email", Kind: schema.String, Required: true, Unique: true, Sortable: true, Returned: true, Input: true},
			{Name: "emailVerified", Kind: schema.Boolean, Required: true, Returned: true, Default: schema.Value(false)},
			{Name: "image", Kind: schema.String, Returned: true, Input: true},
			{Name: "createdAt", Kind: schema.Date, Required: true, Returned: true, Default: schema.Now},
			{Name: "updatedAt", Kind: schema.Date, Required: true, Returned: true, Default: schema.Now, OnUpdate: schema.Now},
		}},
		{Table: SessionTable, Columns: []schema.Column{
			{Name: "expiresAt", Kind: schema.Date, Required: true, Returned: true},
			{Name: "token", Kind: schema.String, Required: true, Unique: true, Returned: true},
			{Name: "createdAt", Kind: schema.Date, Required: true, Returned: true, Default: schema.Now},
			{Name: "updatedAt", Kind: schema.Date, Required: true, Returned: true, OnUpdate: schema.Now},
			{Name: "ipAddress", Kind: schema.String, Returned: true},
			{Name: "userAgent", Kind: schema.String, Returned: true},
			{Name: "userId", Kind: schema.String, Required: true, Index: true, Returned: true, References: &schema.Reference{Table: UserTable}},
		}},
		{Table: AccountTable, Columns: []schema.Column{
			{Name: "accountId", Kind: schema.String, Required: true, Returned: true},
			{Name: "providerId", Kind: schema.String, Required: true, Returned: true},
			{Name: "userId", Kind: schema.String, Required: true, Index: true, Returned: true, References: &schema.Reference{Table: UserTable}},
			{Name: "accessToken", Kind: schema.String},
			{Name: "refreshToken", Kind: schema.String},
			{Name: "idToken", Kind: schema.String},
			{Name: "accessTokenExpiresAt", Kind: schema.Date},
			{Name: "refreshTokenExpiresAt", Kind: schema.Date},
			{Name: "scope", Kind: schema.String, Returned: true},
			{Name: "password", Kind: schema.String},
			{Name: "createdAt", Kind: schema.Date, Required: true, Returned: true, Default: schema.Now},
			{Name: "updatedAt", Kind: schema.Date, Required: true, Returned: true, OnUpdate: schema.Now},
		}},
		{Table: VerificationTable, Columns: []schema.Column{
			{Name: "identifier", Kind: schema.String, Required: true, Index: true},
			{Name: "value", Kind: schema.String, Required: true},
			{Name: "expiresAt", Kind: schema.Date, Required: true},
			{Name: "createdAt", Kind: schema.Date, Required: true, Default: schema.Now},
			{Name: "updatedAt", Kind: schema.Date, Required: true, Default: schema.Now, OnUpdate: schema.Now},
		}},
	}
}
