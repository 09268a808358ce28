package core

import (
	"errors"
	"net/http"

	"github.com/cardea-auth/cardea/core/wire"
)

// Error is the one type of error that clients see. Templates are package variables and immutable: methods return
// copies. Any other error that reaches the edge becomes a 500 without detail.
//
// errors.Is compares two Errors by code, or by status where neither has a code.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Code is the contract's machine-readable code; empty for the few answers that have none.
	Code string
	// Message is the contract's text. An Error without code and message has an empty body.
	Message string

	cause  error
	header http.Header
	body   any
	// untyped leaves the content type out, which the contract has in every answer but those of /error.
	untyped bool
}

// NewError makes a template.
func NewError(status int, code, message string) *Error {
	return &Error{Status: status, Code: code, Message: message}
}

// Error returns code, message and cause, for logs.
func (e *Error) Error() string {
	s := e.Code
	if e.Message != "" {
		if s != "" {
			s += ": "
		}
		s += e.Message
	}
	if s == "" {
		s = http.StatusText(e.Status)
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause. Clients never see it.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is an Error with the same code, or, where both have none, the same status.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	if !ok {
		return false
	}
	if e.Code == "" && t.Code == "" {
		return e.Status == t.Status
	}
	return e.Code == t.Code
}

// Wrap returns a copy of e with a cause for the logs.
func (e *Error) Wrap(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// WithMessage returns a copy of e with another text.
func (e *Error) WithMessage(message string) *Error {
	c := *e
	c.Message = message
	return &c
}

// WithHeader returns a copy of e that sets a header on the response.
func (e *Error) WithHeader(key, value string) *Error {
	c := *e
	c.header = e.header.Clone()
	if c.header == nil {
		c.header = http.Header{}
	}
	c.header.Set(key, value)
	return &c
}

// Header returns the value of a header that e sets on the response, such as Location, or "".
func (e *Error) Header(key string) string { return e.header.Get(key) }

// WithBody returns a copy of e that clients get another body of than message and code, encoded as JSON: for the few answers
// of the contract that say more. Code and message stay what hooks and callers in process go by.
func (e *Error) WithBody(body any) *Error {
	c := *e
	c.body = body
	return &c
}

// AppendJSON writes the body that clients get: {"message":…,"code":…}, or the one of WithBody.
func (e *Error) AppendJSON(dst []byte) ([]byte, error) {
	if e.body != nil {
		return wire.Append(dst, e.body)
	}
	dst = append(dst, `{"message":`...)
	dst = wire.AppendString(dst, e.Message)
	if e.Code != "" {
		dst = append(dst, `,"code":`...)
		dst = wire.AppendString(dst, e.Code)
	}
	return append(dst, '}'), nil
}

// bodyless reports whether the answer has no body at all.
func (e *Error) bodyless() bool { return e.Code == "" && e.Message == "" && e.body == nil }

// Core's errors, with the codes and texts of the contract (errors.json).
var (
	ErrUnauthorized          = NewError(401, "UNAUTHORIZED", "Unauthorized")
	ErrSessionNotFresh       = NewError(403, "SESSION_NOT_FRESH", "Session is not fresh")
	ErrFailedToGetSession    = NewError(401, "FAILED_TO_GET_SESSION", "Failed to get session")
	ErrFailedToCreateSession = NewError(400, "FAILED_TO_CREATE_SESSION", "Failed to create session")
	ErrFailedToCreateUser    = NewError(422, "FAILED_TO_CREATE_USER", "Failed to create user")
	ErrUserExists            = NewError(422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "User already exists. Use another email.")

	ErrAccountNotFound = NewError(400, "ACCOUNT_NOT_FOUND", "Account not found")
	ErrLastAccount     = NewError(400, "FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account")

	ErrInvalidOrigin             = NewError(403, "INVALID_ORIGIN", "Invalid origin")
	ErrMissingOrigin             = NewError(403, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin")
	ErrInvalidCallbackURL        = NewError(403, "INVALID_CALLBACK_URL", "Invalid callbackURL")
	ErrInvalidRedirectURL        = NewError(403, "INVALID_REDIRECT_URL", "Invalid redirectURL")
	ErrInvalidErrorCallbackURL   = NewError(403, "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL")
	ErrInvalidNewUserCallbackURL = NewError(403, "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL")
	ErrCrossSiteNavigation       = NewError(403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", "Cross-site navigation login blocked. This request appears to be a CSRF attack.")

	ErrDeferRefreshRequired = NewError(405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED", "POST method requires deferSessionRefresh to be enabled in session config")

	// ErrMalformedBody answers a body that is not the JSON it claims to be.
	ErrMalformedBody = NewError(400, "BAD_REQUEST", "Invalid JSON in request body")
	// ErrUnsupportedMediaType answers a content type that the endpoint does not take; its message names those it does.
	ErrUnsupportedMediaType = NewError(415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type")
	// ErrValidation answers input of the wrong shape; its message lists what is wrong with which member.
	ErrValidation = NewError(400, "VALIDATION_ERROR", "Validation Error")
	// ErrBodyTooLarge answers a body over the limit. An adapter whose framework has a limit of its own returns it
	// from the body's Read.
	ErrBodyTooLarge = NewError(413, "PAYLOAD_TOO_LARGE", "Request body is too large")
	// ErrBusy answers a request that waited too long for one of the slots for hashing passwords.
	ErrBusy = NewError(503, "SERVICE_UNAVAILABLE", "Too many sign-ins at the moment. Please try again.").WithHeader("Retry-After", "1")

	errInternal = NewError(500, "", "")
)

// Redirect returns an error that answers 302 to target. target must have been checked; a value that cannot stand in a
// header is a 500.
func Redirect(target string) *Error {
	return (&Error{Status: http.StatusFound}).WithHeader("Location", target)
}

// redirectUntyped is Redirect without a content type.
func redirectUntyped(target string) *Error {
	e := Redirect(target)
	e.untyped = true
	return e
}

// Challenge is what a sign-in answers instead of a session when a further step is asked for, such as a second factor.
// Over HTTP the client gets Body with status 200. In process it is an error, so that a caller who never heard of
// challenges does not go on.
type Challenge struct { //nolint:errname // it is an answer first
	// Method names the step, such as "two-factor", for logs.
	Method string
	// Body is the answer, encoded as JSON.
	Body any
}

// Error names the step.
func (c *Challenge) Error() string { return "core: sign-in needs a further step: " + c.Method }

// Replaced is what a typed caller gets when a hook replaced the endpoint's answer by one of another type.
type Replaced struct { //nolint:errname // it carries an answer
	// Value is the answer that a client over HTTP would have got as JSON.
	Value any
}

// Error says what happened.
func (r *Replaced) Error() string { return "core: a hook replaced the answer by one of another type" }

// reply is the error by which a before hook answers in place of the handler.
type reply struct{ value any }

func (*reply) Error() string { return "core: a hook answered" }

// Respond makes the error by which a before hook answers with v in place of the handler. After hooks are skipped, as the
// contract has it. In process, a v of another type than the endpoint's comes back as *[Replaced].
func Respond(v any) error { return &reply{v} }

// clientError returns the error that clients may see behind err, or nil if there is none.
func clientError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
