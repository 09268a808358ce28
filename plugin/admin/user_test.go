package admin_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/admin"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

func replaceID(body, id string) string { return strings.ReplaceAll(body, "ID\"", id+"\"") }

// columns are some of an app's own.
func columns(c *core.Config, _ *admin.Options) {
	c.Schema = []schema.Extension{{Table: "user", Columns: []schema.Column{
		{Name: "plan", Kind: schema.String, Returned: true},
		{Name: "age", Kind: schema.Number, Returned: true},
		{Name: "note", Kind: schema.String},
		{Name: "phoneNumber", Kind: schema.String, Returned: true},
		{Name: "badge", Kind: schema.String, Returned: true, Unique: true},
	}}}
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	r := newRig(t, columns)
	_, ann := r.signUp("Ann", "admin")
	create := func(rest string) answer {
		return r.post("/admin/create-user", `{"name":"Cat","email":"Cat@Example.com"`+rest+`}`, ann)
	}
	for rest, want := range map[string]string{
		`,"password":"short"`:                            "PASSWORD_TOO_SHORT",
		`,"password":"` + strings.Repeat("x", 129) + `"`: "PASSWORD_TOO_LONG",
		`,"data":{"age":"old"}`:                          "VALIDATION_ERROR",
		`,"data":{"role":7}`:                             "INVALID_ROLE_TYPE",
		`,"role":{}`:                                     "[body.role] Invalid input",
		`,"data":[]`:                                     "[body.data] Invalid input: expected record, received array",
	} {
		if a := create(rest); a.status != 400 || !strings.Contains(a.body, want) {
			t.Errorf("%s: got %d %s, want 400 with %s", rest, a.status, a.body, want)
		}
	}
	want(t, r.post("/admin/create-user", `{"name":"Cat","email":"cat"}`, ann), 400, "INVALID_EMAIL")
	a := create(`,"password":"password-1","data":{"id":"mine","email":"eve@example.com","plan":"pro","age":3,"emailVerified":true,"nope":1}`)
	want(t, a, 200, `"email":"cat@example.com","emailVerified":true`)
	want(t, a, 200, `"role":"user","banned":false,"banReason":null,"banExpires":null,"plan":"pro","age":3`)
	if strings.Contains(a.body, "mine") || strings.Contains(a.body, "nope") || a.header["Set-Cookie"] != nil {
		t.Errorf("got %s with %v", a.body, a.header["Set-Cookie"])
	}
	want(t, r.signIn("Cat"), 200, "")
	want(t, create(""), 400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
	want(t, r.post("/admin/create-user", `{"name":"D","email":"d@example.com","password":"","data":{"badge":"1"}}`, ann), 200, "")
	want(t, r.post("/admin/create-user", `{"name":"E","email":"e@example.com","data":{"badge":"1"}}`, ann), 422, "FAILED_TO_CREATE_USER")
	if n, err := r.Store().Count(t.Context(), store.From(r.Schema().Table("account"))); err != nil || n != 2 {
		t.Errorf("%d accounts (%v), want Ann's and Cat's", n, err)
	}

	ex := newRig(t, exact)
	_, ann = ex.signUp("Ann", "admin")
	want(t, ex.post("/admin/create-user", `{"name":"Cat","email":"c@example.com","password":"short"}`, ann), 200, "") // as better-auth has it
	want(t, ex.post("/admin/create-user", `{"name":"Cat","email":"d@example.com","password":"`+strings.Repeat("x", 129)+`"}`, ann), 400, "PASSWORD_TOO_LONG")
}

// TestCreateUserForTheApp: in process without headers nobody is asked for a permission; with a client's, somebody is.
func TestCreateUserForTheApp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	pw := "password-1"
	in := admin.CreateUserInput{Name: "Ann", Email: "ann@example.com", Password: &pw, Role: admin.RoleNames{"admin"}, Data: wire.NewObject()}
	out, err := r.adm.CreateUser.Call(t.Context(), r.Auth, in)
	if err != nil || out.User == nil {
		t.Fatal(err)
	}
	ann := browser("", r.signIn("Ann"))
	want(t, r.do("GET", "/admin/list-users", "", ann), 200, `"total":1`)
	in.Email = "b@example.com"
	if _, err := r.adm.CreateUser.Call(t.Context(), r.Auth, in, core.WithHeader(map[string][]string{"Cookie": {"x=1"}})); err == nil {
		t.Error("a client without a session makes users")
	}
}

