package options

import (
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
)

// pluginReader makes a plugin from its options. The object is absent if there are none.
type pluginReader func(r reader, o strict.Object) core.Plugin

// pluginReaders are the plugins that can be asked for, by better-auth's id.
var pluginReaders = map[string]pluginReader{
	"admin":         reader.admin,
	"generic-oauth": reader.genericOAuth,
	"oauth-popup":   oauthPopup,
	"oauth-proxy":   oauthProxy,
	"one-tap":       oneTap,
	"organization":  reader.organization,
	"bearer":        reader.bearer,
	"two-factor":    reader.twoFactor,
}

// Plugins returns the ids of the plugins that Decode knows, sorted.
func Plugins() []string { return slices.Sorted(maps.Keys(pluginReaders)) }

func (r reader) plugins(list []strict.Object) []core.Plugin {
	var plugins []core.Plugin
	for _, o := range list {
		id := ""
		o.Choice("id", &id, slices.Sorted(maps.Keys(r.known))...)
		read := r.known[id]
		if read == nil {
			if !o.Has("id") {
				o.Fail("id", "missing")
			}
			o.Skip() // what its options mean cannot be known
			continue
		}
		of := reader{functions: r.functions, strip: o.Path() + ".options.", prefix: "plugins." + id + "."}
		plugins = append(plugins, read(of, o.Object("options")))
	}
	return plugins
}
