package twofactor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// Enabled is the column of users that says whether they have a second factor.
var Enabled = model.Field[bool]{Name: "twoFactorEnabled"}

// Table is the logical name of the plugin's table.
const Table = "twoFactor"

// factor is a row of the table: the authenticator app of a user, their backup codes, and the count of wrong guesses.
type factor struct {
	// Secret is encrypted, and BackupCodes are as Options.BackupCodes.Storage says.
	Secret      string `db:"secret,index"`
	BackupCodes string `db:"backupCodes"`
	UserID      string `db:"userId,references=user,index"`
	// Verified says that the app has shown a code. Null is a row from before there was the column, and counts as true.
	Verified    *bool      `db:"verified,default=true"`
	Failed      *int64     `db:"failedVerificationCount,default=0"`
	LockedUntil *time.Time `db:"lockedUntil"`
	// LastStep is the last time step whose code was accepted. It is ours: Node servers leave it alone.
	LastStep *int64 `db:"lastUsedStep"`
	ID       string `db:"id"`
}

func extensions() []schema.Extension {
	return []schema.Extension{
		{Table: model.UserTable, Columns: []schema.Column{{
			Name: Enabled.Name, Kind: schema.Boolean, Default: schema.Value(false), Returned: true,
		}}},
		schema.Of[factor](Table),
	}
}

// verified reports whether the authenticator app counts.
func (f *factor) verified() bool { return f != nil && (f.Verified == nil || *f.Verified) }

func factors(a *core.Auth) *store.Rows[factor] { return store.NewRows[factor](a.Schema().Table(Table)) }

// find returns a user's row, or nil.
func find(ctx context.Context, a *core.Auth, userID string) (*factor, error) {
	f, err := factors(a).Find(ctx, a.Store(), store.Eq("userId", userID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("twofactor: find: %w", err)
	}
	return &f, nil
}

// update sets columns of a row if it meets the conditions, and reports whether it does: they are judged and applied in
// one step.
func update(ctx context.Context, a *core.Auth, f *factor, set store.Record, guard ...store.Cond) (bool, error) {
	n, err := factors(a).Update(ctx, a.Store(), set, append([]store.Cond{store.Eq("id", f.ID)}, guard...)...)
	if err != nil {
		return false, fmt.Errorf("twofactor: update: %w", err)
	}
	return n > 0, nil
}

// setEnabled turns the second factor of a user on or off and returns the user as they are then.
func setEnabled(ctx context.Context, a *core.Auth, userID string, on bool) (*model.User, error) {
	return a.UpdateUser(ctx, userID, store.Record{Enabled.Name: on})
}

func isEnabled(u *model.User) bool {
	on, _ := Enabled.Get(u.Extra)
	return on
}
