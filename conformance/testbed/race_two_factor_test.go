package main

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
)

// TestSecondFactorRace: of fifty requests at once with one code, to two processes on one database, one succeeds; and of
// fifty guesses in as many sign-ins, as many are compared as lock the account.
func TestSecondFactorRace(t *testing.T) {
	t.Parallel()
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := fresh(t)
			open := func(options string) []*testInstance {
				var instances []*testInstance
				for range 2 {
					instances = append(instances, startProcess(t).open(map[string]any{
						"database": map[string]any{"kind": kind, "dsn": dsn}, "compat": "hardened",
						"options": enabled(`"baseURL":"http://localhost:3000"`, `"secret":"race-secret-0123456789-0123456789"`),
						"plugins": []any{map[string]any{"id": "two-factor", "options": json.RawMessage(options)}},
					}))
				}
				return instances
			}
			unlocked := open(`{"accountLockout":{"enabled":false}}`)
			r := &replay{testInstance: unlocked[0], unifier: newUnifier(), jars: map[string]jar{}}
			first := jar{}
			r.post("/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`, first)
			r.learn(t, r.post("/two-factor/enable", `{"password":"password-1"}`, first))
			r.post("/two-factor/verify-totp", `{"code":"`+r.code(t)+`"}`, first)
			for _, i := range unlocked {
				i.moveClock(`{"advanceMs":120000}`)
			}

			const n = 50
			race := func(instances []*testInstance, path, body string) map[int]int {
				clients := make([]jar, n)
				for k := range clients {
					clients[k] = jar{}
					instances[k%2].post("/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`, clients[k])
				}
				statuses, begin := map[int]int{}, make(chan struct{})
				var mu sync.Mutex
				var wg sync.WaitGroup
				for k := range n {
					wg.Go(func() {
						<-begin
						res := instances[k%2].post(path, body, clients[k])
						mu.Lock()
						defer mu.Unlock()
						statuses[res.status]++
					})
				}
				close(begin)
				wg.Wait()
				return statuses
			}
			wantOne := func(what string, statuses map[int]int) {
				t.Helper()
				if statuses[200] != 1 || statuses[200]+statuses[401]+statuses[409] != n {
					t.Errorf("%s: got %v, want one winner", what, statuses)
				}
			}
			wantOne("an app's code", race(unlocked, "/two-factor/verify-totp", `{"code":"`+r.code(t)+`"}`))
			wantOne("a backup code", race(unlocked, "/two-factor/verify-backup-code", `{"code":"`+r.second.backupCodes[0]+`"}`))

			locking := open(`{}`)
			if got := race(locking, "/two-factor/verify-totp", `{"code":"x00000"}`); fmt.Sprint(got) != "map[401:10 429:40]" {
				t.Errorf("guesses: got %v, want ten compared and the others refused", got)
			}
			quote := `"`
			if kind == "mysql" {
				quote = "`"
			}
			if got := count(t, db, "select "+quote+"failedVerificationCount"+quote+" from "+quote+"twoFactor"+quote); got != 10 {
				t.Errorf("%d failures are counted, want 10", got)
			}
		})
	}
}
