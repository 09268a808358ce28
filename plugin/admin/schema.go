package admin

import (
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
)

// The columns that the plugin adds to users and sessions. Of a row they are read with, for instance, Role.Get(user.Extra).
var (
	// Role are the names of a user's roles, with commas between.
	Role = model.Field[string]{Name: "role"}
	// Banned says that a user is banned, or was until BanExpires and has not signed in since.
	Banned = model.Field[bool]{Name: "banned"}
	// BanReason is why.
	BanReason = model.Field[string]{Name: "banReason"}
	// BanExpires is until when; it is null for a ban that lasts forever.
	BanExpires = model.Field[time.Time]{Name: "banExpires"}
	// ImpersonatedBy is the id of the admin who has made the session for themselves; otherwise it is null.
	ImpersonatedBy = model.Field[string]{Name: "impersonatedBy"}
)

func (p *Plugin) schema() []schema.Extension {
	orDefaultRole := func(v any) (any, error) {
		if v == nil {
			v = p.opts.DefaultRole
		}
		return v, nil
	}
	return []schema.Extension{
		{Table: model.UserTable, Columns: []schema.Column{
			// A transform rather than a default: with a default, a sign-up that names a role would be served without a word.
			{Name: Role.Name, Kind: schema.String, Returned: true, Transform: schema.Transform{Input: orDefaultRole}},
			{Name: Banned.Name, Kind: schema.Boolean, Returned: true, Default: schema.Value(false)},
			{Name: BanReason.Name, Kind: schema.String, Returned: true},
			{Name: BanExpires.Name, Kind: schema.Date, Returned: true},
		}},
		{Table: model.SessionTable, Columns: []schema.Column{
			{Name: ImpersonatedBy.Name, Kind: schema.String, Returned: true},
		}},
	}
}

// impersonation reports whether an admin has made the session for themselves.
func impersonation(s *model.Session) bool {
	by, _ := ImpersonatedBy.Get(s.Extra)
	return by != ""
}

// ofBannedUser reports whether a session is that of somebody who is or was banned. A ban ends all sessions; one that is there
// nevertheless was being made at that moment. It stays void when the ban has run out: that is lifted by a sign-in, which
// begins with no session at all.
func ofBannedUser(s *core.ActiveSession) bool {
	banned, _ := Banned.Get(s.User.Extra)
	return banned
}
