package options

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/wire"
)

// lastCall is Functions that keep what the last call was.
type lastCall struct{ last string }

func (s *lastCall) Record(callback string) Function { return s.note("record " + callback) }
func (s *lastCall) Webhook(url string) Function     { return s.note("webhook " + url) }

func (s *lastCall) note(what string) Function {
	return func(ctx context.Context, args ...any) (any, error) {
		v, err := told(what)(ctx, args...)
		s.last, _ = v.(string)
		return v, err
	}
}

// TestMailFunctions: every callback that sends gets what better-auth gives it.
func TestMailFunctions(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ann := &model.User{ID: "u1", Name: "Ann", Email: "ann@example.com", CreatedAt: at, UpdatedAt: at}
	const user = `{"name":"Ann","email":"ann@example.com","emailVerified":false,"image":null,"createdAt":"2026-01-02T03:04:05.000Z","updatedAt":"2026-01-02T03:04:05.000Z","id":"u1"}`
	request := &http.Request{
		Method: "POST", Host: "a.example", URL: &url.URL{Path: "/x", RawQuery: "y=1"},
		Header: http.Header{"X-B": {"1", "2"}, "Cookie": {"c"}},
	}
	const requested = `{"url":"http://a.example/x?y=1","method":"POST","headers":{"cookie":"c","host":"a.example","x-b":"1, 2"}}`
	for path, send := range map[string]func(*core.Config) core.MailFunc{
		"emailVerification.sendVerificationEmail":       func(c *core.Config) core.MailFunc { return c.EmailVerification.Send },
		"user.changeEmail.sendChangeEmailConfirmation":  func(c *core.Config) core.MailFunc { return c.User.ChangeEmail.SendConfirmation },
		"user.deleteUser.sendDeleteAccountVerification": func(c *core.Config) core.MailFunc { return c.User.DeleteUser.SendVerification },
	} {
		spy := &lastCall{}
		r := standard()
		r.functions = spy
		c, err := decode(t, `{"options":`+nested(path, `{"$record":true}`)+`}`, r)
		if err != nil {
			t.Fatal(err)
		}
		m := core.Mail{User: ann, URL: "http://b/c", Token: "d", Request: request}
		if err := send(&c)(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(`record %s [{"user":%s,"url":"http://b/c","token":"d"},%s]`, path, user, requested); spy.last != want {
			t.Errorf("got  %s\nwant %s", spy.last, want)
		}
		m.NewEmail, m.Request = "new@example.com", nil
		if err := send(&c)(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(`record %s [{"user":%s,"newEmail":"new@example.com","url":"http://b/c","token":"d"},null]`, path, user); spy.last != want {
			t.Errorf("got  %s\nwant %s", spy.last, want)
		}
	}
}

// nested writes value at a dotted path.
func nested(path, value string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' {
			return nested(path[:i], `{"`+path[i+1:]+`":`+value+`}`)
		}
	}
	return `{"` + path + `":` + value + `}`
}

func TestCustomUser(t *testing.T) {
	t.Parallel()
	u := model.User{ID: "made", Name: "Ann", Email: "ann@example.com"}
	u.Extra.Set("plan", "free")
	change := func(context.Context, ...any) (any, error) { return nil, nil }
	if got := customUser(change, u); got.ID != "made" {
		t.Errorf("of nothing: got %+v", got)
	}
	made, err := wire.Parse([]byte(`{"id":"other","name":"Bob","email":"b@example.com","emailVerified":true,"image":"i",
		"createdAt":"2026-01-02T03:04:05.678Z","plan":"pro"}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	change = func(context.Context, ...any) (any, error) { return made, nil }
	got := customUser(change, u)
	plan, _ := got.Extra.Get("plan")
	if got.ID != "other" || got.Name != "Bob" || got.Email != "b@example.com" || !got.EmailVerified || *got.Image != "i" || got.CreatedAt.Year() != 2026 || plan != "pro" {
		t.Errorf("got %+v", got)
	}
}
