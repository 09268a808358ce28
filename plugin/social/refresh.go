package social

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// renewed is what came of a refresh.
type renewed struct {
	tokens  *oauth.Tokens
	account *model.Account // as it is stored now
}

// flights are the refreshes under way, by account. Many providers take a refresh token once only: of several requests at the
// same time one asks the provider, and the others get what it got.
type flights struct {
	mu    sync.Mutex
	going map[string]*flight
}

type flight struct {
	landed chan struct{}
	result *renewed
	err    error
}

// do runs fn unless it is being run for that key, and returns what came of it.
func (f *flights) do(ctx context.Context, key string, fn func() (*renewed, error)) (*renewed, error) {
	f.mu.Lock()
	if going := f.going[key]; going != nil {
		f.mu.Unlock()
		select {
		case <-going.landed:
			return going.result, going.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	own := &flight{landed: make(chan struct{}), err: errors.New("social: the refresh did not come to its end")}
	if f.going == nil {
		f.going = map[string]*flight{}
	}
	f.going[key] = own
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.going, key)
		f.mu.Unlock()
		close(own.landed)
	}()
	own.result, own.err = fn()
	return own.result, own.err
}

// renew gets new tokens for an account and stores them.
func (in *installation) renew(ctx context.Context, x *core.Exchange, one *provider.Provider, acc *model.Account) (*renewed, error) {
	return in.refreshes.do(ctx, acc.ID, func() (*renewed, error) {
		// Others wait for it, and the provider may have taken the old token back already.
		return in.renewOnce(context.WithoutCancel(ctx), x, one, acc)
	})
}

const (
	refreshPrefix = "oauth-refresh:"
	// refreshLease is how long another process is waited for. It is longer than a call of the provider takes.
	refreshLease = 20 * time.Second
	// refreshPoll is how often it is asked whether the other process is done.
	refreshPoll = 50 * time.Millisecond
)

// renewOnce is renew for one process among several: the one whose reservation is first asks the provider. Where reservations
// cannot be made, each process asks for itself.
func (in *installation) renewOnce(ctx context.Context, x *core.Exchange, one *provider.Provider, acc *model.Account) (*renewed, error) {
	if in.auth.Config().IDs.Kind == schema.SerialIDs {
		return in.ask(ctx, x, one, acc)
	}
	first, err := in.auth.ReserveVerification(ctx, refreshPrefix+acc.ID, "", refreshLease)
	switch {
	case errors.Is(err, core.ErrReserveNeedsDatabase):
		return in.ask(ctx, x, one, acc)
	case err != nil:
		return nil, err
	case !first:
		return in.await(ctx, x, one, acc)
	}
	defer func() {
		if err := in.auth.DeleteVerifications(ctx, refreshPrefix+acc.ID); err != nil {
			x.Logger().WarnContext(ctx, "the reservation of a refresh stays until it expires", "error", err)
		}
	}()
	// Somebody may have been faster between the look at the account and the reservation.
	if done, err := in.changed(ctx, acc); done != nil || err != nil {
		return done, err
	}
	return in.ask(ctx, x, one, acc)
}

// changed returns the tokens of an account if they are not those of acc any more. An account that is in a cookie only has not
// changed.
func (in *installation) changed(ctx context.Context, acc *model.Account) (*renewed, error) {
	now, err := in.auth.FindAccount(ctx, acc.UserID, acc.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case text(now.AccessToken) == text(acc.AccessToken) && text(now.RefreshToken) == text(acc.RefreshToken):
		return nil, nil
	}
	token, err := in.auth.OpenOAuthToken(text(now.AccessToken))
	if err != nil {
		return nil, &providerError{err}
	}
	t := &oauth.Tokens{AccessToken: token}
	if now.AccessTokenExpiresAt != nil {
		t.AccessTokenExpiresAt = *now.AccessTokenExpiresAt
	}
	return &renewed{t, &now}, nil
}

// await waits for the process that has the reservation. If that fails, it is for the client to ask again.
func (in *installation) await(ctx context.Context, x *core.Exchange, one *provider.Provider, acc *model.Account) (*renewed, error) {
	ctx, cancel := context.WithTimeout(ctx, refreshLease)
	defer cancel()
	tick := time.NewTicker(refreshPoll)
	defer tick.Stop()
	for {
		done, err := in.changed(ctx, acc)
		if done != nil || err != nil {
			return done, err
		}
		_, err = in.auth.PeekVerification(ctx, refreshPrefix+acc.ID)
		if errors.Is(err, core.ErrNoVerification) {
			if done, err := in.changed(ctx, acc); done != nil || err != nil {
				return done, err
			}
			return nil, &providerError{fmt.Errorf("social: another server could not refresh the tokens of %q", one.ID)}
		}
		if err != nil {
			return nil, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, &providerError{context.Cause(ctx)}
		}
	}
}

// ask asks the provider and stores what it answers. What it does not send stays as it was.
func (in *installation) ask(ctx context.Context, x *core.Exchange, one *provider.Provider, acc *model.Account) (*renewed, error) {
	token, err := in.auth.OpenOAuthToken(text(acc.RefreshToken))
	if err != nil {
		return nil, &providerError{err}
	}
	request := provider.RefreshRequest{RefreshToken: token}
	if r := x.Request(); r != nil {
		request.Header = r.Header
	}
	tokens, err := one.Refresh(ctx, in.client, request)
	if err == nil && tokens == nil {
		err = errors.New("social: the provider answered without tokens")
	}
	if err != nil {
		return nil, &providerError{err}
	}
	set := in.tokenColumns(tokens)
	set["updatedAt"] = x.Now()
	updated := *acc
	applyTokens(&updated, set)
	err = in.auth.UpdateAccount(ctx, acc.ID, set)
	if errors.Is(err, store.ErrNotFound) { // unlinked in the meantime, or never stored
		if in.auth.Config().Session.Stateless {
			return &renewed{tokens, &updated}, nil
		}
		return nil, &providerError{err}
	}
	if err != nil {
		return nil, err
	}
	return &renewed{tokens, &updated}, nil
}
