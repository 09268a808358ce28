package core

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
)

// The errors of deleting a user.
var (
	ErrSessionExpired     = NewError(400, "SESSION_EXPIRED", "Session expired. Re-authenticate to perform this action.")
	ErrNoPasswordAccount  = NewError(400, "CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found")
	errDeleteUserDisabled = NewError(404, "NOT_FOUND", "Not found")
	errInvalidDeleteToken = NewError(404, "INVALID_TOKEN", "Invalid token")
	errNobodyToDelete     = NewError(404, "FAILED_TO_GET_USER_INFO", "Failed to get user info")
)

// DeleteUserInput is the body of POST /delete-user.
type DeleteUserInput struct {
	// CallbackURL is where the link in the mail leads in the end. The default is "/".
	CallbackURL *string `json:"callbackURL"`
	// Password is asked for unless the session is fresh or the app sends a link.
	Password *string `json:"password"`
	// Token is what the link has, for apps that ask for it in a form of their own.
	Token *string `json:"token"`
}

// DeleteUserOutput is the answer of POST /delete-user and GET /delete-user/callback.
type DeleteUserOutput struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

var userDeleted = DeleteUserOutput{Success: true, Message: "User deleted"}

// DeleteUser is POST /delete-user: it deletes the caller, or sends them the link that does if the app wants that
// (Config.User.DeleteUser).
var DeleteUser = Define(Spec{
	ID: "deleteUser", Method: "POST", Path: "/delete-user", Access: StoredSession, RenewCache: true,
	Summary: "Delete the caller, or send the link that does.",
}, deleteUser)

func deleteUser(ctx context.Context, x *Exchange, in DeleteUserInput) (DeleteUserOutput, error) {
	c := &x.auth.config.User.DeleteUser
	if !c.Enabled {
		return DeleteUserOutput{}, &Error{Status: http.StatusNotFound}
	}
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return DeleteUserOutput{}, err
	}
	password, token := text(in.Password), text(in.Token)
	if password != "" {
		if err := x.CheckPassword(ctx, s.User.ID, password); err != nil {
			return DeleteUserOutput{}, err
		}
	}
	switch {
	case token != "":
		return x.deleteByToken(ctx, s.User, token)
	case c.SendVerification != nil:
		return x.sendDeleteLink(ctx, s.User, text(in.CallbackURL))
	case password == "":
		if _, err := x.RequireFreshSession(ctx); errors.Is(err, ErrSessionNotFresh) {
			return DeleteUserOutput{}, ErrSessionExpired
		} else if err != nil {
			return DeleteUserOutput{}, err
		}
	}
	return userDeleted, x.deleteUser(ctx, s.User, func(context.Context) error { return nil })
}

func (x *Exchange) sendDeleteLink(ctx context.Context, user *model.User, callbackURL string) (DeleteUserOutput, error) {
	c := &x.auth.config.User.DeleteUser
	if err := x.LimitRecipient(ctx, "delete-account", user.Email); err != nil {
		return DeleteUserOutput{}, err
	}
	token, err := secret.Random(nil, 32, secret.AlphabetLower)
	if err != nil {
		return DeleteUserOutput{}, err
	}
	if err := x.auth.CreateVerification(ctx, deleteAccountPrefix+token, user.ID, c.TokenExpiresIn); err != nil {
		return DeleteUserOutput{}, err
	}
	if callbackURL == "" {
		callbackURL = "/"
	}
	url := x.Link("/delete-user/callback", "token", token, "callbackURL", callbackURL)
	x.SendMail(ctx, "deletion mail", c.SendVerification, Mail{User: user, URL: url, Token: token})
	return DeleteUserOutput{Success: true, Message: "Verification email sent"}, nil
}

// DeleteUserCallbackInput is the query of GET /delete-user/callback.
type DeleteUserCallbackInput struct {
	Token       string  `query:"token"`
	CallbackURL *string `query:"callbackURL"`
}

// DeleteUserCallback is GET /delete-user/callback, where the link in the mail leads. It deletes the caller, who has to be
// signed in as the user for whom the link was made.
var DeleteUserCallback = Define(Spec{
	ID: "deleteUserCallback", Method: "GET", Path: "/delete-user/callback", Access: Public, RenewCache: true, ChangesState: true,
	Summary: "Delete the caller, who has followed a link.",
}, deleteUserCallback)

func deleteUserCallback(ctx context.Context, x *Exchange, in DeleteUserCallbackInput) (DeleteUserOutput, error) {
	callback := text(in.CallbackURL)
	if err := x.CheckCallback(ctx, callback); err != nil {
		return DeleteUserOutput{}, err
	}
	if !x.auth.config.User.DeleteUser.Enabled {
		return DeleteUserOutput{}, errDeleteUserDisabled
	}
	s, err := x.storedSession(ctx)
	if err != nil {
		return DeleteUserOutput{}, err
	}
	if s == nil {
		return DeleteUserOutput{}, errNobodyToDelete
	}
	out, err := x.deleteByToken(ctx, s.User, in.Token)
	if err == nil && callback != "" {
		err = x.RedirectBack(ctx, callback)
	}
	return out, err
}

func (x *Exchange) deleteByToken(ctx context.Context, user *model.User, token string) (DeleteUserOutput, error) {
	identifier := deleteAccountPrefix + token
	mine := func(value string, err error) error {
		if errors.Is(err, ErrNoVerification) || err == nil && value != user.ID {
			return errInvalidDeleteToken
		}
		return err
	}
	// Looked at before Before is called, used up together with the deletion.
	if err := mine(x.auth.PeekVerification(ctx, identifier)); err != nil {
		return DeleteUserOutput{}, err
	}
	return userDeleted, x.deleteUser(ctx, user, func(ctx context.Context) error {
		return mine(x.auth.ConsumeVerification(ctx, identifier))
	})
}

// deleteUser deletes a user with all that is theirs, and spends what allows it, in one transaction.
func (x *Exchange) deleteUser(ctx context.Context, user *model.User, spend func(ctx context.Context) error) error {
	a, c := x.auth, &x.auth.config.User.DeleteUser
	if err := c.Before.call(ctx, x, user); err != nil {
		return err
	}
	err := a.store.InTx(ctx, func(ctx context.Context) error {
		if err := spend(ctx); err != nil {
			return err
		}
		for _, prefix := range a.userKinds {
			if err := a.DeleteVerificationsOf(ctx, prefix, user.ID); err != nil {
				return err
			}
		}
		if err := a.DeleteUser(ctx, user.ID); err != nil {
			return err
		}
		x.Emit(ctx, UserDeleted{UserID: user.ID})
		return nil
	})
	if errors.Is(err, store.ErrNotFound) { // by another request at the same time
		err = ErrUnauthorized.Wrap(err)
	}
	if err != nil {
		return err
	}
	x.expireSessionCookies()
	return c.After.call(ctx, x, user)
}
