package core_test

import (
	"encoding/json"
	"testing"

	"github.com/cardea-auth/cardea/core/model"
)

func TestListAndRevokeSessions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mine := r.signUp("ann@example.com")
	stranger := r.signUp("bob@example.com")
	second := r.do("POST", "/api/auth/sign-in/email", `{"email":"ann@example.com","password":"password-1"}`)
	tokens := func(cookie string) []string {
		t.Helper()
		a := r.do("GET", "/api/auth/list-sessions", "", "Cookie", cookie)
		var list []struct{ Token string }
		if err := json.Unmarshal([]byte(a.body), &list); err != nil || a.status != 200 {
			t.Fatalf("list-sessions: %d %s %v", a.status, a.body, err)
		}
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = s.Token
		}
		return out
	}
	if got := tokens(mine); len(got) != 2 {
		t.Errorf("%d sessions, want 2", len(got))
	}
	theirs := tokens(stranger)[0]
	post := func(path, body, cookie string) answer { return r.do("POST", "/api/auth"+path, body, "Cookie", cookie) }

	wantStatus(t, post("/revoke-session", `{"token":"`+theirs+`"}`, mine), 200, `{"status":true}`)
	if got := tokens(stranger); len(got) != 1 {
		t.Error("a session of somebody else's was revoked")
	}
	wantStatus(t, post("/revoke-session", `{}`, mine), 400, "[body.token]")
	wantStatus(t, post("/revoke-other-sessions", "", mine), 200, `{"status":true}`)
	if got := tokens(mine); len(got) != 1 {
		t.Errorf("%d sessions after the others were revoked, want 1", len(got))
	}
	wantStatus(t, r.do("GET", getSession, "", "Cookie", sessionCookie+"="+second.cookie(sessionCookie)), 200, "null")

	a := post("/revoke-sessions", "{}", mine)
	wantStatus(t, a, 200, `{"status":true}`)
	if len(a.header["Set-Cookie"]) != 3 {
		t.Errorf("cookies: %v, want the three expired", a.header["Set-Cookie"])
	}
	wantStatus(t, post("/revoke-sessions", "{}", mine), 401, "UNAUTHORIZED")
	wantStatus(t, r.do("GET", "/api/auth/list-sessions", "", "Cookie", mine), 401, "UNAUTHORIZED")
	if n, err := r.Store().Count(t.Context(), storeFrom(r, model.SessionTable)); err != nil || n != 1 {
		t.Errorf("%d rows (%v), want the stranger's", n, err)
	}

	own := tokens(stranger)[0]
	a = post("/revoke-session", `{"token":"`+own+`"}`, stranger)
	if len(a.header["Set-Cookie"]) != 3 {
		t.Errorf("revoking one's own session: cookies %v, want the three expired", a.header["Set-Cookie"])
	}
}

func TestListSessionsWantsAFreshSession(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cookie := r.signUp("ann@example.com")
	r.clock.Advance(day)
	wantStatus(t, r.do("GET", "/api/auth/list-sessions", "", "Cookie", cookie), 403, "SESSION_NOT_FRESH")
}
