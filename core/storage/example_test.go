package storage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/internal/memstorage"
)

// The list of a user's sessions, as better-auth keeps it: sorted by expiry, without what has expired, and gone with the
// last one. Requests that sign in and out at the same time lose nothing.
func ExampleUpdate() {
	type active struct {
		Token     string `json:"token"`
		ExpiresAt int64  `json:"expiresAt"`
	}
	now := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	s := memstorage.New(memstorage.Options{Now: func() time.Time { return now }})

	change := func(ctx context.Context, userID string, edit func([]active) []active) error {
		return storage.Update(ctx, s, "active-sessions-"+userID, func(old string, found bool) (storage.Change, error) {
			var list []active
			if found {
				if err := json.Unmarshal([]byte(old), &list); err != nil {
					return storage.Change{}, err
				}
			}
			list = slices.DeleteFunc(edit(list), func(a active) bool { return a.ExpiresAt <= now.UnixMilli() })
			if len(list) == 0 {
				return storage.Drop(), nil
			}
			slices.SortFunc(list, func(a, b active) int { return int(a.ExpiresAt - b.ExpiresAt) })
			text, err := json.Marshal(list)
			last := time.UnixMilli(list[len(list)-1].ExpiresAt)
			return storage.Put(string(text), last.Sub(now)), err
		})
	}

	ctx := context.Background()
	add := func(list []active) []active {
		return append(list, active{Token: "t1", ExpiresAt: now.Add(time.Hour).UnixMilli()})
	}
	if err := change(ctx, "u1", add); err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.Get(ctx, "active-sessions-u1"))

	now = now.Add(time.Hour)
	if err := change(ctx, "u1", func(list []active) []active { return list }); err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.Get(ctx, "active-sessions-u1"))
	// Output:
	// [{"token":"t1","expiresAt":1767315600000}] <nil>
	//  storage: not found
}
