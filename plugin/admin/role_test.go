package admin_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/admin"
)

func TestUnknownRoles(t *testing.T) {
	t.Parallel()
	own := func(_ *core.Config, o *admin.Options) { o.Roles = admin.DefaultRoles() }
	for name, c := range map[string]struct {
		change  []func(*core.Config, *admin.Options)
		refused bool
	}{
		"hardened":                   {nil, true},
		"hardened, roles in options": {[]func(*core.Config, *admin.Options){own}, true},
		"exact":                      {[]func(*core.Config, *admin.Options){exact}, false},
		"exact, roles in options":    {[]func(*core.Config, *admin.Options){exact, own}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, c.change...)
			_, ann := r.signUp("Ann", "admin")
			id, _ := r.signUp("Bob", "")
			status, code := 200, ""
			if c.refused {
				status, code = 400, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE"
			}
			for _, role := range []string{`"ghost"`, `["user","ghost"]`, `"user,admin"`, `" admin"`, `""`} {
				want(t, r.post("/admin/set-role", `{"userId":"`+id+`","role":`+role+`}`, ann), status, code)
				want(t, r.post("/admin/update-user", `{"userId":"`+id+`","data":{"role":`+role+`}}`, ann), status, code)
			}
			want(t, r.post("/admin/create-user", `{"name":"C","email":"c@example.com","role":"ghost"}`, ann), status, code)
			want(t, r.post("/admin/create-user", `{"name":"C","email":"d@example.com","data":{"role":"ghost"}}`, ann), status, code)
			want(t, r.post("/admin/set-role", `{"userId":"`+id+`","role":["user","admin"]}`, ann), 200, `"role":"user,admin"`)
			want(t, r.post("/admin/set-role", `{"userId":"`+id+`","role":[1]}`, ann), 400, "[body.role] Invalid input")
			want(t, r.post("/admin/update-user", `{"userId":"`+id+`","data":{"role":[1]}}`, ann), 400, "INVALID_ROLE_TYPE")
			want(t, r.post("/admin/update-user", `{"userId":"`+id+`","data":{"role":null}}`, ann), 400, "INVALID_ROLE_TYPE")
		})
	}
}

// ranks are three kinds of admins, of which each may do more than the next.
func ranks(_ *core.Config, o *admin.Options) {
	o.Roles = admin.DefaultRoles()
	o.Roles["boss"] = access.NewRole(admin.Statements().With(access.Statements{"bill": {"pay"}}))
	o.Roles["helper"] = access.NewRole(access.Statements{
		"user": {"get", "list", "update", "set-role", "ban", "set-password", "set-email", "delete", "create", "impersonate"}, "session": {"list"},
	})
	o.Roles["payer"] = access.NewRole(access.Statements{"bill": {"pay"}})
}