func TestCreateUserRace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, ann := r.signUp("Ann", "admin")
	answers := make([]answer, 50)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = r.post("/admin/create-user", `{"name":"Cat","email":"cat@example.com","password":"password-1"}`, ann)
		})
	}
	wg.Wait()
	made := 0
	for _, a := range answers {
		if a.status == 200 {
			made++
			continue
		}
		want(t, a, 400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
	}
	if made != 1 {
		t.Errorf("%d were made", made)
	}
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	r := newRig(t, columns)
	annID, ann := r.signUp("Ann", "admin")
	id, bob := r.signUp("Bob", "")
	r.set(id, store.Record{"emailVerified": true})
	update := func(data string) answer {
		return r.post("/admin/update-user", `{"userId":"`+id+`","data":`+data+`}`, ann)
	}
	for data, c := range map[string]string{
		`{}`:                           "NO_DATA_TO_UPDATE",
		`{"password":"x"}`:             "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER",
		`{"id":"x"}`:                   "USER_ID_CANNOT_BE_UPDATED",
		`{"email":"x"}`:                "INVALID_EMAIL",
		`{"email":null}`:               "INVALID_EMAIL",
		`{"email":"ANN@example.com"}`:  "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
		`{"emailVerified":"yes"}`:      "VALIDATION_ERROR",
		`{"name":null}`:                "VALIDATION_ERROR",
		`{"name":{"$ne":1}}`:           "VALIDATION_ERROR",
		`{"age":"1; drop table user"}`: "VALIDATION_ERROR",
	} {
		if a := update(data); a.status != 400 || !strings.Contains(a.body, c) {
			t.Errorf("%s: got %d %s, want 400 %s", data, a.status, a.body, c)
		}
	}
	want(t, update(`{"name":"Bert","image":null,"plan":"pro","age":"4","note":"n","createdAt":"2000-01-01T00:00:00Z","nope":1}`), 200, `"name":"Bert"`)
	u := r.user(id)
	if note, _ := u.Extra.Get("note"); note != "n" || u.CreatedAt.Year() == 2000 {
		t.Errorf("got %+v", u)
	}
	want(t, r.do("GET", "/get-session", "", bob), 200, `"plan":"pro","age":4`)
	if a := update(`{"email":"Bert@Example.com"}`); a.status != 200 || !strings.Contains(a.body, `"email":"bert@example.com","emailVerified":false`) {
		t.Errorf("another address counts as verified: %s", a.body)
	}
	want(t, update(`{"email":"b@example.com","emailVerified":true}`), 200, `"emailVerified":true`)
	r.set(annID, store.Record{"badge": "1"})
	want(t, update(`{"badge":"1"}`), 422, "FAILED_TO_UPDATE_USER")
	want(t, r.post("/admin/update-user", `{"userId":"nope","data":{"name":"x"}}`, ann), 404, "USER_NOT_FOUND")
	if !r.told("email-changed") {
		t.Error("no event")
	}
}

// TestUpdateUserAsksForMore: some columns take a permission of their own.
func TestUpdateUserAsksForMore(t *testing.T) {
	t.Parallel()
	r := newRig(t, columns, func(_ *core.Config, o *admin.Options) {
		o.Roles = admin.DefaultRoles()
		o.Roles["clerk"] = o.Roles["user"].With(map[string][]string{"user": {"update"}})
	})
	id, _ := r.signUp("Bob", "")
	_, clerk := r.signUp("Clerk", "clerk")
	for data, c := range map[string]string{
		`{"role":"user"}`:              "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE",
		`{"banned":false}`:             "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS",
		`{"banReason":"x"}`:            "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS",
		`{"banExpires":null}`:          "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS",
		`{"email":"x@example.com"}`:    "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL",
		`{"emailVerified":true}`:       "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL",
		`{"phoneNumber":"+1"}`:         "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER",
		`{"phoneNumberVerified":true}`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER",
	} {
		want(t, r.post("/admin/update-user", `{"userId":"`+id+`","data":`+data+`}`, clerk), 403, c)
	}
	want(t, r.post("/admin/update-user", `{"userId":"`+id+`","data":{"name":"Bert"}}`, clerk), 200, "Bert")
}

