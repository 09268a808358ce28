package core

import "github.com/cardea-auth/cardea/core/secret"

// newID makes the id of a new row of the table with that logical name.
func (a *Auth) newID(string) string { return secret.ID() }

// randomID makes an id where no database could.
func (a *Auth) randomID() string { return secret.ID() }
