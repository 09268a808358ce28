package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
)

func withChangeEmail(change ...func(*core.ChangeEmailConfig)) func(*core.Config) {
	return func(c *core.Config) {
		c.User.ChangeEmail.Enabled = true
		for _, f := range change {
			f(&c.User.ChangeEmail)
		}
	}
}

func (r *rig) verified(email string) {
	r.t.Helper()
	if _, err := r.UpdateUser(r.t.Context(), r.user(email).ID, store.Record{"emailVerified": true}); err != nil {
		r.t.Fatal(err)
	}
}

// TestChangeEmailNeedsBothMailboxes: with a confirmation, the old mailbox and then the new one.
func TestChangeEmailNeedsBothMailboxes(t *testing.T) {
	t.Parallel()
	var old, box mailbox
	var events []core.EmailChanged
	r := newRig(t, withMail(&box, withChangeEmail(func(c *core.ChangeEmailConfig) { c.SendConfirmation = old.send }), func(c *core.Config) {
		c.Hooks = []core.Hook{core.OnEvent(func(_ context.Context, _ *core.Exchange, e core.EmailChanged) { events = append(events, e) })}
	}))
	ann := r.signUp("ann@example.com")
	bob := r.signUp("bob@example.com")
	r.verified("ann@example.com")
	wantStatus(t, r.do("POST", "/api/auth/change-email", `{"newEmail":"New@Example.com"}`, "Cookie", ann), 200, `{"status":true}`)
	confirm := old.last(t, 1)
	if confirm.User.Email != "ann@example.com" || confirm.NewEmail != "new@example.com" || box.len() != 0 {
		t.Errorf("got %+v and %d mails to the new address", confirm, box.len())
	}
	wantStatus(t, r.do("GET", path(t, confirm), "", "Cookie", bob), 401, "INVALID_USER")
	wantStatus(t, r.do("GET", path(t, confirm), ""), 200, `{"status":true}`)
	verify := box.last(t, 1)
	if verify.User.Email != "new@example.com" || r.user("ann@example.com").Email != "ann@example.com" {
		t.Errorf("got %+v", verify)
	}
	wantStatus(t, r.do("GET", path(t, verify), "", "Cookie", bob), 401, "INVALID_USER")
	a := r.do("GET", path(t, verify), "", "Cookie", ann)
	if wantStatus(t, a, 200, `"email":"new@example.com","emailVerified":true`); a.cookie(sessionCookie) == "" {
		t.Error("the session was not sent again")
	}
	if len(events) != 1 || events[0].Old != "ann@example.com" || events[0].New != "new@example.com" {
		t.Errorf("got %+v", events)
	}
	// Both links were for the address that is no longer theirs.
	wantStatus(t, r.do("GET", path(t, verify), ""), 401, "INVALID_TOKEN")
	wantStatus(t, r.do("GET", path(t, confirm), ""), 401, "INVALID_TOKEN")
	if box.len() != 1 {
		t.Error("a link of the past sent a further mail")
	}
}

// TestTakenAddressChangesNothing: the answer is the one for a free address, cookies included.
func TestTakenAddressChangesNothing(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []bool{false, true} {
		var box mailbox
		r := newRig(t, withMail(&box, withChangeEmail(func(c *core.ChangeEmailConfig) { c.UpdateWithoutVerification = atOnce })))
		ann := r.signUp("ann@example.com")
		r.signUp("bob@example.com")
		taken := r.do("POST", "/api/auth/change-email", `{"newEmail":"BOB@example.com"}`, "Cookie", ann)
		if box.len() != 0 {
			t.Error("a mail was sent to somebody else's address")
		}
		free := r.do("POST", "/api/auth/change-email", `{"newEmail":"free@example.com"}`, "Cookie", ann)
		if box.len() != 1 {
			t.Errorf("%d mails, want 1", box.len())
		}
		if taken.status != 200 || taken.status != free.status || taken.body != free.body || len(taken.header) != len(free.header) ||
			strings.Join(taken.header["Set-Cookie"], "\n") != strings.Join(free.header["Set-Cookie"], "\n") {
			t.Errorf("at once %v: got %+v, want %+v", atOnce, taken, free)
		}
		if a := r.do("POST", "/api/auth/change-email", `{"newEmail":"`+strings.Repeat("a", 250)+`@example.com"}`, "Cookie", ann); a.status != 400 {
			t.Errorf("an endless address: got %d", a.status)
		}
	}
}

// TestAddressTakenInTheMeantime: the link to an address that somebody else has by now changes nothing.
func TestAddressTakenInTheMeantime(t *testing.T) {
	t.Parallel()
	var box mailbox
	r := newRig(t, withMail(&box, withChangeEmail()))
	ann := r.signUp("ann@example.com")
	wantStatus(t, r.do("POST", "/api/auth/change-email", `{"newEmail":"new@example.com"}`, "Cookie", ann), 200, "")
	m := box.last(t, 1)
	r.signUp("new@example.com")
	wantStatus(t, r.do("GET", path(t, m), ""), 422, "USER_ALREADY_EXISTS")
	a := r.do("GET", path(t, m)+"&callbackURL=/x", "")
	if a.header.Get("Location") != "/x?error=USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" {
		t.Errorf("got %v", a.header)
	}
	if r.user("ann@example.com").Email != "ann@example.com" {
		t.Error("the address changed")
	}
}

// TestOldMailboxIsShutOut: a link to reset the password that waits in the old mailbox is void.
func TestOldMailboxIsShutOut(t *testing.T) {
	t.Parallel()
	for compat, want := range map[core.Compat]error{core.Hardened: core.ErrNoVerification, core.Exact: nil} {
		var box mailbox
		r := newRig(t, withMail(&box, withChangeEmail(), func(c *core.Config) { c.Compat = compat }))
		ann := r.signUp("ann@example.com")
		for id, of := range map[string]string{"reset-password:mine": "ann@example.com", "reset-password:hers": "bob@example.com"} {
			if of == "bob@example.com" {
				r.signUp(of)
			}
			if err := r.CreateVerification(t.Context(), id, r.user(of).ID, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		wantStatus(t, r.do("POST", "/api/auth/change-email", `{"newEmail":"new@example.com"}`, "Cookie", ann), 200, "")
		wantStatus(t, r.do("GET", path(t, box.last(t, 1)), ""), 200, "new@example.com")
		if _, err := r.PeekVerification(t.Context(), "reset-password:mine"); err != want { //nolint:errorlint // nil, or the value itself
			t.Errorf("compat %d: got %v, want %v", compat, err, want)
		}
		if _, err := r.PeekVerification(t.Context(), "reset-password:hers"); err != nil {
			t.Errorf("somebody else's: got %v", err)
		}
	}
}
