// Package devices is an example of a plugin: it has a table of its own, an endpoint, and a hook on sign-up.
//
// It remembers which devices a user signed up or registered with, and lists them at GET /devices/list.
package devices

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// Device is a row of the plugin's table.
type Device struct {
	ID     string    `db:"id" json:"id"`
	UserID string    `db:"userId,references=user,index" json:"-"`
	Name   string    `db:"name" json:"name"`
	SeenAt time.Time `db:"seenAt" json:"seenAt"`
}

// Plugin serves the endpoints. Its fields are the server-side API as well.
type Plugin struct {
	// Add is POST /devices/add.
	Add *core.Endpoint[AddInput, Device]
	// List is GET /devices/list.
	List *core.Endpoint[core.None, ListOutput]

	rows *store.Rows[Device]
}

// New makes the plugin.
func New() *Plugin {
	p := &Plugin{}
	p.Add = core.Define(core.Spec{ID: "addDevice", Method: "POST", Path: "/devices/add", Access: core.StoredSession}, p.add)
	p.List = core.Define(core.Spec{ID: "listDevices", Method: "GET", Path: "/devices/list", Access: core.Session}, p.list)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID:        "devices",
		Endpoints: []core.AnyEndpoint{p.Add, p.List},
		Hooks:     []core.Hook{core.AfterAny(core.Paths("/sign-up/email"), p.afterSignUp)},
		Schema:    []schema.Extension{schema.Of[Device]("device")},
		Init: func(_ context.Context, a *core.Auth) error {
			p.rows = store.NewRows[Device](a.Schema().Table("device"))
			return nil
		},
	}
}

var _ core.Plugin = (*Plugin)(nil)

// AddInput is the body of POST /devices/add.
type AddInput struct {
	// Name is what the user calls the device.
	Name string `json:"name" check:"min=1,max=100"`
}

func (p *Plugin) add(ctx context.Context, x *core.Exchange, in AddInput) (Device, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return Device{}, err
	}
	return p.save(ctx, x, s.User.ID, in.Name)
}

// ListOutput is the answer of GET /devices/list.
type ListOutput struct {
	Devices []Device `json:"devices"`
}

func (p *Plugin) list(ctx context.Context, x *core.Exchange, _ core.None) (ListOutput, error) {
	s, err := x.RequireSession(ctx)
	if err != nil {
		return ListOutput{}, err
	}
	found, err := p.rows.List(ctx, x.Auth().Store(), store.Query{
		Where:   []store.Cond{store.Eq("userId", s.User.ID)},
		OrderBy: []store.Order{{Column: "seenAt"}},
		Limit:   100,
	})
	return ListOutput{Devices: found}, err
}

// afterSignUp remembers the browser that a new user signed up with.
func (p *Plugin) afterSignUp(ctx context.Context, x *core.Exchange, out any, err error) (any, error) {
	s := x.NewSession()
	if err != nil || s == nil {
		return out, err
	}
	if _, err := p.save(ctx, x, s.User.ID, x.RequestHeader("User-Agent")); err != nil {
		return nil, err
	}
	return out, nil
}

func (p *Plugin) save(ctx context.Context, x *core.Exchange, userID, name string) (Device, error) {
	d, err := p.rows.Create(ctx, x.Auth().Store(), Device{UserID: userID, Name: name, SeenAt: x.Now()})
	if err != nil {
		return Device{}, fmt.Errorf("devices: %w", err)
	}
	return d, nil
}
