package twofactor

import (
	"context"
	"errors"
	"strconv"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// prover is who shows a second factor: somebody with a session, or in the middle of a sign-in.
type prover struct {
	x    *core.Exchange
	user *model.User
	// session is nil in the middle of a sign-in, and challenge is empty otherwise.
	session   *core.ActiveSession
	challenge string
}

// identify finds out who it is.
func (p *Plugin) identify(ctx context.Context, x *core.Exchange) (*prover, error) {
	s, err := x.StoredSession(ctx)
	if err != nil {
		return nil, err
	}
	if s != nil {
		return &prover{x: x, user: s.User, session: s}, nil
	}
	id, ok := x.SignedCookie(p.challengeCookie(x))
	if !ok || !isChallenge(id) {
		return nil, ErrInvalidChallenge
	}
	userID, err := x.Auth().PeekVerification(ctx, id)
	if errors.Is(err, core.ErrNoVerification) {
		return nil, ErrInvalidChallenge
	}
	if err != nil {
		return nil, err
	}
	user, err := x.Auth().FindUser(ctx, userID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrInvalidChallenge
	}
	if err != nil {
		return nil, err
	}
	return &prover{x: x, user: user, challenge: id}, nil
}

// signingIn reports whether it is the middle of a sign-in.
func (w *prover) signingIn() bool { return w.session == nil }

// otpID is the identifier of the code that was sent to them.
func (w *prover) otpID() string {
	if w.signingIn() {
		return otpPrefix + w.challenge
	}
	return otpPrefix + w.user.ID + "!" + w.session.Session.ID
}

// attempt is one guess at a second factor. It is counted before it is made: however many are made at once, no more are
// compared than are allowed. A guess with a session is not counted: it gains nothing.
type attempt struct {
	p   *Plugin
	who *prover
	// row is nil if nothing counts the guesses at the account.
	row *factor
	// taken is the record that counts those of the challenge, or nil.
	taken *model.Verification
	count int
}

// begin counts a guess. perChallenge says that it is one of those that a challenge allows.
func (p *Plugin) begin(ctx context.Context, who *prover, row *factor, perChallenge bool) (*attempt, error) {
	t := &attempt{p: p, who: who}
	if !who.signingIn() {
		return t, nil
	}
	if !p.opts.Lockout.Disabled {
		t.row = row
	}
	if err := t.unlock(ctx); err != nil {
		return nil, err
	}
	if perChallenge {
		if err := t.take(ctx); err != nil {
			return nil, err
		}
	}
	if err := t.reserve(ctx); err != nil {
		return nil, errors.Join(err, t.putBack(ctx, t.count))
	}
	return t, nil
}

// unlock refuses guesses at an account that is locked, and ends a lock that has lasted long enough.
func (t *attempt) unlock(ctx context.Context) error {
	if t.row == nil || t.row.LockedUntil == nil {
		return nil
	}
	now := t.who.x.Now()
	if t.row.LockedUntil.After(now) {
		return ErrLocked
	}
	_, err := update(ctx, t.who.x.Auth(), t.row, store.Record{"failedVerificationCount": int64(0), "lockedUntil": nil}, store.Lte("lockedUntil", now))
	return err
}

// take takes the record that counts the guesses of the challenge: whoever has it may guess.
func (t *attempt) take(ctx context.Context) error {
	a := t.who.x.Auth()
	v, err := a.TakeVerification(ctx, attemptsPrefix+t.who.challenge)
	if errors.Is(err, core.ErrNoVerification) {
		return ErrInvalidChallenge
	}
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(v.Value)
	if err != nil || count < 0 || count >= challengeAttempts {
		if _, err := a.ConsumeVerification(ctx, t.who.challenge); err != nil && !errors.Is(err, core.ErrNoVerification) {
			return err
		}
		t.who.x.ExpireCookie(t.p.challengeCookie(t.who.x))
		return ErrTooManyAttempts
	}
	t.taken, t.count = v, count
	return nil
}

// reserve adds the guess to those at the account, unless there have been enough.
func (t *attempt) reserve(ctx context.Context) error {
	if t.row == nil {
		return nil
	}
	a, now, allowed := t.who.x.Auth(), t.who.x.Now(), int64(t.p.opts.Lockout.MaxFailedAttempts)
	row, err := factors(a).Increment(ctx, a.Store(), "failedVerificationCount", 1,
		store.Eq("id", t.row.ID), store.AnyOf(store.Eq("lockedUntil", nil), store.Lte("lockedUntil", now)),
		store.AnyOf(store.Eq("failedVerificationCount", nil), store.Lt("failedVerificationCount", allowed)))
	if errors.Is(err, store.ErrNotFound) {
		// The others may all be under way, or have died on it.
		return errors.Join(ErrLocked, t.lock(ctx))
	}
	if err == nil {
		t.row = &row
	}
	return err
}

// lock locks the account if there have been enough guesses.
func (t *attempt) lock(ctx context.Context) error {
	until := t.who.x.Now().Add(t.p.opts.Lockout.Duration)
	locked, err := update(ctx, t.who.x.Auth(), t.row, store.Record{"lockedUntil": until},
		store.Gte("failedVerificationCount", int64(t.p.opts.Lockout.MaxFailedAttempts)), store.Eq("lockedUntil", nil))
	if locked {
		t.who.x.Emit(ctx, core.AccountLocked{UserID: t.who.user.ID, Until: until})
	}
	return err
}

// putBack gives the challenge its record back, with that many guesses made.
func (t *attempt) putBack(ctx context.Context, count int) error {
	if t.taken == nil {
		return nil
	}
	x := t.who.x
	return x.Auth().CreateVerification(ctx, attemptsPrefix+t.who.challenge, strconv.Itoa(count), t.taken.ExpiresAt.Sub(x.Now()))
}

// wrong ends a guess that was wrong; reason is the answer.
func (t *attempt) wrong(ctx context.Context, reason *core.Error) error {
	if err := t.putBack(ctx, t.count+1); err != nil {
		return err
	}
	if t.row != nil && t.row.Failed != nil && *t.row.Failed >= int64(t.p.opts.Lockout.MaxFailedAttempts) {
		if err := t.lock(ctx); err != nil {
			return err
		}
	}
	if t.who.signingIn() {
		t.who.x.Emit(ctx, core.SignInFailed{UserID: t.who.user.ID, Method: "two-factor", Reason: reason})
	}
	return reason
}

// undo ends a guess that was not judged: what broke says nothing about whoever made it.
func (t *attempt) undo(ctx context.Context, cause error) error {
	problems := []error{cause, t.putBack(ctx, t.count)}
	if t.row != nil {
		a := t.who.x.Auth()
		_, err := factors(a).Increment(ctx, a.Store(), "failedVerificationCount", -1, store.Eq("id", t.row.ID), store.Gt("failedVerificationCount", int64(0)))
		if !errors.Is(err, store.ErrNotFound) {
			problems = append(problems, err)
		}
	}
	return joined(problems...)
}

// right ends a guess that was right: from here on failures are counted anew.
func (t *attempt) right(ctx context.Context) error {
	if t.row == nil {
		return nil
	}
	_, err := update(ctx, t.who.x.Auth(), t.row, store.Record{"failedVerificationCount": int64(0), "lockedUntil": nil})
	return err
}

// joined is errors.Join that leaves a single error as it is.
func joined(errs ...error) error {
	var one error
	n := 0
	for _, err := range errs {
		if err != nil {
			one = err
			n++
		}
	}
	if n > 1 {
		return errors.Join(errs...)
	}
	return one
}
