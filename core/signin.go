package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// SignIn is a sign-in about to be completed.
type SignIn struct {
	// User is who has proved to be it.
	User *model.User
	// Method is how: "email", "google", "passkey" …
	Method string
	// DontRemember asks for a session of one day and a cookie that ends with the browser.
	DontRemember bool
	// Extra are columns for the session row.
	Extra model.Extra
	// Confirm, if there is one, is asked when the session is there, or before a [Challenge], and before the client gets it:
	// whether what was proved still holds, such as a password that takes its time to check. Whoever changes it and ends the
	// user's sessions has not found this one. An [*Error] ends the session and is the answer.
	Confirm func(ctx context.Context) error
}

// CompleteSignIn is where every sign-in ends, whatever the method: it asks each plugin's SignInStep, then makes the
// session and sets its cookies. The first factor alone makes none.
//
// A step that refuses makes it return that [*Error]; one that asks for more, a [*Challenge]: the handler returns either
// as its own error. Inside of a transaction the cookies are set once that has committed. With a challenge the client loses
// the session that it may have had; whether it is to be remembered stays with it until the sign-in is completed.
func (x *Exchange) CompleteSignIn(ctx context.Context, s SignIn) (*model.Session, error) {
	for _, step := range x.auth.signIn {
		if err := step.Check(ctx, x, &s); err != nil {
			var challenge *Challenge
			if errors.As(err, &challenge) {
				if err := s.confirm(ctx); err != nil { // a challenge outlasts what has led to it
					return nil, err
				}
				x.withholdSession(s.DontRemember)
			}
			if answerable(err) {
				return nil, err
			}
			return nil, fmt.Errorf("core: sign-in step %q: %w", step.Name, err)
		}
	}
	session, err := x.createSession(ctx, &s)
	if err != nil {
		return nil, err
	}
	return session, store.AfterCommit(ctx, func(ctx context.Context) error {
		if err := x.confirm(ctx, &s, session); err != nil {
			return err
		}
		x.Emit(ctx, SignedIn{User: s.User, SessionID: session.ID, Method: s.Method})
		return x.announce(ctx, &ActiveSession{Session: session, User: s.User}, s.DontRemember)
	})
}

// confirm asks the method and the steps once more, and ends the session that was just made if one of them refuses or cannot
// say.
func (x *Exchange) confirm(ctx context.Context, s *SignIn, made *model.Session) error {
	if err := s.confirm(ctx); err != nil {
		return x.takeBack(ctx, made, err)
	}
	for _, step := range x.auth.signIn {
		if step.Confirm == nil {
			continue
		}
		if err := step.Confirm(ctx, x, s, made); err != nil {
			if clientError(err) == nil {
				err = fmt.Errorf("core: sign-in step %q: %w", step.Name, err)
			}
			return x.takeBack(ctx, made, err)
		}
	}
	return nil
}

// confirm asks the method.
func (s *SignIn) confirm(ctx context.Context) error {
	if s.Confirm == nil {
		return nil
	}
	err := s.Confirm(ctx)
	if err != nil && clientError(err) == nil {
		err = fmt.Errorf("core: sign-in by %s: %w", s.Method, err)
	}
	return err
}

// takeBack ends a session that was just made, for a reason.
func (x *Exchange) takeBack(ctx context.Context, made *model.Session, reason error) error {
	return errors.Join(reason, x.auth.DeleteSession(ctx, made.Token))
}

// announce gives the client a session that was just made, once the transaction that made it has committed.
func (x *Exchange) announce(ctx context.Context, s *ActiveSession, dontRemember bool) error {
	return store.AfterCommit(ctx, func(context.Context) error {
		x.newSession = s
		x.setSessionCookie(s, dontRemember)
		return nil
	})
}

// RenewSession gives the caller of a signed-in request a new session in the place of the one they have, after a change
// that old sessions should not outlive, such as another password. Nobody is asked again: they have signed in. What
// becomes of old rows is the caller's business. What plugins and the app keep in the session stays, such as who impersonates
// whom. Inside of a transaction the cookies are set once that has committed.
func (x *Exchange) RenewSession(ctx context.Context, current *ActiveSession) (*model.Session, error) {
	_, dontRemember := x.signedCookie(&x.site.cookies.dontRemember)
	if old := current.Session; x.auth.isFixed(old) {
		left := max(old.ExpiresAt.Sub(x.Now()), time.Millisecond) // 0 would stand for the default
		return x.IssueSession(ctx, SessionGrant{User: current.User, ExpiresIn: left, DontRemember: dontRemember, Extra: old.Extra})
	}
	s := SignIn{User: current.User, Method: "renewal", DontRemember: dontRemember, Extra: slices.Clone(current.Session.Extra)}
	session, err := x.createSession(ctx, &s)
	if err != nil {
		return nil, err
	}
	return session, x.announce(ctx, &ActiveSession{Session: session, User: s.User}, dontRemember)
}

// SessionGrant is a session that the client gets for another reason than that its user has signed in.
type SessionGrant struct {
	// User is whose session it is.
	User *model.User
	// ExpiresIn is how long it lives. The default is that of a session after a sign-in.
	ExpiresIn time.Duration
	// DontRemember asks for a cookie that ends with the browser, and by default for a session of one day.
	DontRemember bool
	// Extra are columns for the session row.
	Extra model.Extra
}

// IssueSession makes a session and gives it to the client, in the place of the one that it has, if any; that one's row
// stays. Nobody has signed in: no SignInStep is asked and no [SignedIn] told, so whoever calls it answers for it that the
// client may have the session. Inside of a transaction the cookies are set once that has committed.
func (x *Exchange) IssueSession(ctx context.Context, g SessionGrant) (*model.Session, error) {
	lifetime := g.ExpiresIn
	switch {
	case lifetime > 0:
	case g.DontRemember:
		lifetime = notRemembered
	default:
		lifetime = x.auth.config.Session.ExpiresIn
	}
	session, err := x.createSessionFor(ctx, g.User, lifetime, g.Extra)
	if err != nil {
		return nil, err
	}
	return session, x.announce(ctx, &ActiveSession{Session: session, User: g.User}, g.DontRemember)
}

// SwitchSession gives the client a session that is there already, in the place of the one that it has; nothing is stored
// or deleted. That the client may have it, and that it has not expired, is the caller's business. Inside of a transaction
// the cookies are set once that has committed.
func (x *Exchange) SwitchSession(ctx context.Context, s *ActiveSession, dontRemember bool) error {
	return x.announce(ctx, s, dontRemember)
}

// ExpireSession takes the caller's session from the client: token, copy, and the mark of not being remembered. Its row
// stays. It comes before [Exchange.IssueSession] and the like, which set the cookies again.
func (x *Exchange) ExpireSession() { x.expireSessionCookies() }
