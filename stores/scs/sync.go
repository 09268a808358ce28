package authscs

import (
	"context"
	"fmt"

	"github.com/alexedwards/scs/v2"

	"github.com/cardea-auth/cardea/core"
)

// Plugin keeps the scs session of a browser in step with who is signed in. Make one with [Sync].
type Plugin struct{ manager *scs.SessionManager }

var _ core.Plugin = (*Plugin)(nil)

// Sync returns a plugin that gives the scs session of a request another token when the request signs somebody in, by
// whatever method, so that a token which was planted before is worth nothing afterwards. What the session holds stays; if
// there is none yet, one begins. Signing out, and revoking all sessions, ends the scs session too.
//
// It knows the scs session by the request's context, so the handler of the library has to be inside of
// manager.LoadAndSave. Calls without an scs session, such as those in process, are left alone. If scs's store breaks
// down, the request fails: nobody is signed in with a token that may have been planted.
func Sync(manager *scs.SessionManager) *Plugin { return &Plugin{manager} }

// Manifest implements [core.Plugin].
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{ID: "scs-session", Hooks: []core.Hook{
		core.AfterAny(core.Everywhere, p.renew),
		core.AfterAny(core.Paths("/sign-out", "/revoke-sessions"), p.destroy),
	}}
}

// owner is where an scs session says to which of the library's sessions it belongs. That tells a sign-in from a session
// that was merely prolonged, in which another token would only get in the way of requests made at the same time.
const owner = "cardea.session"

func (p *Plugin) renew(ctx context.Context, x *core.Exchange, out any, err error) (any, error) {
	s := x.NewSession()
	if s == nil || !p.loaded(ctx) || p.manager.GetString(ctx, owner) == s.Session.ID {
		return out, err
	}
	if failed := p.manager.RenewToken(ctx); failed != nil {
		return nil, fmt.Errorf("authscs: renew the token: %w", failed)
	}
	p.manager.Put(ctx, owner, s.Session.ID)
	return out, err
}

func (p *Plugin) destroy(ctx context.Context, _ *core.Exchange, out any, err error) (any, error) {
	if err != nil || !p.loaded(ctx) {
		return out, err
	}
	if failed := p.manager.Destroy(ctx); failed != nil {
		return nil, fmt.Errorf("authscs: end the session: %w", failed)
	}
	return out, nil
}

// loaded says whether ctx carries an scs session; the manager's methods panic if it does not. Load returns the context
// that it is given if so, and does not look into the store for an empty token.
func (p *Plugin) loaded(ctx context.Context) bool {
	same, err := p.manager.Load(ctx, "")
	return err == nil && same == ctx
}
