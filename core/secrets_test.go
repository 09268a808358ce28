package core_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// TestRotatedSecrets: whoever is signed in stays so when the secret is replaced, until the old one is removed.
func TestRotatedSecrets(t *testing.T) {
	t.Parallel()
	db := memdb.New()
	v1 := secret.Key{Version: 1, Value: strings.Repeat("one", 11)}
	v2 := secret.Key{Version: 2, Value: strings.Repeat("two", 11)}
	with := func(compat core.Compat, legacy string, keys ...secret.Key) *rig {
		return newRig(t, func(c *core.Config) { c.Store, c.Secret, c.Secrets, c.Compat = db, legacy, keys, compat })
	}
	fromTheBeginning := with(core.Hardened, testSecret).signUp("ann@example.com")
	fromV1 := with(core.Hardened, testSecret, v1).signUp("bob@example.com")
	for name, c := range map[string]struct {
		r              *rig
		beginning, one bool
	}{
		"all are there":          {with(core.Hardened, testSecret, v2, v1), true, true},
		"the first is gone":      {with(core.Hardened, "", v2, v1), false, true},
		"all old ones are gone":  {with(core.Hardened, "", v2), false, false},
		"Exact: as better-auth":  {with(core.Exact, testSecret, v2, v1), false, false},
		"Exact: the current one": {with(core.Exact, testSecret, v1, v2), false, true},
	} {
		if got := c.r.signedIn(t, fromTheBeginning); got != c.beginning {
			t.Errorf("%s: session of the first secret: got %v, want %v", name, got, c.beginning)
		}
		if got := c.r.signedIn(t, fromV1); got != c.one {
			t.Errorf("%s: session of version 1: got %v, want %v", name, got, c.one)
		}
	}
	if c := with(core.Hardened, testSecret, v1).Config(); c.Secret != "" || c.Secrets != nil {
		t.Error("Config gives the secrets away")
	}
}

func TestUnusableSecrets(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 32)
	for want, keys := range map[string][]secret.Key{
		"version 1 has 5 characters": {{Version: 1, Value: "short"}},
		"configured twice":           {{Version: 1, Value: long}, {Version: 1, Value: long}},
		"negative":                   {{Version: -1, Value: long}},
	} {
		_, err := core.New(core.Config{BaseURL: testOrigin, Store: memdb.New(), Secrets: keys})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), long) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
