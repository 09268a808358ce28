package twofactor_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memstorage"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

const racers = 50

// race sends a request from each browser at once and counts the answers by status.
func race(browsers []*browser, path, body string) map[int]int {
	statuses := map[int]int{}
	var mu sync.Mutex
	var done sync.WaitGroup
	start := make(chan struct{})
	for _, b := range browsers {
		done.Go(func() {
			<-start
			a := b.post(path, body)
			mu.Lock()
			defer mu.Unlock()
			statuses[a.status]++
		})
	}
	close(start)
	done.Wait()
	return statuses
}

// eachPlace runs a race with records in the table and in secondary storage.
func eachPlace(t *testing.T, opts twofactor.Options, run func(t *testing.T, r *rig)) {
	t.Helper()
	for name, place := range map[string]func(*core.Config){
		"table":   func(*core.Config) {},
		"storage": func(c *core.Config) { c.SecondaryStorage = memstorage.New(memstorage.Options{Now: c.Now}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, newRig(t, opts, place))
		})
	}
}

// many returns browsers that have each shown the first factor.
func (r *rig) many() []*browser {
	r.t.Helper()
	browsers := make([]*browser, racers)
	for i := range browsers {
		browsers[i] = r.challenged()
	}
	return browsers
}

// same returns copies of one browser.
func same(b *browser) []*browser {
	browsers := make([]*browser, racers)
	for i := range browsers {
		browsers[i] = b.copy()
	}
	return browsers
}

func wantOne(t *testing.T, statuses map[int]int) {
	t.Helper()
	if statuses[200] != 1 {
		t.Errorf("got %v, want one winner", statuses)
	}
	for status := range statuses {
		if status >= 500 {
			t.Errorf("got %v: something broke", statuses)
		}
	}
}

func TestOneCodeRace(t *testing.T) {
	t.Parallel()
	// Without the lock, so that all of them are compared.
	opts := twofactor.Options{Lockout: twofactor.LockoutOptions{Disabled: true}}
	eachPlace(t, opts, func(t *testing.T, r *rig) {
		_, app := r.enrolled()
		wantOne(t, race(r.many(), "/two-factor/verify-totp", app.input()))
		wantOne(t, race(r.many(), "/two-factor/verify-backup-code", code(app.backupCodes[0])))
		b := r.challenged()
		b.want(200, "", "/two-factor/send-otp", "{}")
		wantOne(t, race(same(b), "/two-factor/verify-otp", code(r.lastSent())))
		wantOne(t, race(same(r.challenged()), "/two-factor/verify-backup-code", code(app.backupCodes[1])))
	})
}

// TestGuessRace: of any number of guesses at once, no more are compared than are allowed.
func TestGuessRace(t *testing.T) {
	t.Parallel()
	eachPlace(t, twofactor.Options{}, func(t *testing.T, r *rig) {
		_, app := r.enrolled()
		b := r.challenged()
		for range 5 {
			race(same(b), "/two-factor/verify-totp", wrong)
		}
		if failed, _ := r.row(); failed != 5 {
			t.Errorf("%d guesses were compared in one challenge, want 5", failed)
		}
		b.want(401, "INVALID_TWO_FACTOR_COOKIE", "/two-factor/verify-totp", app.input())
	})
	eachPlace(t, twofactor.Options{}, func(t *testing.T, r *rig) {
		_, app := r.enrolled()
		statuses := race(r.many(), "/two-factor/verify-totp", wrong)
		if statuses[401] != 10 || statuses[429] != racers-10 {
			t.Errorf("got %v, want ten guesses compared and the others refused", statuses)
		}
		if failed, locked := r.row(); failed != 10 || locked <= 0 || r.told("account-locked") != 1 {
			t.Errorf("got %d failures, locked for %v, told %d times", failed, locked, r.told("account-locked"))
		}
		r.challenged().want(429, "", "/two-factor/verify-totp", app.input())
	})
}

// TestTrustedDeviceRace: an id is good for one sign-in.
func TestTrustedDeviceRace(t *testing.T) {
	t.Parallel()
	eachPlace(t, twofactor.Options{}, func(t *testing.T, r *rig) {
		_, app := r.enrolled()
		b := r.challenged()
		b.want(200, "token", "/two-factor/verify-totp", `{"code":"`+app.code()+`","trustDevice":true}`)
		var mu sync.Mutex
		var done sync.WaitGroup
		passed := 0
		for _, b := range same(b) {
			done.Go(func() {
				if a := b.signIn(); !strings.Contains(a.body, "twoFactorRedirect") {
					mu.Lock()
					defer mu.Unlock()
					passed++
				}
			})
		}
		done.Wait()
		if passed != 1 {
			t.Errorf("%d sign-ins passed, want one", passed)
		}
	})
}

// TestEnrolmentRace: one user has one authenticator app.
func TestEnrolmentRace(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{})
	b := r.signUp("ann@example.com")
	race(same(b), "/two-factor/enable", `{"password":"`+password+`"}`)
	if n := r.count(twofactor.Table); n != 1 {
		t.Errorf("%d rows", n)
	}
}
