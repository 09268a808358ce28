package core

import (
	"context"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/model"
)

// Mail is a message that an app's callback sends: a link for one person.
type Mail struct {
	// User is whom it is about. The message goes to User.Email, also where that is an address yet to be confirmed.
	User *model.User
	// NewEmail is the address that the user wants to have; it is set only where a change of address is to be confirmed from
	// the old one.
	NewEmail string
	// URL is the link. Whoever has it can do what it is for: it belongs into the message and nowhere else.
	URL string
	// Token is the secret in URL, for apps that make a link of their own.
	Token string
	// Request is a copy of the request that asked for the message, without its body, or nil in process.
	Request *http.Request
}

// MailFunc sends a message. It runs after the answer and, where something is stored first, after that was committed; its
// error goes to the log. It is safe to take its time, and must be safe for concurrent use.
type MailFunc func(ctx context.Context, m Mail) error

// SendMail has send send m in the background ([Auth.Background]): nobody waits for a mail server, and the answer takes as
// long for those who get a message as for those who do not. task names it in the log. Request is filled in.
func (x *Exchange) SendMail(ctx context.Context, task string, send MailFunc, m Mail) {
	user := *m.User // the caller's may go on changing
	m.User, m.Request = &user, x.Request()
	x.auth.Background(ctx, task, func(ctx context.Context) error { return send(ctx, m) })
}

// Link returns the URL of an endpoint for a message. path lies below the base path; params are names and values in turn.
// It is made of the configured base URL and never of what a request says about the host.
func (x *Exchange) Link(path string, params ...string) string {
	var b strings.Builder
	b.WriteString(x.BaseURL())
	b.WriteString(path)
	for i := 0; i+1 < len(params); i += 2 {
		if i == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(params[i])
		b.WriteByte('=')
		b.WriteString(cookie.EncodeURIComponent(params[i+1]))
	}
	return b.String()
}
