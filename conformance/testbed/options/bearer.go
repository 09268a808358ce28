package options

import (
	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/bearer"
)

func (r reader) bearer(o strict.Object) core.Plugin {
	var opts bearer.Options
	if o.Has("requireSignature") {
		opts.AllowUnsigned = core.On
		if onOff(o, "requireSignature") == core.On {
			opts.AllowUnsigned = core.Off
		}
	}
	return bearer.New(opts)
}
