package organization_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/authtest"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// rig is an installation with the plugin.
type rig struct {
	t     testing.TB
	auth  *core.Auth
	org   *organization.Plugin
	clock *authtest.Clock
}

func newRig(t testing.TB, o organization.Options, change ...func(*core.Config)) *rig {
	t.Helper()
	r := &rig{t: t, org: organization.New(o), clock: authtest.NewClock()}
	c := core.Config{
		BaseURL: "http://localhost:3000", Secret: strings.Repeat("s", 32), Store: memdb.New(),
		Plugins:  []core.Plugin{emailpassword.New(emailpassword.Options{}), r.org},
		Password: core.PasswordConfig{Hasher: authtest.Hasher{}}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
		Now:        r.clock.Now,
		Background: func(fn func()) { fn() },
	}
	for _, f := range change {
		f(&c)
	}
	var err error
	if r.auth, err = core.New(c); err != nil {
		t.Fatal(err)
	}
	return r
}

// someone is a user with the headers of a session.
type someone struct {
	*rig
	user   *model.User
	header http.Header
}

func (r *rig) signUp(name string) *someone {
	r.t.Helper()
	res := r.send(nil, "POST", "/sign-up/email", `{"name":"`+name+`","email":"`+strings.ToLower(name)+`@example.com","password":"password-1"}`)
	if res.status != 200 {
		r.t.Fatalf("sign-up of %s: %d %s", name, res.status, res.body)
	}
	user, err := r.auth.FindUserByEmail(context.Background(), name+"@example.com")
	if err != nil {
		r.t.Fatal(err)
	}
	pair, _, _ := strings.Cut(res.header.Get("Set-Cookie"), ";")
	return &someone{r, user, http.Header{"Cookie": {pair}, "Origin": {"http://localhost:3000"}}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (r *rig) send(h http.Header, method, path, body string) answer {
	req := httptest.NewRequest(method, "/api/auth"+path, strings.NewReader(body))
	for name, values := range h {
		req.Header[name] = values
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	r.auth.ServeHTTP(w, req)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func (s *someone) post(path, body string) answer {
	return s.send(s.header, "POST", "/organization"+path, body)
}
func (s *someone) get(path string) answer { return s.send(s.header, "GET", "/organization"+path, "") }

// want checks status and code of an answer.
func (a answer) want(t testing.TB, status int, code string) answer {
	t.Helper()
	if a.status != status || code != "" && !strings.Contains(a.body, `"code":"`+code+`"`) {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
	return a
}

// id returns a member of the answer's JSON.
func (a answer) id(t testing.TB, name string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(a.body), &members); err != nil {
		t.Fatalf("%v: %d %s", err, a.status, a.body)
	}
	id, _ := members[name].(string)
	if id == "" {
		t.Fatalf("no %s in %d %s", name, a.status, a.body)
	}
	return id
}

// found creates an organization.
func (s *someone) found(slug string) string {
	s.t.Helper()
	return s.post("/create", `{"name":"`+slug+`","slug":"`+slug+`"}`).want(s.t, 200, "").id(s.t, "id")
}

// add makes somebody a member.
func (r *rig) add(org, role string, s *someone) *organization.Member {
	r.t.Helper()
	m, err := r.org.AddMember.Call(context.Background(), r.auth, organization.AddMemberInput{
		UserID: s.user.ID, Role: organization.RoleNames{role}, OrganizationID: org,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// rows counts rows of a table.
func (r *rig) rows(table string, where ...store.Cond) int64 {
	r.t.Helper()
	n, err := r.auth.Store().Count(context.Background(), store.From(r.auth.Schema().Table(table), where...))
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// active returns what is active in somebody's session.
func (s *someone) active() (org, team string) {
	s.t.Helper()
	var body struct {
		Session struct{ ActiveOrganizationID, ActiveTeamID string }
	}
	res := s.send(s.header, "GET", "/get-session", "")
	if err := json.Unmarshal([]byte(res.body), &body); err != nil {
		s.t.Fatal(err)
	}
	return body.Session.ActiveOrganizationID, body.Session.ActiveTeamID
}

func wantError(t testing.TB, err error, want *core.Error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
