package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// AccountOutput is an account as its owner sees it: without tokens and password.
type AccountOutput struct {
	AccountID  string    `json:"accountId"`
	ProviderID string    `json:"providerId"`
	UserID     string    `json:"userId"`
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`
	ID         string    `json:"id"`
	// Scopes are what the provider granted.
	Scopes []string `json:"scopes"`
	// Extra are the columns of plugins and of the app. Clients see those that are returned.
	Extra model.Extra `json:"-"`
}

// AppendJSON writes the account as its owner sees it, the columns of plugins and of the app before the id.
func (o *AccountOutput) AppendJSON(dst []byte) ([]byte, error) {
	dst = append(dst, `{"accountId":`...)
	dst = wire.AppendString(dst, o.AccountID)
	dst = append(dst, `,"providerId":`...)
	dst = wire.AppendString(dst, o.ProviderID)
	dst = append(dst, `,"userId":`...)
	dst = wire.AppendString(dst, o.UserID)
	dst = append(dst, `,"createdAt":`...)
	dst = wire.AppendTime(dst, o.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = wire.AppendTime(dst, o.UpdatedAt)
	dst, err := o.Extra.AppendMembers(dst)
	if err != nil {
		return dst, err
	}
	dst = append(dst, `,"id":`...)
	dst = wire.AppendString(dst, o.ID)
	dst = append(dst, `,"scopes":`...)
	if dst, err = wire.Append(dst, o.Scopes); err != nil {
		return dst, err
	}
	return append(dst, '}'), nil
}

// ListAccounts is GET /list-accounts: the ways in which the caller can sign in.
var ListAccounts = Define(Spec{
	ID: "listUserAccounts", Method: "GET", Path: "/list-accounts", Access: Session,
	Summary: "List the caller's accounts.",
}, listAccounts)

func listAccounts(ctx context.Context, x *Exchange, _ None) ([]AccountOutput, error) {
	s, err := x.RequireSession(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := x.auth.Accounts(ctx, s.User.ID)
	if err != nil {
		return nil, err
	}
	out := make([]AccountOutput, len(accounts))
	for i, a := range accounts {
		out[i] = AccountOutput{a.AccountID, a.ProviderID, a.UserID, a.CreatedAt, a.UpdatedAt, a.ID, scopes(a.Scope), a.Extra}
	}
	return out, nil
}

// scopes splits the stored form.
func scopes(stored *string) []string {
	if stored == nil {
		return nil
	}
	var out []string
	for s := range strings.SplitSeq(*stored, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Accounts returns a user's accounts, the oldest first, at most Config.ListLimit.
func (a *Auth) Accounts(ctx context.Context, userID string) ([]model.Account, error) {
	table := a.tables.accounts.Table()
	records, err := a.store.FindMany(ctx, store.Query{
		Table: table, Where: []store.Cond{store.Eq("userId", userID)}, OrderBy: []store.Order{{Column: "createdAt"}}, Limit: a.config.ListLimit,
	})
	accounts := make([]model.Account, len(records))
	for i := 0; err == nil && i < len(records); i++ {
		if accounts[i], err = a.tables.accounts.Decode(records[i]); err == nil {
			accounts[i].Extra, err = model.AccountExtra(table, records[i])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("core: list accounts: %w", err)
	}
	return accounts, nil
}

// UnlinkAccountInput is the body of POST /unlink-account.
type UnlinkAccountInput struct {
	// AccountID is the id of the row, not the id at the provider.
	AccountID string `json:"accountId"`
}

// UnlinkAccount is POST /unlink-account: it removes one of the caller's accounts, but never the last.
var UnlinkAccount = Define(Spec{
	ID: "unlinkAccount", Method: "POST", Path: "/unlink-account", Access: FreshSession,
	Summary: "Remove one of the caller's accounts.",
}, unlinkAccount)

func unlinkAccount(ctx context.Context, x *Exchange, in UnlinkAccountInput) (StatusOutput, error) {
	s, err := x.RequireFreshSession(ctx)
	if err != nil {
		return StatusOutput{}, err
	}
	a := x.auth
	err = a.store.InTx(ctx, func(ctx context.Context) error {
		// Two requests at once would each see the other's account as the one that stays: whoever writes the user's
		// row first makes the other wait.
		if _, err := a.store.Update(ctx, store.From(a.tables.user, store.Eq("id", s.User.ID)), store.Record{"updatedAt": s.User.UpdatedAt}); err != nil {
			return fmt.Errorf("core: unlink account: %w", err)
		}
		accounts, err := a.Accounts(ctx, s.User.ID)
		if err != nil {
			return err
		}
		if len(accounts) <= 1 && !a.config.Account.AllowUnlinkingAll {
			return ErrLastAccount
		}
		i := slices.IndexFunc(accounts, func(acc model.Account) bool { return acc.ID == in.AccountID })
		if i < 0 {
			return ErrAccountNotFound
		}
		n, err := a.deleteAccounts(ctx, store.Eq("id", in.AccountID), store.Eq("userId", s.User.ID))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrAccountNotFound
		}
		x.Emit(ctx, AccountUnlinked{UserID: s.User.ID, Provider: accounts[i].ProviderID})
		return nil
	})
	return StatusOutput{Status: err == nil}, err
}