// TestNobodyRises: nobody gives anybody more power than they have, nor takes the place of somebody with more.
func TestNobodyRises(t *testing.T) {
	t.Parallel()
	r := newRig(t, ranks)
	helperID, helper := r.signUp("Helper", "helper")
	adminID, ann := r.signUp("Ann", "admin")
	bossID, _ := r.signUp("Boss", "boss")
	id, _ := r.signUp("Bob", "")

	for _, role := range []string{`"admin"`, `"boss"`, `["helper","admin"]`} {
		want(t, r.post("/admin/set-role", `{"userId":"`+helperID+`","role":`+role+`}`, helper), 403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
		want(t, r.post("/admin/update-user", `{"userId":"`+id+`","data":{"role":`+role+`}}`, helper), 403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
		want(t, r.post("/admin/create-user", `{"name":"C","email":"c@example.com","role":`+role+`}`, helper), 403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
		want(t, r.post("/admin/create-user", `{"name":"C","email":"c@example.com","data":{"role":`+role+`}}`, helper), 403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE")
	}
	want(t, r.post("/admin/set-role", `{"userId":"`+id+`","role":"boss"}`, ann), 403, "")
	want(t, r.post("/admin/set-role", `{"userId":"`+id+`","role":["helper","payer"]}`, helper), 200, `"role":"helper,payer"`) // no power over users

	for _, c := range []struct{ who, cookies string }{{adminID, helper}, {bossID, helper}, {bossID, ann}} {
		for path, body := range map[string]string{
			"/admin/set-user-password":  `{"userId":"ID","newPassword":"password-2"}`,
			"/admin/update-user":        `{"userId":"ID","data":{"email":"mine@example.com"}}`,
			"/admin/set-role":           `{"userId":"ID","role":"user"}`,
			"/admin/ban-user":           `{"userId":"ID"}`,
			"/admin/remove-user":        `{"userId":"ID"}`,
			"/admin/impersonate-user":   `{"userId":"ID"}`,
			"/admin/list-user-sessions": `{"userId":"ID"}`,
		} {
			want(t, r.post(path, replaceID(body, c.who), c.cookies), 403, "")
		}
	}
	if role, _ := admin.Role.Get(r.user(bossID).Extra); role != "boss" {
		t.Errorf("the boss is %q", role)
	}
	want(t, r.signIn("Boss"), 200, "")
	other, _ := r.signUp("Bea", "admin")
	want(t, r.post("/admin/ban-user", `{"userId":"`+other+`"}`, ann), 200, "") // an equal
}

// TestRanksInExact: better-auth knows no ranks.
func TestRanksInExact(t *testing.T) {
	t.Parallel()
	r := newRig(t, exact, ranks)
	helperID, helper := r.signUp("Helper", "helper")
	bossID, _ := r.signUp("Boss", "boss")
	want(t, r.post("/admin/set-user-password", `{"userId":"`+bossID+`","newPassword":"password-2"}`, helper), 200, "")
	want(t, r.post("/admin/set-role", `{"userId":"`+helperID+`","role":"boss"}`, helper), 200, "")
}

func TestAdminUserIDs(t *testing.T) {
	t.Parallel()
	id := ""
	r := newRig(t)
	id, _ = r.signUp("Root", "")
	db := r.Config().Store
	again := newRig(t, func(c *core.Config, o *admin.Options) { c.Store, o.AdminUserIDs = db, []string{id} })
	root := browser("", again.signIn("Root"))
	_, ann := again.signUp("Ann", "admin")
	want(t, again.do("GET", "/admin/list-users", "", root), 200, "")
	want(t, again.post("/admin/has-permission", `{"permissions":{"bill":["pay"]}}`, root), 200, `"success":true`)
	want(t, again.post("/admin/impersonate-user", `{"userId":"`+id+`"}`, ann), 403, "YOU_CANNOT_IMPERSONATE_ADMINS")
	want(t, again.post("/admin/set-user-password", `{"userId":"`+id+`","newPassword":"password-2"}`, ann), 403, "")
	want(t, again.post("/admin/ban-user", `{"userId":"`+id+`"}`, ann), 403, "")
}

func TestHasPermission(t *testing.T) {
	t.Parallel()
	r := newRig(t, ranks)
	annID, ann := r.signUp("Ann", "admin")
	for body, c := range map[string]struct {
		status int
		want   string
	}{
		`{"permissions":{"user":["create"]}}`:                                  {200, `{"error":null,"success":true}`},
		`{"permissions":{"user":["create"],"session":["list"]}}`:               {200, `"success":true`},
		`{"permissions":{"user":["impersonate-admins"]}}`:                      {200, `"success":false`},
		`{"permissions":{"user":[]}}`:                                          {200, `"success":false`},
		`{"permissions":{}}`:                                                   {200, `"success":false`},
		`{"permissions":{"nope":["x"]}}`:                                       {200, `"success":false`},
		`{"permissions":{"user":["create"]},"role":"user","userId":"x"}`:       {200, `"success":true`}, // the caller is asked about
		`{"permission":{"user":["create"]}}`:                                   {400, `{"message":"invalid permission check. no permission(s) were passed."}`},
		`{}`:                                                                   {400, `{"message":"[body] Invalid input","code":"VALIDATION_ERROR"}`},
		`{"permissions":{"user":"create"}}`:                                    {400, `{"message":"[body] Invalid input","code":"VALIDATION_ERROR"}`},
		`{"permissions":{"user":[1]}}`:                                         {400, `[body] Invalid input`},
		`{"permissions":null}`:                                                 {400, `[body] Invalid input`},
		`{"permission":{"user":["create"]},"permissions":{"user":["create"]}}`: {400, `[body] Invalid input`},
		`{"permissions":{"user":["create"]},"role":1}`:                         {400, `[body.role] Invalid input: expected string, received number`},
	} {
		if a := r.post("/admin/has-permission", body, ann); a.status != c.status {
			t.Errorf("%s: got %d %s, want %d", body, a.status, a.body, c.status)
		} else {
			want(t, a, c.status, c.want)
		}
	}
	want(t, r.post("/admin/has-permission", `{"permissions":{"user":["create"]},"role":"admin"}`, ""), 401, "")

	// The app may ask about anybody.
	ask := func(in admin.UserHasPermissionInput, o ...core.CallOption) (bool, error) {
		out, err := r.adm.UserHasPermission.Call(t.Context(), r.Auth, in, o...)
		return out.Success, err
	}
	create := map[string][]string{"user": {"create"}}
	role, nobody, none := "user,admin", "nobody", ""
	if ok, err := ask(admin.UserHasPermissionInput{Permissions: create, UserID: &annID}); !ok || err != nil {
		t.Errorf("by id: got %v, %v", ok, err)
	}
	if ok, err := ask(admin.UserHasPermissionInput{Permissions: create, Role: &role}); !ok || err != nil {
		t.Errorf("by role: got %v, %v", ok, err)
	}
	for name, in := range map[string]admin.UserHasPermissionInput{
		"user not found":              {Permissions: create, UserID: &nobody},
		"user id or role is required": {Permissions: create, Role: &none},
	} {
		if _, err := ask(in); err == nil || err.Error() != name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	if _, err := ask(admin.UserHasPermissionInput{Permissions: create, Role: &role}, core.WithHeader(map[string][]string{})); err == nil {
		t.Error("a client without a session is told what a role may do")
	}
	u := &model.User{}
	admin.Role.Set(&u.Extra, "payer")
	if !r.adm.Can(u, access.Action{Resource: "bill", Name: "pay"}) {
		t.Error("an action of the app's own is not granted")
	}
}
