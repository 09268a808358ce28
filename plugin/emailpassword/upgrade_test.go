package emailpassword_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// own is a hash that costs next to nothing.
var own = password.Argon2id{MemoryKiB: 64, Passes: 1}

// Hashes of "password" that other systems made (see the tests of package password).
var imported = map[string]string{
	"bcrypt":  "$2y$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
	"argon2i": "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$T/XOJ2mh1/TIpJHfCdQan76Q5esCFVoT5MAeIM1Oq2E",
	"Django":  "pbkdf2_sha256$1000$seasalt$YIWkt6M1JFXrHg5s0jZjBSc7C2Cz6QvchSJ0h8Y+i7c=",
}

// importing is an installation whose users come from elsewhere. Background work waits in the slice that it returns.
func importing(t *testing.T, change ...func(*core.Config)) (*core.Auth, *emailpassword.Plugin, *[]func()) {
	t.Helper()
	var mu sync.Mutex
	work := new([]func())
	auth, pw, _ := setUp(t, emailpassword.Options{}, append([]func(*core.Config){func(c *core.Config) {
		c.Password.Hasher = password.Import(own, password.Bcrypt{}, password.PBKDF2{})
		c.Background = func(fn func()) {
			mu.Lock()
			defer mu.Unlock()
			*work = append(*work, fn)
		}
	}}, change...)...)
	return auth, pw, work
}

// importUser makes a user with a stored hash, as an import does.
func importUser(t *testing.T, auth *core.Auth, email, hash string) *model.User {
	t.Helper()
	user, err := auth.CreateUser(t.Context(), model.User{Name: "Ann", Email: email})
	if err != nil {
		t.Fatal(err)
	}
	if err := auth.SetPassword(t.Context(), user.ID, hash); err != nil {
		t.Fatal(err)
	}
	return user
}

func storedHash(t *testing.T, auth *core.Auth, user *model.User) string {
	t.Helper()
	acc, err := auth.FindCredential(t.Context(), user.ID)
	if err != nil {
		t.Fatal(err)
	}
	return *acc.Password
}

func runAll(work *[]func()) {
	for _, fn := range *work {
		fn()
	}
	*work = nil
}

func TestImportedHashIsUpgraded(t *testing.T) {
	t.Parallel()
	for name, hash := range imported {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth, pw, work := importing(t)
			user, other := importUser(t, auth, "ann@example.com", hash), importUser(t, auth, "bob@example.com", hash)

			if err := signIn(t, auth, pw, "ann@example.com", "passworD"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) || len(*work) != 0 {
				t.Errorf("a wrong password: got %v and %d upgrades", err, len(*work))
			}
			if err := signIn(t, auth, pw, "ann@example.com", "password"); err != nil {
				t.Fatal(err)
			}
			if got := storedHash(t, auth, user); got != hash {
				t.Errorf("the answer waited for the upgrade: %s", got)
			}
			runAll(work)
			upgraded := storedHash(t, auth, user)
			if !strings.HasPrefix(upgraded, "$argon2id$v=19$m=64,t=1,p=1$") {
				t.Errorf("got %s, want one of our own", upgraded)
			}
			if got := storedHash(t, auth, other); got != hash {
				t.Errorf("somebody else's hash is %s now", got)
			}
			if err := signIn(t, auth, pw, "ann@example.com", "password"); err != nil || len(*work) != 0 {
				t.Errorf("the next sign-in: got %v and %d upgrades", err, len(*work))
			}
			if err := signIn(t, auth, pw, "ann@example.com", "passworD"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) {
				t.Errorf("a wrong password after the upgrade: got %v", err)
			}
		})
	}
}

// TestUpgradeThatNeverHappens: the process may end before or during the upgrade.
func TestUpgradeThatNeverHappens(t *testing.T) {
	t.Parallel()
	auth, pw, work := importing(t)
	user := importUser(t, auth, "ann@example.com", imported["bcrypt"])
	for range 2 {
		if err := signIn(t, auth, pw, "ann@example.com", "password"); err != nil {
			t.Fatal(err)
		}
		if len(*work) != 1 || storedHash(t, auth, user) != imported["bcrypt"] {
			t.Errorf("%d upgrades wait, the hash is %s", len(*work), storedHash(t, auth, user))
		}
		*work = nil // dropped
	}
}

// TestUpgradeUndoesNoChange: whoever changes their password while the upgrade is on its way keeps the new one.
func TestUpgradeUndoesNoChange(t *testing.T) {
	t.Parallel()
	auth, pw, work := importing(t)
	user := importUser(t, auth, "ann@example.com", imported["bcrypt"])
	if err := signIn(t, auth, pw, "ann@example.com", "password"); err != nil {
		t.Fatal(err)
	}
	changed, err := own.Hash(t.Context(), "another one")
	if err != nil {
		t.Fatal(err)
	}
	if err := auth.SetPassword(t.Context(), user.ID, changed); err != nil {
		t.Fatal(err)
	}
	if len(*work) != 1 {
		t.Fatalf("%d upgrades wait, want 1", len(*work))
	}
	runAll(work)
	if got := storedHash(t, auth, user); got != changed {
		t.Errorf("got %s, want %s", got, changed)
	}
}

