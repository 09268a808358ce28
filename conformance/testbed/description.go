package main

import (
	"net/url"

	"github.com/cardea-auth/cardea/conformance/testbed/options"
	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
)

// defaultSecret is the reference testbed's, so that the two take each other's cookies.
const defaultSecret = "testbed-default-secret-0123456789-0123456789" //nolint:gosec // a secret that protects nothing

// description is an instance description.
type description struct {
	adapter  string
	database databaseSpec
	migrate  bool
	// storage opens the secondary storage; nil if there is none.
	storage storageSpec
	// outbound is where requests to the outside go instead; nil lets them.
	outbound *url.URL
	// config lacks what belongs to the instance: store, clock, HTTP client, and the base URL if no option gives it.
	config core.Config
}

type databaseSpec struct{ kind, dsn string }

// readDescription reads all that it understands; what is wrong with the rest is in the document's Err.
func readDescription(root strict.Object, f options.Functions) description {
	d := description{adapter: "stdlib", database: databaseSpec{kind: "memory"}, migrate: true}
	root.Choice("adapter", &d.adapter, adapterNames()...)
	database := root.Object("database")
	database.Choice("kind", &d.database.kind, databaseKinds()...)
	database.String("dsn", &d.database.dsn)
	root.Bool("migrate", &d.migrate)
	d.storage = readStorage(root, f)
	d.outbound = outboundOrigin(root)

	base := core.Config{
		Secret:    defaultSecret,
		Compat:    core.Exact,
		Errors:    core.ErrorPageConfig{ShowPage: true}, // as better-auth does everywhere but in production
		RateLimit: core.RateLimitConfig{Enabled: core.Off},
		// Before the answer, so that a test finds in the outbox what its request has caused.
		Background: func(fn func()) { fn() },
	}
	compat, hasher := "exact", "scrypt"
	root.Choice("compat", &compat, "exact", "hardened")
	root.Choice("passwordHasher", &hasher, "scrypt", "fast", "slow") // the last is an extension of the protocol
	if compat == "hardened" {
		base.Compat = core.Hardened
	}
	d.config = options.Decode(root, base, f)
	switch hasher {
	case "fast":
		d.config.Password.Hasher = fastHasher{}
	case "slow":
		d.config.Password.Hasher = slowHasher{}
	}
	return d
}

func outboundOrigin(root strict.Object) *url.URL {
	if root.Null("outbound") {
		return nil
	}
	text := ""
	root.String("outbound", &text)
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		root.Fail("outbound", "expected an origin, such as http://127.0.0.1:8080")
		return nil
	}
	return u
}
