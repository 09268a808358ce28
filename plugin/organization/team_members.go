package organization

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// ListTeamMembersInput is the query of GET /organization/list-team-members.
type ListTeamMembersInput struct {
	// TeamID names the team. The default is the active one.
	TeamID string `query:"teamId" optional:"true"`
}

func (p *Plugin) listTeamMembers(ctx context.Context, x *core.Exchange, in ListTeamMembersInput) ([]TeamMember, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return nil, err
	}
	if in.TeamID == "" {
		in.TeamID = activeTeam(s)
	}
	if in.TeamID == "" {
		return nil, ErrNoActiveTeam
	}
	t, err := need(ctx, x, p.tables.teams, ErrTeamNotFound, store.Eq("id", in.TeamID))
	if err != nil {
		return nil, err
	}
	if _, err := p.callerOf(ctx, x, s, t.OrganizationID, ErrNotTeamMember, ErrNotTeamMember); err != nil {
		return nil, err
	}
	m, err := p.teamMember(ctx, x, t.ID, s.User.ID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, ErrNotTeamMember
	}
	members, err := p.tables.teamMembers.List(ctx, x.Auth().Store(), store.Query{
		Where: []store.Cond{store.Eq("teamId", t.ID)}, OrderBy: oldestFirst, Limit: max(maxPage, x.Auth().Config().ListLimit),
	})
	if err != nil {
		return nil, fmt.Errorf("organization: list members of a team: %w", err)
	}
	return members, nil
}

// TeamMemberInput is the body of POST /organization/add-team-member and /organization/remove-team-member.
type TeamMemberInput struct {
	TeamID string `json:"teamId"`
	UserID string `json:"userId" coerce:"true"`
	// OrganizationID names the organization. The default is the active one.
	OrganizationID string `json:"organizationId" optional:"true"`
}

// seat is a member and a team of one organization, and who asks about them.
type seat struct {
	*caller
	team *Team
	user *model.User
	org  *Organization
}

// seat finds both. They must be of the organization that the caller may change the members of.
func (p *Plugin) seat(ctx context.Context, x *core.Exchange, in TeamMemberInput, c *caller) (*seat, error) {
	m, err := p.member(ctx, x, c.org, store.Eq("userId", in.UserID))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, withStatus(ErrUserNotMember, 400)
	}
	s := &seat{caller: c}
	if s.team, err = p.team(ctx, x, c.org, in.TeamID); err != nil {
		return nil, err
	}
	if s.org, err = p.organization(ctx, x, c.org); err != nil {
		return nil, err
	}
	s.user, err = findUser(ctx, x, in.UserID, errUserGone)
	return s, err
}

func (p *Plugin) addTeamMember(ctx context.Context, x *core.Exchange, in TeamMemberInput) (*TeamMember, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, withStatus(ErrUserNotMember, 400))
	if err != nil {
		return nil, err
	}
	if err := p.require(ctx, x, c, updateMember, ErrAddTeamMemberNotAllowed); err != nil {
		return nil, err
	}
	s, err := p.seat(ctx, x, in, c)
	if err != nil {
		return nil, err
	}
	event := &TeamMemberEvent{TeamMember: &TeamMember{TeamID: s.team.ID, UserID: s.user.ID}, Team: s.team, User: s.user, Organization: s.org}
	if err := p.opts.Hooks.AddTeamMember.before(ctx, x, event); err != nil {
		return nil, err
	}
	limit, err := p.opts.Teams.MaximumMembers.of(ctx,
		LimitSubject{User: c.user, Session: c.session, Organization: s.org, Member: c.Member, TeamID: s.team.ID}, unlimited)
	if err != nil {
		return nil, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, updateMember, ErrAddTeamMemberNotAllowed); err != nil {
			return err
		}
		if _, err := p.seat(ctx, x, in, c); err != nil {
			return err
		}
		if event.TeamMember, err = p.joinTeam(ctx, x, s.team.ID, s.user.ID, limit); err != nil {
			return err
		}
		return p.opts.Hooks.AddTeamMember.after(ctx, x, event)
	})
	if errors.Is(err, store.ErrConflict) { // a server that does not lock was faster
		return need(ctx, x, p.tables.teamMembers, ErrNotTeamMember, store.Eq("teamId", s.team.ID), store.Eq("userId", s.user.ID))
	}
	return event.TeamMember, err
}

