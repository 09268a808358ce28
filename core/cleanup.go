package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// cleanupInterval is how long Run waits between two cleanups.
const cleanupInterval = time.Hour

// Cleanup deletes sessions and verification records that have expired. No lookup depends on it: it keeps the tables from
// growing. An app calls it from its own scheduler, or leaves it to [Auth.Run].
func (a *Auth) Cleanup(ctx context.Context) error {
	var failed []error
	for _, name := range []string{model.SessionTable, model.VerificationTable} {
		// A minute of grace, so that servers whose clocks differ do not take rows from each other.
		expired := store.From(a.schema.Table(name), store.Lt("expiresAt", a.Now().Add(-time.Minute)))
		if _, err := a.store.Delete(ctx, expired); err != nil {
			failed = append(failed, fmt.Errorf("core: clean up %s: %w", name, err))
		}
	}
	return errors.Join(failed...)
}

// Run does what has to be done from time to time, once at once and then every hour, until ctx ends. Failures go to the
// log. One process of an installation is enough, more do no harm.
func (a *Auth) Run(ctx context.Context) {
	ticker := time.NewTicker(cleanupInterval)
	defer ticker.Stop()
	for {
		if err := a.Cleanup(ctx); err != nil && ctx.Err() == nil {
			a.config.Logger.ErrorContext(ctx, "cleanup failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
