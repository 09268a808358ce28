package readme

import (
	"context"

	"github.com/cardea-auth/cardea/core"
)

// README: plugin
type Greeter struct {
	Hello *core.Endpoint[HelloInput, HelloOutput]
}

type HelloInput struct {
	Greeting string `query:"greeting" default:"Hello"`
}

type HelloOutput struct {
	Text string `json:"text"`
}

func NewGreeter() *Greeter {
	return &Greeter{Hello: core.Define(
		core.Spec{ID: "hello", Method: "GET", Path: "/hello", Access: core.Session},
		func(ctx context.Context, x *core.Exchange, in HelloInput) (HelloOutput, error) {
			s, err := x.RequireSession(ctx)
			if err != nil {
				return HelloOutput{}, err
			}
			return HelloOutput{Text: in.Greeting + " " + s.User.Name}, nil
		})}
}

func (g *Greeter) Manifest() core.Manifest {
	return core.Manifest{ID: "greeter", Endpoints: []core.AnyEndpoint{g.Hello}}
}

// END