func (p *Plugin) removeTeamMember(ctx context.Context, x *core.Exchange, in TeamMemberInput) (MessageOutput, error) {
	c, err := p.caller(ctx, x, in.OrganizationID, ErrNoActiveOrganization, withStatus(ErrUserNotMember, 400))
	if err != nil {
		return MessageOutput{}, err
	}
	if err := p.require(ctx, x, c, deleteMember, ErrRemoveTeamMemberNotAllowed); err != nil {
		return MessageOutput{}, err
	}
	s, err := p.seat(ctx, x, in, c)
	if err != nil {
		return MessageOutput{}, err
	}
	m, err := p.teamMember(ctx, x, s.team.ID, s.user.ID)
	if err != nil {
		return MessageOutput{}, err
	}
	if m == nil {
		return MessageOutput{}, ErrNotTeamMember
	}
	event := &TeamMemberEvent{TeamMember: m, Team: s.team, User: s.user, Organization: s.org}
	if err := p.opts.Hooks.RemoveTeamMember.before(ctx, x, event); err != nil {
		return MessageOutput{}, err
	}
	err = p.locked(ctx, x, c.org, func(ctx context.Context) error {
		if err := p.recheck(ctx, x, c, deleteMember, ErrRemoveTeamMemberNotAllowed); err != nil {
			return err
		}
		if err := p.leaveTeam(ctx, x, s.team, s.user.ID); err != nil {
			return err
		}
		return p.opts.Hooks.RemoveTeamMember.after(ctx, x, event)
	})
	return MessageOutput{"Team member removed successfully."}, err
}

func (p *Plugin) teamMember(ctx context.Context, x *core.Exchange, teamID, userID string) (*TeamMember, error) {
	return find(ctx, x, p.tables.teamMembers, store.Eq("teamId", teamID), store.Eq("userId", userID))
}

func (p *Plugin) countTeam(ctx context.Context, x *core.Exchange, id string) (int64, error) {
	n, err := x.Auth().Store().Count(ctx, store.From(p.tables.teamMembers.Table(), store.Eq("teamId", id)))
	if err != nil {
		return 0, fmt.Errorf("organization: count members of a team: %w", err)
	}
	return n, nil
}

// membershipKey is what nobody is in a team twice by (formats.md §10.2).
func membershipKey(teamID, userID string) string {
	var b strings.Builder
	b.WriteByte('[')
	b.Write(wire.AppendString(nil, teamID))
	b.WriteByte(',')
	b.Write(wire.AppendString(nil, userID))
	b.WriteByte(']')
	sum := sha256.Sum256([]byte(b.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// joinTeam puts a user into a team, unless that is full, in a transaction that has locked the organization. Somebody who is
// in it stays so. The counter of the team is kept as Node keeps it, which goes by it.
func (p *Plugin) joinTeam(ctx context.Context, x *core.Exchange, teamID, userID string, limit int) (*TeamMember, error) {
	s := x.Auth().Store()
	m, err := p.teamMember(ctx, x, teamID, userID)
	if err != nil || m != nil {
		return m, err
	}
	n, err := p.countTeam(ctx, x, teamID)
	if err != nil {
		return nil, err
	}
	if reached(n, limit) {
		return nil, ErrTeamMemberLimit
	}
	t, err := need(ctx, x, p.tables.teams, ErrTeamNotFound, store.Eq("id", teamID))
	if err != nil {
		return nil, err
	}
	by := int64(1)
	if int64(t.MemberCount) < n { // rows that were not counted
		by += n - int64(t.MemberCount)
	}
	guard := []store.Cond{store.Eq("id", teamID)}
	if limit >= 0 {
		guard = append(guard, store.Lte("memberCount", int64(limit)-by))
	}
	_, err = p.tables.teams.Increment(ctx, s, "memberCount", by, guard...)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, ErrTeamMemberLimit
	case err != nil:
		return nil, fmt.Errorf("organization: count a member of a team: %w", err)
	}
	key, now := membershipKey(teamID, userID), x.Now()
	created, err := p.tables.teamMembers.Create(ctx, s, TeamMember{TeamID: teamID, UserID: userID, MembershipKey: &key, CreatedAt: &now})
	if err != nil {
		return nil, fmt.Errorf("organization: add member of a team: %w", err)
	}
	x.Emit(ctx, TeamMemberAdded{OrganizationID: t.OrganizationID, TeamID: teamID, UserID: userID, By: actor(ctx, x)})
	return &created, nil
}

// leaveTeam takes a user out of a team, in a transaction that has locked the organization.
func (p *Plugin) leaveTeam(ctx context.Context, x *core.Exchange, t *Team, userID string) error {
	s := x.Auth().Store()
	n, err := p.tables.teamMembers.Delete(ctx, s, store.Eq("teamId", t.ID), store.Eq("userId", userID))
	if err != nil {
		return fmt.Errorf("organization: remove member of a team: %w", err)
	}
	if n == 0 {
		return nil
	}
	x.Emit(ctx, TeamMemberRemoved{OrganizationID: t.OrganizationID, TeamID: t.ID, UserID: userID, By: actor(ctx, x)})
	_, err = p.tables.teams.Increment(ctx, s, "memberCount", -n, store.Eq("id", t.ID), store.Gte("memberCount", n))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("organization: count a member of a team: %w", err)
	}
	return nil
}
