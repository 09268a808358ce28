package core

import (
	"context"
	"reflect"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// Event is something that matters to security and has happened: a sign-in, a failed one, another password. The types are
// below; plugins have more of their own. [OnEvent] makes a hook that is told.
type Event interface {
	// EventName is the name for logs and metrics, such as "sign-in".
	EventName() string
}

// OnEvent makes a hook that is told whenever an event of type E has happened, after what made it so was committed. fn runs
// before the answer is sent and cannot change it; what takes long goes to [Auth.Background].
//
//	core.OnEvent(func(ctx context.Context, x *core.Exchange, e core.SignInFailed) {
//		log.InfoContext(ctx, "failed sign-in", "address", x.ClientIP(), "method", e.Method)
//	})
func OnEvent[E Event](fn func(ctx context.Context, x *Exchange, e E)) Hook {
	return Hook{event: reflect.TypeFor[E](), listen: func(ctx context.Context, x *Exchange, e Event) {
		if v, ok := e.(E); ok {
			fn(ctx, x, v)
		}
	}}
}

// OnAnyEvent makes a hook that is told of every event, of any type.
func OnAnyEvent(fn func(ctx context.Context, x *Exchange, e Event)) Hook {
	return Hook{event: anyEvent, listen: fn}
}

var anyEvent = reflect.TypeFor[Event]()

// listeners are the event hooks by the type they listen to.
type listeners map[reflect.Type][]func(ctx context.Context, x *Exchange, e Event)

func newListeners(owners []owner) listeners {
	l := listeners{}
	for _, o := range owners {
		for _, h := range o.manifest.Hooks {
			if h.listen != nil {
				l[h.event] = append(l[h.event], h.listen)
			}
		}
	}
	return l
}

// Emit tells the hooks made by [OnEvent] that e has happened; inside of a transaction, once that has committed, and never if
// it is undone.
func (x *Exchange) Emit(ctx context.Context, e Event) {
	if len(x.auth.listeners) == 0 {
		return
	}
	// What is registered here never fails, so neither does AfterCommit.
	_ = store.AfterCommit(ctx, func(ctx context.Context) error {
		for _, t := range [...]reflect.Type{reflect.TypeOf(e), anyEvent} {
			for _, listen := range x.auth.listeners[t] {
				listen(ctx, x, e)
			}
		}
		return nil
	})
}

// Core's events. None of them carries a secret: no password, no token.
type (
	// SignedUp says that somebody got an account. Method is as in [SignIn].
	SignedUp struct {
		User   *model.User
		Method string
	}
	// SignedIn says that a session was made for somebody who proved who they are.
	SignedIn struct {
		User      *model.User
		SessionID string
		Method    string
	}
	// SignInFailed says that somebody could not prove who they claim to be. UserID is empty if there is no such user.
	SignInFailed struct {
		UserID string
		Method string
		Reason *Error
	}
	// SignedOut says that somebody ended their own session.
	SignedOut struct {
		UserID    string
		SessionID string
	}
	// SessionsRevoked says that sessions of a user were ended from elsewhere: the one with SessionID, or several if that
	// is empty.
	SessionsRevoked struct {
		UserID    string
		SessionID string
	}
	// PasswordChanged says that a user has another password, or the first one.
	PasswordChanged struct{ UserID string }
	// PasswordResetRequested says that a link to reset a user's password was sent.
	PasswordResetRequested struct{ UserID string }
	// PasswordReset says that such a link was used.
	PasswordReset struct{ UserID string }
	// EmailVerified says that a user has proved to read mail at Email.
	EmailVerified struct {
		UserID string
		Email  string
	}
	// EmailChanged says that a user has another address.
	EmailChanged struct {
		UserID   string
		Old, New string
	}
	// UserUpdated says that a user has changed what they may change of their own row.
	UserUpdated struct{ UserID string }
	// UserDeleted says that a user is gone.
	UserDeleted struct{ UserID string }
	// AccountLinked says that a user can sign in by another provider.
	AccountLinked struct {
		UserID   string
		Provider string
	}
	// AccountUnlinked says that a user cannot sign in by a provider any more.
	AccountUnlinked struct {
		UserID   string
		Provider string
	}
	// AccountLocked says that too many wrong guesses have locked an account until then.
	AccountLocked struct {
		UserID string
		Until  time.Time
	}
	// RateLimited says that a client has sent too many requests to an endpoint.
	RateLimited struct {
		// Path is that of the endpoint, as in [Spec.Path], or empty for paths that are none.
		Path string
	}
)

// EventName returns "sign-up".
func (SignedUp) EventName() string { return "sign-up" }

// EventName returns "sign-in".
func (SignedIn) EventName() string { return "sign-in" }

// EventName returns "sign-in-failed".
func (SignInFailed) EventName() string { return "sign-in-failed" }

// EventName returns "sign-out".
func (SignedOut) EventName() string { return "sign-out" }

// EventName returns "sessions-revoked".
func (SessionsRevoked) EventName() string { return "sessions-revoked" }

// EventName returns "password-changed".
func (PasswordChanged) EventName() string { return "password-changed" }

// EventName returns "password-reset-requested".
func (PasswordResetRequested) EventName() string { return "password-reset-requested" }

// EventName returns "password-reset".
func (PasswordReset) EventName() string { return "password-reset" }

// EventName returns "email-verified".
func (EmailVerified) EventName() string { return "email-verified" }

// EventName returns "email-changed".
func (EmailChanged) EventName() string { return "email-changed" }

// EventName returns "user-updated".
func (UserUpdated) EventName() string { return "user-updated" }

// EventName returns "user-deleted".
func (UserDeleted) EventName() string { return "user-deleted" }

// EventName returns "account-linked".
func (AccountLinked) EventName() string { return "account-linked" }

// EventName returns "account-unlinked".
func (AccountUnlinked) EventName() string { return "account-unlinked" }

// EventName returns "account-locked".
func (AccountLocked) EventName() string { return "account-locked" }

// EventName returns "rate-limited".
func (RateLimited) EventName() string { return "rate-limited" }
