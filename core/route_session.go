package core

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core/model"
)

// GetSessionInput is the query of GET /get-session. The flags are read as JavaScript's Boolean does: any non-empty text
// is true.
type GetSessionInput struct {
	DisableCookieCache *bool `query:"disableCookieCache" coerce:"true"`
	DisableRefresh     *bool `query:"disableRefresh" coerce:"true"`
}

// GetSession is GET /get-session: the caller's session with its user, or null. It needs the caller's headers. In process,
// nil without an error means that there is no session.
var GetSession = Define(Spec{
	ID: "getSession", Method: "GET POST", Path: "/get-session", Access: Public, NoBody: true, NeedsHeaders: true,
	Summary: "Get the caller's session and user, or null.",
}, getSession)

func getSession(ctx context.Context, x *Exchange, in GetSessionInput) (*ActiveSession, error) {
	x.setHeaderValues("Cache-Control", noStore)
	x.setHeaderValues("Pragma", noCache)
	config := &x.auth.config.Session
	post := x.Method() == http.MethodPost
	if post && !config.DeferRefresh {
		return nil, ErrDeferRefreshRequired
	}
	s, err := x.lookUpSession(ctx, resolveOptions{
		disableCache:   isTrue(in.DisableCookieCache),
		disableRefresh: isTrue(in.DisableRefresh),
		deferred:       config.DeferRefresh && !post,
	})
	if err != nil && clientError(err) == nil {
		e := *ErrFailedToGetSession
		e.Status = http.StatusInternalServerError
		return nil, e.Wrap(err)
	}
	return s, err
}

var noCache = []string{"no-cache"}

func isTrue(b *bool) bool { return b != nil && *b }

// SignOutInput is the body of POST /sign-out. All of it is optional, and matters only to accounts of a provider that
// has a sign-out of its own.
type SignOutInput struct {
	_ struct{} `wire:"optional-body"`

	CallbackURL     *string `json:"callbackURL"`
	DisableRedirect *bool   `json:"disableRedirect"`
	State           *string `json:"state"`
}

// SignOutOutput is the answer of POST /sign-out.
type SignOutOutput struct {
	Success bool `json:"success"`
	// URL is where the browser signs out of the provider too, and Redirect says whether it is to go there. Both are
	// absent unless a provider has such a page; plugin/social fills them in.
	URL      *string `json:"url,omitempty"`
	Redirect *bool   `json:"redirect,omitempty"`
}

// SignOut is POST /sign-out: it ends the caller's session, if there is one, and takes the cookies from the client. If the
// session cannot be deleted it fails and the client keeps its cookies: who signs out must be able to rely on it.
var SignOut = Define(Spec{
	ID: "signOut", Method: "POST", Path: "/sign-out", Access: Public, NeedsHeaders: true,
	Summary: "End the caller's session.",
}, signOut)

func signOut(ctx context.Context, x *Exchange, _ SignOutInput) (SignOutOutput, error) {
	if token, ok := x.signedCookie(&x.site.cookies.sessionToken); ok {
		if err := x.endSession(ctx, token); err != nil {
			return SignOutOutput{}, err
		}
	}
	x.expireSessionCookies()
	return SignOutOutput{Success: true}, nil
}

// endSession deletes the session with a token and tells whoever listens whose it was.
func (x *Exchange) endSession(ctx context.Context, token string) error {
	var ended []*model.Session
	if len(x.auth.listeners) > 0 {
		var err error
		if ended, err = x.auth.sessions.list(ctx, sessionSet{token: token}); err != nil {
			return fmt.Errorf("core: sign out: %w", err)
		}
	}
	if err := x.auth.DeleteSession(ctx, token); err != nil {
		return err
	}
	for _, s := range ended {
		x.Emit(ctx, SignedOut{UserID: s.UserID, SessionID: s.ID})
	}
	return nil
}
