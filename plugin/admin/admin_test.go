package admin_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/storage"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/internal/memstorage"
	"github.com/cardea-auth/cardea/plugin/access"
	"github.com/cardea-auth/cardea/plugin/admin"
)

func TestPlugin(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{New: func() core.Plugin { return admin.New(admin.Options{}) }})
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	nobody := access.NewRole(access.Statements{})
	for problem, o := range map[string]admin.Options{
		`the role "boss" in Options.AdminRoles is none`: {AdminRoles: []string{"boss"}},
		`the role "a,b" in Options.Roles cannot be`:     {Roles: access.Roles{"a,b": nobody}},
		`the role "" in Options.Roles cannot be`:        {Roles: access.Roles{"": nobody}},
		`the role "x" in Options.Roles cannot be`:       {Roles: access.Roles{"x": nil}},
		"must not be negative":                          {BanExpiresIn: -1},
	} {
		_, err := core.New(core.Config{
			BaseURL: testOrigin, Secret: strings.Repeat("s3cr3t-", 6), Store: memdb.New(), Plugins: []core.Plugin{admin.New(o)},
			Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("got %v, want %s", err, problem)
		}
	}
	newRig(t, func(_ *core.Config, o *admin.Options) { o.AdminRoles = []string{"ADMIN"} }) // case does not matter, as upstream
	newRig(t, func(_ *core.Config, o *admin.Options) { o.Roles = access.Roles{"boss": nobody} })
}

// places are where sessions may be.
var places = map[string]func(*core.Config, *admin.Options){
	"table": func(*core.Config, *admin.Options) {},
	"cookie cache": func(c *core.Config, _ *admin.Options) {
		c.Session.CookieCache.Enabled = true
	},
	"secondary storage": func(c *core.Config, _ *admin.Options) {
		c.SecondaryStorage = memstorage.New(memstorage.Options{Now: c.Now})
	},
	"both": func(c *core.Config, _ *admin.Options) {
		c.SecondaryStorage = memstorage.New(memstorage.Options{Now: c.Now})
		c.Session.StoreInDatabase, c.Session.CookieCache.Enabled = true, true
	},
}

var _ storage.Storage = (*memstorage.Storage)(nil)

// TestRoleIsReadFromTheStore: a role counts from one request to the next, wherever sessions are, also when it was changed
// behind the back of secondary storage.
func TestRoleIsReadFromTheStore(t *testing.T) {
	t.Parallel()
	for place, change := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, change)
			id, ann := r.signUp("Ann", "")
			setRole := func(role string) {
				t.Helper()
				q := store.From(r.Schema().Table("user"), store.Eq("id", id))
				if _, err := r.Store().Update(t.Context(), q, store.Record{"role": role}); err != nil {
					t.Fatal(err)
				}
			}
			want(t, r.do("GET", "/admin/list-users", "", ann), 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
			setRole("user,admin")
			want(t, r.do("GET", "/admin/list-users", "", ann), 200, `"total":1`)
			want(t, r.post("/admin/has-permission", `{"permissions":{"user":["ban"]}}`, ann), 200, `"success":true`)
			setRole("user, admin") // divided by commas alone
			want(t, r.do("GET", "/admin/list-users", "", ann), 403, "")
			setRole("admin")
			want(t, r.do("GET", "/admin/list-users", "", ann), 200, "")
			setRole("ghost")
			want(t, r.post("/admin/create-user", `{"name":"B","email":"b@example.com"}`, ann), 403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS")
			want(t, r.post("/admin/has-permission", `{"permissions":{"user":["ban"]}}`, ann), 200, `"success":false`)
		})
	}
}

// TestEveryEndpointAsksForItsPermission: of two admins of which each may do what the other may not, one is refused.
func TestEveryEndpointAsksForItsPermission(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action             access.Action
		method, path, body string
		code               string
	}{
		{admin.ListUsers, "GET", "/admin/list-users", "", "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS"},
		{admin.GetUsers, "GET", "/admin/get-user?id=BOB", "", "YOU_ARE_NOT_ALLOWED_TO_GET_USER"},
		{admin.CreateUsers, "POST", "/admin/create-user", `{"name":"C","email":"c@example.com"}`, "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"},
		{admin.UpdateUsers, "POST", "/admin/update-user", `{"userId":"BOB","data":{"name":"Bert"}}`, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS"},
		{admin.SetRoles, "POST", "/admin/set-role", `{"userId":"BOB","role":"user"}`, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"},
		{admin.SetPasswords, "POST", "/admin/set-user-password", `{"userId":"BOB","newPassword":"password-2"}`, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD"},
		{admin.BanUsers, "POST", "/admin/ban-user", `{"userId":"BOB"}`, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"},
		{admin.BanUsers, "POST", "/admin/unban-user", `{"userId":"BOB"}`, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"},
		{admin.ListSessions, "POST", "/admin/list-user-sessions", `{"userId":"BOB"}`, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS"},
		{admin.RevokeSessions, "POST", "/admin/revoke-user-session", `{"sessionToken":"x"}`, "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"},
		{admin.RevokeSessions, "POST", "/admin/revoke-user-sessions", `{"userId":"BOB"}`, "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"},
		{admin.ImpersonateUsers, "POST", "/admin/impersonate-user", `{"userId":"BOB"}`, "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS"},
		{admin.DeleteUsers, "POST", "/admin/remove-user", `{"userId":"BOB"}`, "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS"},
	} {
		t.Run(c.path+" "+c.action.String(), func(t *testing.T) {
			t.Parallel()
			all := admin.Statements()
			without := access.Statements{}
			for resource, names := range all {
				for _, name := range names {
					if (access.Action{Resource: resource, Name: name}) != c.action {
						without[resource] = append(without[resource], name)
					}
				}
			}
			r := newRig(t, func(_ *core.Config, o *admin.Options) {
				o.Roles = access.Roles{
					"user": access.NewRole(nil), "admin": access.NewRole(all), "other": access.NewRole(without),
				}
			})
			bob, _ := r.signUp("Bob", "")
			_, may := r.signUp("May", "admin")
			_, other := r.signUp("Other", "other")
			path, body := strings.ReplaceAll(c.path, "BOB", bob), strings.ReplaceAll(c.body, "BOB", bob)
			want(t, r.do(c.method, path, body, other), 403, c.code)
			want(t, r.do(c.method, path, body, may), 200, "")
			want(t, r.do(c.method, path, body, ""), 401, "")
		})
	}
}

func TestGuardAndCan(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, _ := r.signUp("Ann", "admin")
	if u := r.user(id); !r.adm.Can(u, admin.BanUsers, admin.ListUsers) || r.adm.Can(u, admin.BanUsers, admin.ImpersonateAdmins) || r.adm.Can(u) {
		t.Error("Can does not go by the role")
	}
	boss := newRig(t, func(_ *core.Config, o *admin.Options) { o.AdminUserIDs = []string{id} })
	if u := r.user(id); !boss.adm.Can(u, admin.ImpersonateAdmins) {
		t.Error("Options.AdminUserIDs count for nothing")
	}
}
