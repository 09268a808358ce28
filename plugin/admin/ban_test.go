package admin_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/admin"
)

// TestBanActsAtOnce: wherever sessions are, the next request of a banned user that changes something is refused, and so is
// their next sign-in.
func TestBanActsAtOnce(t *testing.T) {
	t.Parallel()
	for place, change := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, change)
			_, ann := r.signUp("Ann", "admin")
			id, bob := r.signUp("Bob", "")
			other := browser("", r.signIn("Bob"))
			want(t, r.do("GET", "/get-session", "", bob), 200, "bob@")
			want(t, r.post("/admin/ban-user", `{"userId":"`+id+`"}`, ann), 200, `"banned":true,"banReason":"No reason","banExpires":null`)
			for _, cookies := range []string{bob, other} {
				want(t, r.post("/update-user", `{"name":"Bert"}`, cookies), 401, "")
				want(t, r.do("GET", "/list-sessions", "", cookies), 401, "")
				want(t, r.do("GET", "/get-session?disableCookieCache=true", "", cookies), 200, "null")
			}
			want(t, r.signIn("Bob"), 403, `"code":"BANNED_USER"`)
			if n := r.sessions(id); n != 0 {
				t.Errorf("%d sessions are left", n)
			}
			for _, event := range []string{"user-banned", "sign-in-failed"} {
				if !r.told(event) {
					t.Errorf("no %s event", event)
				}
			}
			want(t, r.post("/admin/unban-user", `{"userId":"`+id+`"}`, ann), 200, `"banned":false,"banReason":null,"banExpires":null`)
			want(t, r.do("GET", "/get-session?disableCookieCache=true", "", bob), 200, "null")
			want(t, r.signIn("Bob"), 200, "")
		})
	}
}

func TestBanByUpdate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	me, ann := r.signUp("Ann", "admin")
	id, bob := r.signUp("Bob", "")
	r.set(id, store.Record{"banExpires": r.Now().Add(-time.Hour)}) // of an old ban
	want(t, r.post("/admin/update-user", `{"userId":"`+id+`","data":{"banned":true,"banReason":"spam"}}`, ann), 200, `"banned":true,"banReason":"spam","banExpires":null`)
	want(t, r.post("/update-user", `{"name":"Bert"}`, bob), 401, "")
	want(t, r.signIn("Bob"), 403, "BANNED_USER")
	want(t, r.post("/admin/update-user", `{"userId":"`+me+`","data":{"banned":true}}`, ann), 400, "YOU_CANNOT_BAN_YOURSELF")
	want(t, r.post("/admin/update-user", `{"userId":"`+me+`","data":{"banned":"true"}}`, ann), 400, "VALIDATION_ERROR")
	want(t, r.post("/admin/update-user", `{"userId":"`+me+`","data":{"banned":1}}`, ann), 400, "VALIDATION_ERROR")
	want(t, r.post("/admin/ban-user", `{"userId":"`+me+`"}`, ann), 400, "YOU_CANNOT_BAN_YOURSELF")
}

func TestBanRunsOut(t *testing.T) {
	t.Parallel()
	for _, compat := range []core.Compat{core.Hardened, core.Exact} {
		r := newRig(t, func(c *core.Config, _ *admin.Options) { c.Compat = compat })
		_, ann := r.signUp("Ann", "admin")
		id, _ := r.signUp("Bob", "")
		a := r.post("/admin/ban-user", `{"userId":"`+id+`","banReason":"spam","banExpiresIn":60}`, ann)
		want(t, a, 200, `"banReason":"spam","banExpires":"`+r.Now().Add(time.Minute).Format("2006-01-02T15:04:05.000Z"))
		r.clock.Advance(time.Minute - time.Millisecond)
		want(t, r.signIn("Bob"), 403, "BANNED_USER")
		r.clock.Advance(2 * time.Millisecond)
		want(t, r.signIn("Bob"), 200, "")
		u := r.user(id)
		if banned, _ := admin.Banned.Get(u.Extra); banned {
			t.Error("the ban is still there")
		}
		if reason, _ := admin.BanReason.Get(u.Extra); reason != "" {
			t.Errorf("the reason is still there: %q", reason)
		}
		want(t, r.do("GET", "/get-session", "", browser("", r.signIn("Bob"))), 200, "bob@")
	}
}