func TestRemoveUser(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	annID, ann := r.signUp("Ann", "admin")
	id, bob := r.signUp("Bob", "")
	want(t, r.post("/admin/remove-user", `{"userId":"`+annID+`"}`, ann), 400, "YOU_CANNOT_REMOVE_YOURSELF")
	want(t, r.post("/admin/remove-user", `{"userId":"`+id+`"}`, ann), 200, `{"success":true}`)
	want(t, r.do("GET", "/get-session", "", bob), 200, "null")
	want(t, r.signIn("Bob"), 401, "")
	want(t, r.post("/admin/remove-user", `{"userId":"`+id+`"}`, ann), 404, "USER_NOT_FOUND")
}

func TestSetUserPassword(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, ann := r.signUp("Ann", "admin")
	id, bob := r.signUp("Bob", "")
	set := func(id, pw string) answer {
		return r.post("/admin/set-user-password", `{"userId":"`+id+`","newPassword":"`+pw+`"}`, ann)
	}
	want(t, set(id, "short"), 400, "PASSWORD_TOO_SHORT")
	want(t, set(id, strings.Repeat("x", 129)), 400, "PASSWORD_TOO_LONG")
	want(t, set("nope", "password-2"), 404, "USER_NOT_FOUND")
	want(t, set(id, "password-2"), 200, `{"status":true}`)
	want(t, r.signIn("Bob"), 401, "")
	want(t, r.post("/sign-in/email", `{"email":"bob@example.com","password":"password-2"}`, ""), 200, "")
	want(t, r.do("GET", "/get-session", "", bob), 200, "null") // who knew the old one is out

	a := r.post("/admin/create-user", `{"name":"Cat","email":"cat@example.com"}`, ann)
	cat := strings.Split(strings.Split(a.body, `"id":"`)[1], `"`)[0]
	want(t, set(cat, "password-1"), 200, "")
	want(t, r.signIn("Cat"), 200, "")

	ex := newRig(t, exact)
	_, ann = ex.signUp("Ann", "admin")
	id, bob = ex.signUp("Bob", "")
	want(t, ex.post("/admin/set-user-password", `{"userId":"`+id+`","newPassword":"password-2"}`, ann), 200, "")
	want(t, ex.do("GET", "/get-session", "", bob), 200, "bob@") // as better-auth has it
}

func TestUserSessions(t *testing.T) {
	t.Parallel()
	for place, change := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, change)
			_, ann := r.signUp("Ann", "admin")
			id, bob := r.signUp("Bob", "")
			r.signIn("Bob")
			a := r.post("/admin/list-user-sessions", `{"userId":"`+id+`"}`, ann)
			want(t, a, 200, `"impersonatedBy":null`)
			if n := strings.Count(a.body, `"token":"`); n != 2 {
				t.Errorf("%d sessions: %s", n, a.body)
			}
			token, _, _ := strings.Cut(strings.TrimPrefix(bob, sessionCookie+"="), ".")
			want(t, r.post("/admin/revoke-user-session", `{"sessionToken":"`+token+`"}`, ann), 200, `{"success":true}`)
			want(t, r.post("/update-user", `{"name":"x"}`, bob), 401, "")
			want(t, r.post("/admin/revoke-user-session", `{"sessionToken":"nope"}`, ann), 200, `{"success":true}`)
			bob = browser("", r.signIn("Bob"))
			want(t, r.post("/admin/revoke-user-sessions", `{"userId":"`+id+`"}`, ann), 200, `{"success":true}`)
			want(t, r.post("/update-user", `{"name":"x"}`, bob), 401, "")
			want(t, r.post("/admin/list-user-sessions", `{"userId":"`+id+`"}`, ann), 200, `{"sessions":[]}`)
			want(t, r.post("/admin/list-user-sessions", `{"userId":"nope"}`, ann), 200, `{"sessions":[]}`)
		})
	}
}

// TestMadeUpUsers: who signs up with an address that is taken cannot tell by the plugin's columns.
func TestMadeUpUsers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	pw := emailpassword.New(emailpassword.Options{DisableAutoSignIn: true})
	adm := admin.New(admin.Options{DefaultRole: "guest", Roles: access.Roles{"guest": access.NewRole(nil)}})
	quiet := r.Config()
	quiet.Secret, quiet.Plugins = strings.Repeat("s3cr3t-", 6), []core.Plugin{pw, adm}
	auth, err := core.New(quiet)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		out, err := pw.SignUp.Call(t.Context(), auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "password-1"})
		if err != nil {
			t.Fatal(err)
		}
		text, err := out.User.MarshalJSON()
		if err != nil || !strings.Contains(string(text), `"role":"guest","banned":false,"banReason":null,"banExpires":null`) {
			t.Errorf("got %s, %v", text, err)
		}
	}
}
