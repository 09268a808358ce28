package core_test

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
)

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	events := 0
	r := newRig(t, func(c *core.Config) {
		c.Schema = []schema.Extension{{Table: model.UserTable, Columns: []schema.Column{
			{Name: "nick", Kind: schema.String, Unique: true, Input: true, Returned: true},
			{Name: "role", Kind: schema.String},
		}}}
		c.Hooks = []core.Hook{core.OnEvent(func(context.Context, *core.Exchange, core.UserUpdated) { events++ })}
	})
	ann, bob := r.signUp("ann@example.com"), r.signUp("bob@example.com")
	long := strings.Repeat("é", 256)
	for body, want := range map[string]struct {
		status int
		text   string
	}{
		`{}`:                          {400, `{"message":"No fields to update"}`},
		`{"unknown":1,"id":"x"}`:      {400, `{"message":"No fields to update"}`},
		`{"emailVerified":true}`:      {400, `{"message":"No fields to update"}`},
		`{"email":"new@example.com"}`: {400, "EMAIL_CAN_NOT_BE_UPDATED"},
		`{"name":5}`:                  {400, "[body.name] Invalid input: expected string, received number"},
		`{"name":null}`:               {400, "[body.name] Invalid input: expected string, received null"},
		`{"image":5}`:                 {400, "[body.image] Invalid input: expected string, received number"},
		`{"name":"` + long + `"}`:     {400, "[body.name] Too big"},
		`{"image":"` + strings.Repeat("i", 2049) + `"}`: {400, "[body.image] Too big"},
		`{"role":"admin"}`: {400, "FIELD_NOT_ALLOWED"},
		`[1]`:              {400, "[body] Invalid input: expected record, received array"},
	} {
		wantStatus(t, r.do("POST", "/api/auth/update-user", body, "Cookie", ann), want.status, want.text)
	}
	if events != 0 {
		t.Errorf("%d events of changes that were refused", events)
	}
	a := r.do("POST", "/api/auth/update-user", `{"name":"Anna","image":"i","nick":"a"}`, "Cookie", ann)
	if wantStatus(t, a, 200, `{"status":true}`); a.cookie(sessionCookie) == "" || events != 1 {
		t.Errorf("got %v and %d events", a.header, events)
	}
	wantStatus(t, r.do("POST", "/api/auth/update-user", `{"nick":"a"}`, "Cookie", bob), 422, "FAILED_TO_UPDATE_USER")
	u := r.user("ann@example.com")
	if nick, _ := u.Extra.Get("nick"); u.Name != "Anna" || *u.Image != "i" || nick != "a" || u.EmailVerified {
		t.Errorf("got %+v", u)
	}
	wantStatus(t, r.do("POST", "/api/auth/update-user", `{"image":null,"email":""}`, "Cookie", ann), 200, "")
	if u := r.user("ann@example.com"); u.Image != nil || u.Name != "Anna" {
		t.Errorf("got %+v", u)
	}
	wantStatus(t, r.do("POST", "/api/auth/update-user", `{"name":"x"}`), 401, "UNAUTHORIZED")
}
