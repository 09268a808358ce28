// Package handles is an example of a plugin: users have a public name of their choice, and nobody else has it. It has a table
// of its own, two endpoints, a hook on sign-up, a rate limit and errors. docs/plugins.md builds it step by step.
package handles

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// ErrTaken says that somebody else has the handle.
var ErrTaken = core.NewError(409, "HANDLE_TAKEN", "That handle is taken")

// ErrMalformed says which handles there are.
var ErrMalformed = core.NewError(400, "MALFORMED_HANDLE", "A handle has 3 to 30 letters, digits and hyphens")

// Handle is a row of the plugin's table. The database holds both promises: a user has one handle, a handle one user.
type Handle struct {
	ID        string    `db:"id" json:"-"`
	UserID    string    `db:"userId,references=user,unique" json:"-"`
	Name      string    `db:"name,unique,max=30" json:"name"`
	ClaimedAt time.Time `db:"claimedAt" json:"claimedAt"`
}

// Plugin serves the endpoints. Its fields are the server-side API as well.
type Plugin struct {
	// Claim is POST /handle/claim: it gives the caller a handle in the place of the one they have.
	Claim *core.Endpoint[ClaimInput, Handle]
	// Check is GET /handle/check: it tells whether a handle is free.
	Check *core.Endpoint[CheckInput, CheckOutput]

	rows *store.Rows[Handle]
}

// New makes the plugin.
func New() *Plugin {
	p := &Plugin{}
	p.Claim = core.Define(core.Spec{ID: "claimHandle", Method: "POST", Path: "/handle/claim", Access: core.StoredSession}, p.claim)
	p.Check = core.Define(core.Spec{ID: "checkHandle", Method: "GET", Path: "/handle/check", Access: core.Public}, p.check)
	return p
}

// Manifest describes the plugin.
func (p *Plugin) Manifest() core.Manifest {
	return core.Manifest{
		ID:         "handles",
		Endpoints:  []core.AnyEndpoint{p.Claim, p.Check},
		Hooks:      []core.Hook{core.AfterAny(core.Paths("/sign-up/email"), p.afterSignUp)},
		Schema:     []schema.Extension{schema.Of[Handle]("handle")},
		RateLimits: []ratelimit.PathRule{{Rule: ratelimit.Rule{Window: time.Minute, Max: 20}, Paths: []string{"/handle/check"}}},
		Errors:     []*core.Error{ErrTaken, ErrMalformed},
		Init: func(_ context.Context, a *core.Auth) error {
			p.rows = store.NewRows[Handle](a.Schema().Table("handle"))
			return nil
		},
	}
}

var _ core.Plugin = (*Plugin)(nil)

// ClaimInput is the body of POST /handle/claim.
type ClaimInput struct {
	Name string `json:"name"`
}

func (p *Plugin) claim(ctx context.Context, x *core.Exchange, in ClaimInput) (Handle, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return Handle{}, err
	}
	name, ok := normalize(in.Name)
	if !ok {
		return Handle{}, ErrMalformed
	}
	return p.save(ctx, x, s.User.ID, name)
}

// save gives a user a handle. Whatever happens, they keep the old one or have the new one.
func (p *Plugin) save(ctx context.Context, x *core.Exchange, userID, name string) (h Handle, err error) {
	db := x.Auth().Store()
	err = db.InTx(ctx, func(ctx context.Context) error {
		if _, err := x.Auth().LockUser(ctx, userID); err != nil {
			return err
		}
		if _, err := p.rows.Delete(ctx, db, store.Eq("userId", userID)); err != nil {
			return err
		}
		h, err = p.rows.Create(ctx, db, Handle{UserID: userID, Name: name, ClaimedAt: x.Now()})
		return err
	})
	switch {
	case errors.Is(err, store.ErrConflict):
		return Handle{}, ErrTaken
	case err != nil:
		return Handle{}, fmt.Errorf("handles: %w", err)
	}
	return h, nil
}

// CheckInput is the query of GET /handle/check.
type CheckInput struct {
	Name string `query:"name"`
}

// CheckOutput is the answer of GET /handle/check.
type CheckOutput struct {
	Free bool `json:"free"`
}

func (p *Plugin) check(ctx context.Context, x *core.Exchange, in CheckInput) (CheckOutput, error) {
	name, ok := normalize(in.Name)
	if !ok {
		return CheckOutput{}, ErrMalformed
	}
	_, err := p.rows.Find(ctx, x.Auth().Store(), store.Eq("name", name))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return CheckOutput{Free: true}, nil
	case err != nil:
		return CheckOutput{}, fmt.Errorf("handles: %w", err)
	}
	return CheckOutput{}, nil
}

// afterSignUp gives new users a first handle, if the one that their name suggests is free.
func (p *Plugin) afterSignUp(ctx context.Context, x *core.Exchange, out any, err error) (any, error) {
	s := x.NewSession()
	if err != nil || s == nil {
		return out, err
	}
	name, ok := normalize(strings.ReplaceAll(s.User.Name, " ", "-"))
	if !ok {
		return out, nil
	}
	if _, err := p.save(ctx, x, s.User.ID, name); err != nil && !errors.Is(err, ErrTaken) {
		return nil, err
	}
	return out, nil
}

// normalize writes a handle in lower case, and reports whether it is one.
func normalize(name string) (string, bool) {
	name = strings.ToLower(name)
	if len(name) < 3 || len(name) > 30 {
		return "", false
	}
	for _, c := range []byte(name) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return "", false
		}
	}
	return name, true
}
