package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
)

// lender gives a caller the session of another user for an hour, voids those of users called Void, and wants to be asked
// about every sign-in.
type lender struct {
	asked int
	lend  *core.Endpoint[lendInput, *model.Session]
	back  *core.Endpoint[lendInput, core.StatusOutput]
	renew *core.Endpoint[core.None, *model.Session]
}

type lendInput struct {
	Key string `json:"key"`
}

var lentBy = model.Field[string]{Name: "lentBy"}

func newLender() *lender {
	l := &lender{}
	spec := func(id string) core.Spec {
		return core.Spec{ID: id, Method: "POST", Path: "/" + id, Access: core.StoredSession}
	}
	l.lend = core.Define(spec("lend"), func(ctx context.Context, x *core.Exchange, in lendInput) (*model.Session, error) {
		s, err := x.RequireStoredSession(ctx)
		if err != nil {
			return nil, err
		}
		user, err := x.Auth().FindUserByEmail(ctx, in.Key)
		if err != nil {
			return nil, err
		}
		g := core.SessionGrant{User: user, ExpiresIn: time.Hour, DontRemember: true}
		lentBy.Set(&g.Extra, s.User.ID)
		x.ExpireSession()
		return x.IssueSession(ctx, g)
	})
	l.back = core.Define(spec("back"), func(ctx context.Context, x *core.Exchange, in lendInput) (core.StatusOutput, error) {
		s, err := x.Auth().FindSession(ctx, in.Key)
		if err != nil {
			return core.StatusOutput{}, err
		}
		return core.StatusOutput{Status: true}, x.SwitchSession(ctx, s, false)
	})
	l.renew = core.Define(spec("renew"), func(ctx context.Context, x *core.Exchange, _ core.None) (*model.Session, error) {
		s, err := x.RequireStoredSession(ctx)
		if err != nil {
			return nil, err
		}
		return x.RenewSession(ctx, s)
	})
	return l
}

func (l *lender) Manifest() core.Manifest {
	return core.Manifest{
		ID: "lender", Endpoints: []core.AnyEndpoint{l.lend, l.back, l.renew},
		Schema: []schema.Extension{{Table: "session", Columns: []schema.Column{{Name: "lentBy", Kind: schema.String, Returned: true}}}},
		SignIn: []core.SignInStep{{Name: "count", Check: func(context.Context, *core.Exchange, *core.SignIn) error { l.asked++; return nil }}},
		Sessions: core.SessionRules{
			Void:  func(s *core.ActiveSession) bool { return s.User.Name == "Void" },
			Fixed: func(s *model.Session) bool { by, _ := lentBy.Get(s.Extra); return by != "" },
		},
	}
}

// lent returns a rig in which ann has bob's session, and the cookies of both.
func lent(t *testing.T) (r *rig, l *lender, ann, bob string, first answer) {
	t.Helper()
	l = newLender()
	r = newRig(t, func(c *core.Config) { c.Plugins = append(c.Plugins, l) })
	ann = r.signUp("ann@example.com")
	r.signUp("bob@example.com")
	l.asked = 0
	first = r.do("POST", "/api/auth/lend", `{"key":"bob@example.com"}`, "Cookie", ann)
	wantStatus(t, first, 200, `"lentBy":"`)
	for _, c := range first.cookies() { // the last of a name counts
		if c.Name == sessionCookie {
			bob = sessionCookie + "=" + c.Value
		}
	}
	return r, l, ann, bob, first
}

func TestIssueSession(t *testing.T) {
	t.Parallel()
	r, l, ann, bob, first := lent(t)
	if l.asked != 0 {
		t.Error("a session that was issued was taken for a sign-in")
	}
	want := []string{"session_token=; Max-Age=0", "session_data=; Max-Age=0", "dont_remember=; Max-Age=0", "session_token=", "dont_remember=true"}
	got := first.header["Set-Cookie"]
	for i, part := range want {
		if i >= len(got) || !strings.Contains(got[i], part) {
			t.Fatalf("cookies: got %q, want %q", got, want)
		}
	}
	if strings.Contains(got[3], "Max-Age") {
		t.Errorf("the cookie outlives the browser: %s", got[3])
	}
	wantStatus(t, r.do("GET", getSession, "", "Cookie", bob), 200, `"email":"bob@`)
	wantStatus(t, r.do("GET", getSession, "", "Cookie", ann), 200, `"email":"ann@`)
}

// TestFixedSession: neither use, without the mark of not being remembered, nor a new session in its place prolongs it.
func TestFixedSession(t *testing.T) {
	t.Parallel()
	r, _, _, bob, _ := lent(t)
	end := r.Now().Add(time.Hour).Format("2006-01-02T15:04:05.000Z")
	r.clock.Advance(30 * time.Minute)
	a := r.do("GET", getSession, "", "Cookie", bob)
	wantStatus(t, a, 200, `"expiresAt":"`+end)
	if len(a.header["Set-Cookie"]) != 0 {
		t.Errorf("its cookie is sent again: %q", a.header["Set-Cookie"])
	}
	a = r.do("POST", "/api/auth/renew", "{}", "Cookie", bob)
	wantStatus(t, a, 200, `"expiresAt":"`+end)
	if !strings.Contains(a.body, `"lentBy":"`) || strings.Contains(a.body, `"lentBy":null`) {
		t.Errorf("a session in its place has lost its columns: %s", a.body)
	}
	r.clock.Advance(30 * time.Minute)
	wantStatus(t, r.do("GET", getSession, "", "Cookie", bob), 200, "null")
}

func TestSwitchSession(t *testing.T) {
	t.Parallel()
	r, _, ann, bob, _ := lent(t)
	sessions, err := r.Sessions(t.Context(), userID(t, r, "ann@example.com"))
	if err != nil || len(sessions) != 1 {
		t.Fatalf("%v, %v", sessions, err)
	}
	a := r.do("POST", "/api/auth/back", `{"key":"`+sessions[0].Token+`"}`, "Cookie", bob)
	if got := sessionCookie + "=" + a.cookie(sessionCookie); a.status != 200 || got != ann {
		t.Errorf("got %d and %s, want %s", a.status, got, ann)
	}
}

// TestVoidSession: what a plugin calls void is no session, from the store or the cookie cache, here or in the app's routes.
func TestVoidSession(t *testing.T) {
	t.Parallel()
	for _, cached := range []bool{false, true} {
		r := newRig(t, func(c *core.Config) {
			c.Plugins = append(c.Plugins, newLender())
			c.Session.CookieCache.Enabled = cached
		})
		a := r.do("POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password-1"}`)
		cookie := sessionCookie + "=" + a.cookie(sessionCookie)
		withCopy := cookie + "; better-auth.session_data=" + a.cookie("better-auth.session_data")
		wantStatus(t, r.do("GET", getSession, "", "Cookie", withCopy), 200, "ann@")
		if _, err := r.UpdateUser(t.Context(), userID(t, r, "ann@example.com"), map[string]any{"name": "Void"}); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, r.do("GET", getSession, "", "Cookie", cookie), 200, "null")
		a = r.do("POST", "/api/auth/update-user", `{"image":"x"}`, "Cookie", withCopy)
		wantStatus(t, a, 401, "")
		if got := len(a.header["Set-Cookie"]); got < 3 {
			t.Errorf("the cookies stay: %q", a.header["Set-Cookie"])
		}
	}
}

func userID(t *testing.T, r *rig, email string) string {
	t.Helper()
	u, err := r.FindUserByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}
