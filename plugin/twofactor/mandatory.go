package twofactor

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
)

func (p *Plugin) mandatory(ctx context.Context, u *model.User) (bool, error) {
	if p.opts.Mandatory == nil {
		return false, nil
	}
	return p.opts.Mandatory(ctx, u)
}

// RequireEnrolled is a core.Guard for the routes of an app: it refuses users with ErrEnrolmentRequired who have to have a
// second factor (Options.Mandatory) and have not set one up yet. Visitors without a session pass: that is for the adapter's
// Require to refuse.
func (p *Plugin) RequireEnrolled(ctx context.Context, x *core.Exchange) error {
	s, err := x.StoredSession(ctx)
	if err != nil || s == nil || isEnabled(s.User) {
		return err
	}
	mandatory, err := p.mandatory(ctx, s.User)
	if err != nil || !mandatory {
		return err
	}
	return ErrEnrolmentRequired
}

var _ core.Guard = (*Plugin)(nil).RequireEnrolled

// needsEnrolment matches the endpoints that are for those who have set their second factor up: all that need a session,
// but for those by which it is set up.
func (p *Plugin) needsEnrolment(e core.AnyEndpoint) bool {
	switch e.Spec().Access {
	case core.Session, core.StoredSession, core.FreshSession:
		return !strings.HasPrefix(e.Spec().Path, "/two-factor/")
	default:
		return false
	}
}

func (p *Plugin) beforeEnrolment(ctx context.Context, x *core.Exchange, _ any) error {
	return p.RequireEnrolled(ctx, x)
}