func TestFiftyUpgradesAtOnce(t *testing.T) {
	t.Parallel()
	auth, pw, _ := importing(t, func(c *core.Config) { c.Background = nil })
	user := importUser(t, auth, "ann@example.com", imported["bcrypt"])
	var wg sync.WaitGroup
	var failed atomic.Int64
	for range 50 {
		wg.Go(func() {
			if _, err := pw.SignIn.Call(context.Background(), auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "password"}); err != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	if err := auth.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	upgraded := storedHash(t, auth, user)
	if ok, err := own.Verify(t.Context(), upgraded, "password"); !ok || err != nil || own.Outdated(upgraded) || failed.Load() != 0 {
		t.Errorf("%d sign-ins failed; the hash is %s (%v)", failed.Load(), upgraded, err)
	}
}

// stubborn is a hasher that can verify but not hash.
type stubborn struct {
	password.Argon2id
	err error
}

func (s stubborn) Hash(context.Context, string) (string, error) { return "", s.err }

func TestFailedUpgradeIsLogged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		logged bool
	}{
		"busy":     {password.ErrBusy, true},
		"too long": {password.ErrTooLong, false}, // which is so at every sign-in
	} {
		var log bytes.Buffer
		auth, pw, work := importing(t, func(cfg *core.Config) {
			cfg.Password.Hasher = password.Import(stubborn{own, c.err}, password.Bcrypt{})
			cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		})
		user := importUser(t, auth, "ann@example.com", imported["bcrypt"])
		if err := signIn(t, auth, pw, "ann@example.com", "password"); err != nil {
			t.Errorf("%s: sign-in: %v", name, err)
		}
		runAll(work)
		if got := storedHash(t, auth, user); got != imported["bcrypt"] {
			t.Errorf("%s: the hash is %s", name, got)
		}
		if got := strings.Contains(log.String(), "upgrade of a password hash"); got != c.logged {
			t.Errorf("%s: logged %q", name, log.String())
		}
		if strings.Contains(log.String(), "CCCCCC") {
			t.Errorf("%s: the log has the hash: %q", name, log.String())
		}
	}
}

// TestHashesThatNobodyReads are wrong passwords to the user and a line in the log to whoever imported them.
func TestHashesThatNobodyReads(t *testing.T) {
	t.Parallel()
	for name, hash := range map[string]string{
		"unknown":   "$5$rounds=1000$salt$key",
		"too dear":  "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"cut short": imported["bcrypt"][:40],
		"no key":    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
		"empty":     "",
	} {
		var log bytes.Buffer
		auth, pw, work := importing(t, func(c *core.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		importUser(t, auth, "ann@example.com", hash)
		if err := signIn(t, auth, pw, "ann@example.com", "password"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) || len(*work) != 0 {
			t.Errorf("%s: got %v and %d upgrades", name, err, len(*work))
		}
		if got := strings.Contains(log.String(), "cannot be read"); got != (hash != "") {
			t.Errorf("%s: logged %q", name, log.String())
		}
	}
}

// TestTooLongForBcrypt: nothing is cut in silence.
func TestTooLongForBcrypt(t *testing.T) {
	t.Parallel()
	auth, pw, _ := setUp(t, emailpassword.Options{}, func(c *core.Config) { c.Password.Hasher = password.Bcrypt{Cost: 4} })
	longest := strings.Repeat("é", 36) // 72 bytes
	for _, c := range []struct {
		text, code string
		status     int
	}{{longest + "x", `"code":"PASSWORD_TOO_LONG"`, 400}, {longest, `"token":"`, 200}} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost:3000/api/auth/sign-up/email",
			strings.NewReader(`{"name":"A","email":"a@example.com","password":"`+c.text+`"}`))
		r.Header.Set("Content-Type", "application/json")
		if res := auth.Serve(t.Context(), r); res.Status != c.status || !strings.Contains(string(res.Body), c.code) {
			t.Errorf("%d bytes: got %d %s, want %d %s", len(c.text), res.Status, res.Body, c.status, c.code)
		}
	}
	for _, email := range []string{"a@example.com", "ghost@example.com"} {
		if err := signIn(t, auth, pw, email, longest+"x"); !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) {
			t.Errorf("sign-in of %s: got %v", email, err)
		}
	}
	if err := signIn(t, auth, pw, "a@example.com", longest); err != nil {
		t.Error(err)
	}
}