// TestBanDefaults: what the options say counts where the request says nothing, and no request makes a ban that is none.
func TestBanDefaults(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *core.Config, o *admin.Options) {
		o.BanReason, o.BanExpiresIn = "manners", time.Hour
		o.BannedMessageFunc = func(_ context.Context, u *model.User) (string, error) { return "Go away, " + u.Name, nil }
	})
	_, ann := r.signUp("Ann", "admin")
	id, _ := r.signUp("Bob", "")
	until := r.Now().Add(time.Hour).Format("2006-01-02T15:04:05.000Z")
	for _, rest := range []string{"", `,"banExpiresIn":0`, `,"banReason":""`} {
		want(t, r.post("/admin/ban-user", `{"userId":"`+id+`"`+rest+`}`, ann), 200, `"banReason":"manners","banExpires":"`+until)
	}
	want(t, r.signIn("Bob"), 403, "Go away, Bob")
	for _, bad := range []string{"-1", "1e300", "1e12", `"60"`} {
		want(t, r.post("/admin/ban-user", `{"userId":"`+id+`","banExpiresIn":`+bad+`}`, ann), 400, "[body.banExpiresIn]")
	}
	want(t, r.post("/admin/ban-user", `{"userId":"nope"}`, ann), 404, "USER_NOT_FOUND")
}

// TestBanRace: of sign-ins that meet a ban, none leaves a session that counts, whichever comes first.
func TestBanRace(t *testing.T) {
	t.Parallel()
	for place, change := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, change)
			_, ann := r.signUp("Ann", "admin")
			id, _ := r.signUp("Bob", "")
			cookies := make([]string, 50)
			var wg sync.WaitGroup
			for i := range cookies {
				wg.Go(func() {
					if i == 25 {
						r.post("/admin/ban-user", `{"userId":"`+id+`"}`, ann)
						return
					}
					if a := r.signIn("Bob"); a.status == 200 {
						cookies[i] = browser("", a)
					}
				})
			}
			wg.Wait()
			for _, c := range cookies {
				if c != "" {
					want(t, r.post("/update-user", `{"name":"Bert"}`, c), 401, "")
				}
			}
			want(t, r.post("/admin/unban-user", `{"userId":"`+id+`"}`, ann), 200, "")
			for _, c := range cookies {
				if c != "" {
					want(t, r.post("/update-user", `{"name":"Bert"}`, c), 401, "")
				}
			}
		})
	}
}

// TestLiftRace: sign-ins that all find a ban that has run out do not end each other's sessions.
func TestLiftRace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, ann := r.signUp("Ann", "admin")
	id, _ := r.signUp("Bob", "")
	want(t, r.post("/admin/ban-user", `{"userId":"`+id+`","banExpiresIn":1}`, ann), 200, "")
	r.clock.Advance(time.Second)
	var wg sync.WaitGroup
	answers := make([]answer, 50)
	for i := range answers {
		wg.Go(func() { answers[i] = r.signIn("Bob") })
	}
	wg.Wait()
	for _, a := range answers {
		want(t, a, 200, "")
		want(t, r.do("GET", "/get-session", "", browser("", a)), 200, "bob@")
	}
}

// TestSessionBesideABan: a session that appears although its user is banned counts for nothing, in the app's routes either,
// until a sign-in after the ban.
func TestSessionBesideABan(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, bob := r.signUp("Bob", "")
	r.set(id, store.Record{"banned": true, "banExpires": r.Now().Add(time.Hour)})
	want(t, r.do("GET", "/get-session", "", bob), 200, "null")
	r.clock.Advance(2 * time.Hour)
	want(t, r.post("/update-user", `{"name":"Bert"}`, bob), 401, "")
	want(t, r.signIn("Bob"), 200, "")
	want(t, r.do("GET", "/get-session", "", bob), 200, "null")
}

func TestSignUpCannotNameColumns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, rest := range []string{`"role":"admin"`, `"banReason":"x"`, `"banExpires":"2026-01-01T00:00:00Z"`} {
		a := r.post("/sign-up/email", `{"name":"Eve","email":"eve@example.com","password":"password-1",`+rest+`}`, "")
		want(t, a, 400, "FIELD_NOT_ALLOWED")
	}
	a := r.post("/sign-up/email", `{"name":"Eve","email":"eve@example.com","password":"password-1","banned":true}`, "")
	want(t, a, 200, `"role":"user","banned":false`)
	eve := browser("", a)
	for _, rest := range []string{`"role":"admin"`, `"banned":true`} {
		want(t, r.post("/update-user", `{`+rest+`}`, eve), 400, "FIELD_NOT_ALLOWED")
	}
	if strings.Contains(r.do("GET", "/get-session", "", eve).body, `"role":"admin"`) {
		t.Error("a user has made themselves an admin")
	}
	want(t, r.post("/update-session", `{"impersonatedBy":"x"}`, eve), 400, "")
}
