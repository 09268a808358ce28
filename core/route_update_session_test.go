package core_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

func withDevice(c *core.Config) {
	c.Schema = []schema.Extension{{Table: model.SessionTable, Columns: []schema.Column{
		{Name: "device", Kind: schema.String, Returned: true, Input: true},
		{Name: "risk", Kind: schema.Number, Returned: true},
		{Name: "note", Kind: schema.String, Default: schema.Value("hidden")},
	}}}
}

func TestUpdateSession(t *testing.T) {
	t.Parallel()
	const path = "/api/auth/update-session"
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, place, withDevice, withCache(cache.Compact))
			b := r.browser()
			b.signUp("ann@example.com")
			r.clock.Advance(time.Second)
			a := b.do("POST", path, `{"device":"phone","token":"mine","userId":"x","nothing":1}`)
			wantStatus(t, a, 200, `"device":"phone","risk":null,"id":`)
			if len(a.header["Set-Cookie"]) != 2 {
				t.Errorf("got %v, want the session cookie and its copy", a.header["Set-Cookie"])
			}
			for _, query := range []string{"", "?disableCookieCache=1"} {
				wantStatus(t, b.do("GET", getSession+query, ""), 200, `"device":"phone"`)
			}
			wantStatus(t, b.do("POST", path, `{"risk":5}`), 400, "FIELD_NOT_ALLOWED")
			wantStatus(t, b.do("POST", path, `{"device":5}`), 400, "VALIDATION_ERROR")
			for _, body := range []string{`{}`, `{"expiresAt":"2030-01-01T00:00:00.000Z"}`, `{"risk":0}`} {
				wantStatus(t, b.do("POST", path, body), 400, `{"message":"No fields to update"}`)
			}
			s, err := r.FindSession(t.Context(), tokenOf(sessionCookie+"="+b.jar[sessionCookie]))
			if err != nil {
				t.Fatal(err)
			}
			if note, _ := s.Session.Extra.Get("note"); note != "hidden" || s.Session.Token == "mine" {
				t.Errorf("got %+v, want the other columns as they were", s.Session)
			}
			if !s.Session.UpdatedAt.Equal(r.Now()) {
				t.Errorf("updatedAt is %v", s.Session.UpdatedAt)
			}

			old := b.header()
			if err := r.DeleteSession(t.Context(), s.Session.Token); err != nil {
				t.Fatal(err)
			}
			wantStatus(t, r.do("POST", path, `{"device":"x"}`, "Cookie", old), 401, "UNAUTHORIZED")
			if _, err := r.UpdateSession(t.Context(), s, store.Record{"device": "x"}); err == nil {
				t.Error("a session that was ended was changed")
			}
		})
	}
}
