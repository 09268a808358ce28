package options

import (
	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
)

// renamed collects the names that a plugin's options give to its tables and columns.
type renamed struct{ config core.Config }

// table reads the names of one table: {modelName, fields}.
func (n *renamed) table(o strict.Object, table string) { names(o, table, &n.config) }

// named reads an option that is the name of a table.
func (n *renamed) named(o strict.Object, option, table string) {
	rename := schema.Rename{Table: table}
	if o.String(option, &rename.SQLName); rename.SQLName != "" {
		n.config.Rename = append(n.config.Rename, rename)
	}
}

// plugin returns the plugin with the names.
func (n *renamed) plugin(p core.Plugin) core.Plugin {
	if len(n.config.Rename) == 0 {
		return p
	}
	return renamedPlugin{p, n.config.Rename}
}

type renamedPlugin struct {
	core.Plugin
	names []schema.Rename
}

func (p renamedPlugin) Manifest() core.Manifest {
	m := p.Plugin.Manifest()
	m.Rename = append(m.Rename, p.names...)
	return m
}
