package adaptertest

import (
	"context"

	"github.com/cardea-auth/cardea/core"
)

// probe is a plugin with one endpoint that does what the case has in mind, so that the case sees a request as core does.
type probe struct {
	endpoint *core.Endpoint[probeInput, any]
	// act is the endpoint's handler. Cases set it before they serve.
	act func(ctx context.Context, x *core.Exchange, in probeInput) (any, error)
}

type probeInput struct {
	Text  string   `json:"text" default:""`
	Query any      `query:"q" optional:"true"`
	Param string   `path:"param"`
	_     struct{} `wire:"optional-body"`
}

// probeMethods are all methods that an endpoint may have.
const probeMethods = "GET POST PUT PATCH DELETE"

func newProbe() *probe {
	p := &probe{act: func(context.Context, *core.Exchange, probeInput) (any, error) { return "probed", nil }}
	p.endpoint = core.Define(core.Spec{ID: "probe", Method: probeMethods, Path: "/probe/:param", Access: core.Public},
		func(ctx context.Context, x *core.Exchange, in probeInput) (any, error) { return p.act(ctx, x, in) })
	return p
}

// Manifest describes the plugin.
func (p *probe) Manifest() core.Manifest {
	return core.Manifest{ID: "probe", Endpoints: []core.AnyEndpoint{p.endpoint}}
}
