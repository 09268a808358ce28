package admin

import "github.com/cardea-auth/cardea/plugin/access"

var control = access.New(access.Statements{
	"user": {
		"create", "list", "set-role", "ban", "impersonate", "impersonate-admins", "delete", "set-password", "set-email",
		"set-phone", "get", "update",
	},
	"session": {"list", "revoke", "delete"},
})

// The actions that the endpoints ask for.
var (
	CreateUsers       = control.Action("user", "create")
	ListUsers         = control.Action("user", "list")
	SetRoles          = control.Action("user", "set-role")
	BanUsers          = control.Action("user", "ban")
	ImpersonateUsers  = control.Action("user", "impersonate")
	ImpersonateAdmins = control.Action("user", "impersonate-admins")
	DeleteUsers       = control.Action("user", "delete")
	SetPasswords      = control.Action("user", "set-password")
	SetEmails         = control.Action("user", "set-email")
	SetPhones         = control.Action("user", "set-phone")
	GetUsers          = control.Action("user", "get")
	UpdateUsers       = control.Action("user", "update")
	ListSessions      = control.Action("session", "list")
	RevokeSessions    = control.Action("session", "revoke")
	DeleteSessions    = control.Action("session", "delete")
)

// Statements are all actions that the plugin knows, on "user" and "session". An app adds its own with
// [access.Statements.With].
func Statements() access.Statements { return control.Statements() }

// DefaultRoles are "admin", who may do all of it but impersonate admins, and "user", who may do nothing of it. The map is
// the caller's to change.
func DefaultRoles() access.Roles {
	return access.Roles{
		"admin": control.Role(access.Statements{
			"user": {
				"create", "list", "set-role", "ban", "impersonate", "delete", "set-password", "set-email", "set-phone", "get", "update",
			},
			"session": {"list", "revoke", "delete"},
		}),
		"user": control.Role(access.Statements{"user": {}, "session": {}}),
	}
}
