package options

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
)

func (r reader) verification(o strict.Object, c *core.VerificationConfig) {
	o.Bool("storeInDatabase", &c.StoreInDatabase)
	o.Bool("disableCleanup", &c.DisableCleanup)
	const option = "storeIdentifier"
	if o.IsObject(option) && o.Object(option).Has("default") {
		store := o.Object(option)
		c.Identifiers = r.identifiers(store, "default")
		overrides := store.Object("overrides")
		for _, prefix := range overrides.Names() { // the first that fits counts: the order of the document
			c.Overrides = append(c.Overrides, core.IdentifierOverride{Prefix: prefix, Identifiers: r.identifiers(overrides, prefix)})
		}
		return
	}
	c.Identifiers = r.identifiers(o, option)
}

// identifiers reads "plain", "hashed" or {"hash": FUNCTION}.
func (r reader) identifiers(o strict.Object, name string) core.IdentifierFunc {
	if !o.IsObject(name) {
		choice := ""
		o.Choice(name, &choice, "plain", "hashed")
		if choice == "hashed" {
			return core.HashIdentifier
		}
		return nil
	}
	hash := r.function(o.Object(name), "hash")
	if hash == nil {
		return nil
	}
	return func(identifier string) string {
		v, err := hash(context.Background(), identifier)
		if err != nil {
			return err.Error() // which nobody asks for
		}
		return fmt.Sprint(v)
	}
}
