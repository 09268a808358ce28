package model_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
)

type plan string

type appUser struct {
	ID        string         `db:"id"`
	Email     string         `db:"email,existing"`
	Verified  bool           `db:"emailVerified,existing"`
	Image     *string        `db:"image,existing"`
	CreatedAt time.Time      `db:"createdAt,existing"`
	Plan      plan           `db:"plan,default=free,enum=free|pro,returned"`
	Seats     int            `db:"seats,default=1"`
	Manager   *string        `db:"managerEmail,references=user.email,ondelete=set-null"`
	Tags      []string       `db:"tags"`
	Prefs     map[string]int `db:"prefs"`
}

func appTables(t *testing.T) *schema.Schema {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "core", Extensions: model.Schema()},
		schema.Source{Owner: "app", Extensions: []schema.Extension{schema.Of[appUser]("user")}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAs(t *testing.T) {
	t.Parallel()
	s := appTables(t)
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	rec := map[string]any{
		"id": "u1", "name": "Ann", "email": "ann@example.com", "emailVerified": int64(1), "image": "x", "createdAt": created, "updatedAt": created,
		"plan": "pro", "seats": int64(3), "managerEmail": nil, "tags": `["a"]`, "prefs": `{"size":2}`,
	}
	user, err := model.UserFromRecord(s.Table("user"), rec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := model.As[appUser](user)
	image := "x"
	want := appUser{ID: "u1", Email: "ann@example.com", Verified: true, Image: &image, CreatedAt: created, Plan: "pro", Seats: 3,
		Tags: []string{"a"}, Prefs: map[string]int{"size": 2}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}

	after, boss := got, "boss@example.com"
	after.ID, after.Plan, after.Manager, after.Image, after.Prefs = "other", "free", &boss, nil, map[string]int{"size": 3}
	set := model.Patch(got, after)
	wantSet := map[string]any{"plan": "free", "managerEmail": boss, "image": nil, "prefs": map[string]int{"size": 3}}
	if !reflect.DeepEqual(set, wantSet) {
		t.Errorf("Patch: got %v, want %v", set, wantSet)
	}
	if set := model.Patch(got, got); len(set) != 0 {
		t.Errorf("Patch of the same: got %v", set)
	}
}

func TestAsSession(t *testing.T) {
	t.Parallel()
	type appSession struct {
		ID     string    `db:"id"`
		Token  string    `db:"token,existing"`
		UserID string    `db:"userId,existing"`
		Until  time.Time `db:"expiresAt,existing"`
		IP     string    `db:"ipAddress,existing"`
		Agent  *string   `db:"userAgent,existing"`
		Org    *string   `db:"activeOrganizationId,existing"`
	}
	now := time.Now().UTC()
	s := &model.Session{ID: "s", Token: "t", UserID: "u", ExpiresAt: now, Extra: model.Extra{{Name: "activeOrganizationId", Value: "o"}}}
	org := "o"
	got, err := model.As[appSession](s)
	if want := (appSession{ID: "s", Token: "t", UserID: "u", Until: now, Org: &org}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestAsErrors(t *testing.T) {
	t.Parallel()
	user := &model.User{ID: "u", Extra: model.Extra{{Name: "seats", Value: "three"}}}
	_, missing := model.As[struct {
		Plan string `db:"plan"`
	}](user)
	_, misfit := model.As[struct {
		Email int `db:"email"`
	}](user)
	_, extra := model.As[struct {
		Seats int `db:"seats"`
	}](user)
	_, number := model.As[struct {
		Name string `db:"level"`
	}](&model.User{Extra: model.Extra{{Name: "level", Value: int64(65)}}})
	_, none := model.As[appUser]((*model.User)(nil))
	for _, c := range []struct {
		err  error
		want string
	}{
		{missing, `the user has no column "plan"`},
		{misfit, `column "email" holds string, which does not fit int`},
		{extra, `column "seats" holds string, which does not fit int`},
		{number, `column "level" holds int64, which does not fit string`},
		{none, `no user to read as`},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v, want %q", c.err, c.want)
		}
	}
}

func TestAppColumnsOfTags(t *testing.T) {
	t.Parallel()
	u := appTables(t).Table("user")
	if c := u.Column("plan"); c.Default(time.Time{}) != "free" || strings.Join(c.Enum, " ") != "free pro" || !c.Returned || !c.Required {
		t.Errorf("plan: %+v", c)
	}
	if c := u.Column("managerEmail"); *c.References != (schema.Reference{Table: "user", Column: "email", OnDelete: schema.SetNull}) {
		t.Errorf("managerEmail: %+v", c.References)
	}
	if c := u.Column("seats"); c.Default(time.Time{}) != int64(1) {
		t.Errorf("seats: %v", c.Default(time.Time{}))
	}
}

func BenchmarkAs(b *testing.B) {
	user := &model.User{ID: "u", Email: "e", Extra: model.Extra{{Name: "plan", Value: "pro"}}}
	type small struct {
		ID    string `db:"id"`
		Email string `db:"email,existing"`
		Plan  string `db:"plan"`
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := model.As[small](user); err != nil {
			b.Fatal(err)
		}
	}
}
