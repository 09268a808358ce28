package admin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// BanUserInput is the body of POST /admin/ban-user.
type BanUserInput struct {
	UserID string  `json:"userId" coerce:"true"`
	Reason *string `json:"banReason"`
	// ExpiresIn is how many seconds the ban lasts. Absent or 0 stands for Options.BanExpiresIn.
	ExpiresIn *float64 `json:"banExpiresIn"`
}

func (p *Plugin) banUser(ctx context.Context, x *core.Exchange, in BanUserInput) (UserOutput, error) {
	caller, err := p.callerWho(ctx, x, BanUsers, ErrMayNotBanUsers)
	if err != nil {
		return UserOutput{}, err
	}
	expires, err := p.banExpiry(x, in.ExpiresIn)
	if err != nil {
		return UserOutput{}, err
	}
	reason := p.opts.BanReason
	if in.Reason != nil && *in.Reason != "" {
		reason = *in.Reason
	}
	var out UserOutput
	err = p.change(ctx, x, caller, in.UserID, ErrMayNotBanUsers, func(ctx context.Context, before *model.User) (err error) {
		if in.UserID == caller.User.ID {
			return ErrBanSelf
		}
		set := store.Record{Banned.Name: true, BanReason.Name: reason, BanExpires.Name: expires}
		if out.User, err = x.Auth().UpdateUser(ctx, in.UserID, set); err != nil {
			return err
		}
		return p.banned(ctx, x, caller, before, out.User)
	})
	return out, internal("ban user", err)
}

// banned does what follows from a ban, in its transaction.
func (p *Plugin) banned(ctx context.Context, x *core.Exchange, caller *core.ActiveSession, before, after *model.User) error {
	end := func(ctx context.Context) error { return x.Auth().DeleteSessions(ctx, after.ID) }
	if err := end(ctx); err != nil {
		return err
	}
	// Once more for those of sign-ins that did not see the ban: confirmBan sees it from here on.
	if err := store.AfterCommit(ctx, end); err != nil {
		return err
	}
	x.Emit(ctx, UserBanned{UserID: after.ID, By: caller.User.ID})
	return p.endImpersonations(ctx, x, before, after)
}

// latestBan is the last moment that every database can hold.
var latestBan = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// banExpiry returns when a ban of so many seconds is over, or nil if never.
func (p *Plugin) banExpiry(x *core.Exchange, seconds *float64) (any, error) {
	if seconds == nil || *seconds == 0 {
		if p.opts.BanExpiresIn == 0 {
			return nil, nil
		}
		return x.Now().Add(p.opts.BanExpiresIn), nil
	}
	const format = "[body.banExpiresIn] Too %s: expected number to be %s"
	if *seconds < 0 && (x.Hardened() || *seconds < -math.MaxInt32) { // upstream bans until a moment that has passed
		return nil, core.ErrValidation.WithMessage(fmt.Sprintf(format, "small", ">=0"))
	}
	most := latestBan.Sub(x.Now().Truncate(time.Second)) // cut to 292 years
	if *seconds > most.Seconds() {
		return nil, core.ErrValidation.WithMessage(fmt.Sprintf(format, "big", fmt.Sprintf("<=%.0f", most.Seconds())))
	}
	return x.Now().Add(time.Duration(*seconds * float64(time.Second))), nil
}

func (p *Plugin) unbanUser(ctx context.Context, x *core.Exchange, in UserInput) (UserOutput, error) {
	caller, err := p.callerWho(ctx, x, BanUsers, ErrMayNotBanUsers)
	if err != nil {
		return UserOutput{}, err
	}
	var out UserOutput
	err = p.change(ctx, x, caller, in.UserID, ErrMayNotBanUsers, func(ctx context.Context, before *model.User) (err error) {
		if was, _ := Banned.Get(before.Extra); was {
			x.Emit(ctx, UserUnbanned{UserID: in.UserID, By: caller.User.ID})
		}
		out.User, err = p.lift(ctx, x, before)
		return err
	})
	return out, internal("unban user", err)
}

// lift takes a ban from a user. Sessions from before are gone for good then.
func (p *Plugin) lift(ctx context.Context, x *core.Exchange, u *model.User) (*model.User, error) {
	if was, _ := Banned.Get(u.Extra); was {
		if err := x.Auth().DeleteSessions(ctx, u.ID); err != nil {
			return nil, err
		}
	}
	return x.Auth().UpdateUser(ctx, u.ID, store.Record{Banned.Name: false, BanReason.Name: nil, BanExpires.Name: nil})
}

// checkBan is the plugin's step at every sign-in. The user is read again: checking a password takes its time, and whoever
// was banned in the meantime must not get in.
func (p *Plugin) checkBan(ctx context.Context, x *core.Exchange, s *core.SignIn) error {
	user, err := p.admitted(ctx, x, s.User.ID)
	if reason := (*core.Error)(nil); errors.As(err, &reason) {
		x.Emit(ctx, core.SignInFailed{UserID: s.User.ID, Method: s.Method, Reason: reason})
	}
	if err != nil {
		return err
	}
	s.User = user
	return nil
}

// confirmBan refuses whoever was banned while their session was being made: the ban has not found it.
func (p *Plugin) confirmBan(ctx context.Context, x *core.Exchange, s *core.SignIn, _ *model.Session) error {
	user, err := x.Auth().FindUser(ctx, s.User.ID)
	if err != nil {
		return fmt.Errorf("admin: %w", err)
	}
	if banned, _ := Banned.Get(user.Extra); banned {
		return p.refusal(ctx, user)
	}
	return nil
}

// admitted returns the user with that id as they are now, or ErrBanned. A ban that has run out is lifted.
func (p *Plugin) admitted(ctx context.Context, x *core.Exchange, id string) (*model.User, error) {
	user, err := x.Auth().FindUser(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	if banned, _ := Banned.Get(user.Extra); !banned {
		return user, nil
	}
	if !elapsed(x, user) {
		return nil, p.refusal(ctx, user)
	}
	err = x.Auth().Store().InTx(ctx, func(ctx context.Context) error {
		if user, err = x.Auth().LockUser(ctx, id); err != nil {
			return err
		}
		switch banned, _ := Banned.Get(user.Extra); {
		case !banned: // somebody else was faster, and may have a session by now
			return nil
		case !elapsed(x, user):
			return p.refusal(ctx, user)
		}
		user, err = p.lift(ctx, x, user)
		return err
	})
	if err != nil {
		return nil, internal("lift ban", err)
	}
	return user, nil
}

// elapsed reports whether a user's ban has run out.
func elapsed(x *core.Exchange, u *model.User) bool {
	until, limited := BanExpires.Get(u.Extra)
	if limited && !x.Hardened() {
		return until.Before(x.Now()) // the very millisecond still counts, as upstream has it
	}
	return limited && !x.Now().Before(until)
}

func (p *Plugin) refusal(ctx context.Context, u *model.User) error {
	message := p.opts.BannedMessage
	if p.opts.BannedMessageFunc != nil {
		var err error
		if message, err = p.opts.BannedMessageFunc(ctx, u); err != nil {
			return fmt.Errorf("admin: banned message: %w", err)
		}
	}
	return ErrBanned.WithMessage(message)
}
