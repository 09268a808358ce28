package core

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	x.Emit(ctx, SignedIn{User: s.User, SessionID: session.ID, Method: s.Method})
	return session, x.announce(ctx, &ActiveSession{Session: session, User: s.User}, s.DontRemember)
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
	s := SignIn{User: current.User, Method: "renewal", DontRemember: dontRemember, Extra: slices.Clone(current.Session.Extra)}
	session, err := x.createSession(ctx, &s)
	if err != nil {
		return nil, err
	}
	return session, x.announce(ctx, &ActiveSession{Session: session, User: s.User}, dontRemember)
}
