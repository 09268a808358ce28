package options

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/plugin/admin"
)

func (r reader) admin(o strict.Object) core.Plugin {
	var opts admin.Options
	o.String("defaultRole", &opts.DefaultRole)
	if !o.Has("adminRoles") || o.IsList("adminRoles") {
		o.Strings("adminRoles", &opts.AdminRoles)
	} else {
		names := ""
		o.String("adminRoles", &names)
		opts.AdminRoles = strings.Split(names, ",")
	}
	o.Strings("adminUserIds", &opts.AdminUserIDs)
	o.String("defaultBanReason", &opts.BanReason)
	o.Seconds("defaultBanExpiresIn", &opts.BanExpiresIn) // 0 is the default in both worlds
	o.Seconds("impersonationSessionDuration", &opts.ImpersonationExpiresIn)
	o.Bool("allowImpersonatingAdmins", &opts.AllowImpersonatingAdmins)
	if message := r.function(o, "bannedUserMessage"); message != nil {
		opts.BannedMessageFunc = func(ctx context.Context, u *model.User) (string, error) {
			v, err := message(ctx, u)
			s, _ := v.(string)
			return s, err
		}
	} else {
		o.String("bannedUserMessage", &opts.BannedMessage)
	}
	statements(o.Object("ac")) // what there is; roles say themselves what they grant
	opts.Roles = roles(o, "roles")

	var names renamed
	names.table(o.Object("schema").Object("user"), model.UserTable)
	names.table(o.Object("schema").Object("session"), model.SessionTable)
	return names.plugin(admin.New(opts))
}
