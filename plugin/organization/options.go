package organization

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/plugin/access"
)

// Options says how the plugin behaves. The zero value is usable.
type Options struct {
	// MayCreate says whether a user may create organizations. The default is that everybody may.
	MayCreate func(ctx context.Context, u *model.User) (bool, error)
	// OrganizationLimit is how many organizations a user may be a member of when creating another. The default is any
	// number.
	OrganizationLimit Limit
	// MembershipLimit is how many members an organization has at most. The default is 100.
	MembershipLimit Limit
	// CreatorRole is the role of whoever creates an organization. Only those who have it can give it or take it, and there
	// is always one. The default is "owner".
	CreatorRole string
	// DisableDeletion answers /organization/delete with 404.
	DisableDeletion bool

	// AccessControl lists all actions that exist, for roles that organizations make for themselves. The default is what the
	// plugin itself asks for: see Statements.
	AccessControl *access.Control
	// Roles are what roles may do. They take the place of the default ones: see DefaultRoles.
	Roles access.Roles
	// DynamicRoles lets organizations make roles of their own.
	DynamicRoles DynamicRoleOptions

	// Teams are groups inside of an organization.
	Teams TeamOptions

	// SendInvitation sends the link of an invitation. Without it invitations are only stored.
	SendInvitation func(ctx context.Context, m InvitationMail) error
	// InvitationExpiresIn is how long an invitation is good. The default is 48 hours.
	InvitationExpiresIn time.Duration
	// InvitationLimit is how many invitations of an organization may be pending. The default is 100.
	InvitationLimit Limit
	// CancelPendingOnReInvite cancels a pending invitation when the same address is invited again. The default is to
	// refuse the second.
	CancelPendingOnReInvite bool
	// RequireVerifiedEmail lets only those see, accept and reject an invitation who have proved to read mail at its
	// address. The default is to ask for that only where ids can be guessed, because Config.IDs makes them otherwise than
	// at random: who knows the id of an invitation has read the mail that it was in.
	RequireVerifiedEmail core.Switch

	// Hooks step in where something is changed.
	Hooks Hooks

	// Schema are further columns of the plugin's tables. Those with Input are taken from what clients send, those with
	// Returned are shown to them. Columns of Config.Schema are as good.
	Schema []schema.Extension
	// Rename gives the plugin's tables and columns other names in the database.
	Rename []schema.Rename
}

// DynamicRoleOptions is about roles that organizations make for themselves.
type DynamicRoleOptions struct {
	// Enabled turns them on. Options.AccessControl says what they may grant; without it none can be made.
	Enabled bool
	// Maximum is how many of them an organization may have. The default is any number.
	Maximum Limit
}

// TeamOptions is about teams.
type TeamOptions struct {
	// Enabled turns them on, with two tables and two columns.
	Enabled bool
	// DisableDefault makes organizations start without a team. The default is that each starts with one of its name, and
	// its creator in it.
	DisableDefault bool
	// CreateDefault makes the first team of a new organization, in the transaction in which that is created. If it returns
	// nil, the team is made as by default.
	CreateDefault func(ctx context.Context, x *core.Exchange, o *Organization) (*Team, error)
	// Maximum is how many teams an organization may have. The default is any number.
	Maximum Limit
	// MaximumMembers is how many members a team may have. The default is any number.
	MaximumMembers Limit
	// AllowRemovingAll lets the last team be removed.
	AllowRemovingAll bool
}

// Limit says how many of something there may be. The zero value is the default of the option.
type Limit struct {
	fixed bool
	n     int
	ask   func(ctx context.Context, l LimitSubject) (int, error)
}

// AtMost is the Limit that is always n. A negative n is no limit.
func AtMost(n int) Limit { return Limit{fixed: true, n: n} }

// LimitBy is the Limit that fn says; a negative number is no limit. fn is called outside of transactions, and must be safe
// for concurrent use.
func LimitBy(fn func(ctx context.Context, l LimitSubject) (int, error)) Limit { return Limit{ask: fn} }

// LimitSubject is what a Limit is about. Each field is nil or empty where there is no such thing, or it is not known.
type LimitSubject struct {
	// User is who asks for one more, or, for members, who is to become one.
	User           *model.User
	Session        *core.ActiveSession
	OrganizationID string
	Organization   *Organization
	// Member is User's membership.
	Member *Member
	TeamID string
}

// unlimited is the answer of a Limit for any number.
const unlimited = -1

// of asks the limit; fallback is what the zero value stands for.
func (l Limit) of(ctx context.Context, s LimitSubject, fallback int) (int, error) {
	if s.Organization != nil {
		s.OrganizationID = s.Organization.ID
	}
	switch {
	case l.fixed:
		return l.n, nil
	case l.ask != nil:
		return l.ask(ctx, s)
	}
	return fallback, nil
}

// reached reports whether n are as many as there may be.
func reached(n int64, limit int) bool { return limit >= 0 && n >= int64(limit) }

// InvitationMail is the message to somebody who is invited.
type InvitationMail struct {
	// Invitation is what the message is about. The message goes to Invitation.Email and holds a link to a page of the app's
	// with Invitation.ID in it, which that page gives to /organization/accept-invitation. It belongs nowhere else.
	Invitation   *Invitation
	Organization *Organization
	// Inviter is who invites, Member what they are in the organization.
	Inviter *model.User
	Member  *Member
	// Request is a copy of the request without its body, or nil in process.
	Request *http.Request
}

func (o Options) withDefaults() Options {
	if o.CreatorRole == "" {
		o.CreatorRole = "owner"
	}
	if o.InvitationExpiresIn == 0 {
		o.InvitationExpiresIn = 48 * time.Hour
	}
	if o.Roles == nil {
		o.Roles = DefaultRoles()
	}
	return o
}
