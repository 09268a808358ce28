package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
)

// TestOneOfFifty: of fifty sign-ups with one address at once, in two processes on one database, one succeeds. The others
// are told that the user exists, and nothing of them is left.
func TestOneOfFifty(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := fresh(t)
			description := map[string]any{"database": map[string]any{"kind": kind, "dsn": dsn}, "options": enabled()}
			var instances []*testInstance
			for range 2 {
				instances = append(instances, startProcess(t).open(description))
			}

			const n = 50
			answers := make([]response, n)
			begin := make(chan struct{})
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() {
					<-begin
					answers[i] = instances[i%2].request("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
				})
			}
			close(begin)
			wg.Wait()

			won := 0
			for _, a := range answers {
				switch {
				case a.status == http.StatusOK:
					won++
				case a.status != 422 || !strings.Contains(a.body, `"USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"`):
					t.Errorf("got %d %s, want 422", a.status, a.body)
				}
			}
			if won != 1 {
				t.Errorf("got %d winners, want 1", won)
			}
			quote := `"`
			if kind == "mysql" {
				quote = "`"
			}
			for table, want := range map[string]int{"user": 1, "account": 1, "session": 1} {
				if got := count(t, db, "select count(*) from "+quote+table+quote); got != want {
					t.Errorf("got %d rows of %s, want %d", got, table, want)
				}
			}
		})
	}
}

// TestOneReservationOfFifty: of fifty at once one has the reservation, on every database.
func TestOneReservationOfFifty(t *testing.T) {
	t.Parallel()
	for _, kind := range databaseKinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			auth, err := core.New(core.Config{BaseURL: "http://localhost:3000", Secret: strings.Repeat("s", 32), Store: freshStore(t, kind)})
			if err != nil {
				t.Fatal(err)
			}
			if err := auth.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			var won atomic.Int64
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					first, err := auth.ReserveVerification(context.Background(), "refresh:an-account-with-an-id-of-some-length", "", time.Minute)
					if err != nil {
						t.Error(err)
					}
					if first {
						won.Add(1)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 {
				t.Errorf("%d have it, want 1", won.Load())
			}
		})
	}
}
