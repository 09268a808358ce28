package emailpassword_test

import (
	"context"
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memstorage"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// meetingHasher lets something happen while a password is being verified.
type meetingHasher struct {
	countingHasher
	meet func()
}

func (h *meetingHasher) Verify(ctx context.Context, encoded, pw string) (bool, error) {
	ok, err := h.countingHasher.Verify(ctx, encoded, pw)
	if meet := h.meet; meet != nil {
		h.meet = nil
		meet()
	}
	return ok || encoded == "again:"+pw, err
}

// TestReplacedWhileVerified: whoever signs in with a password that is replaced while it is being verified does not get in, and
// leaves no session behind: those who replaced it have ended the sessions that there were.
func TestReplacedWhileVerified(t *testing.T) {
	t.Parallel()
	inStorage := func(c *core.Config) { c.SecondaryStorage = memstorage.New(memstorage.Options{}) }
	another := func(ctx context.Context, auth *core.Auth, userID string) error {
		return errors.Join(auth.SetPassword(ctx, userID, "plain:password-2"), auth.DeleteSessions(ctx, userID))
	}
	secondFactor := func(c *core.Config) { c.Plugins = append(c.Plugins, banner{&core.Challenge{Method: "second"}}) }
	for name, c := range map[string]struct {
		config func(*core.Config)
		meet   func(ctx context.Context, auth *core.Auth, userID string) error
		want   error
	}{
		"by another one": {nil, another, emailpassword.ErrInvalidEmailOrPassword},
		"by another one, with sessions in storage":     {inStorage, another, emailpassword.ErrInvalidEmailOrPassword},
		"by another one, and there is a second factor": {secondFactor, another, emailpassword.ErrInvalidEmailOrPassword},
		"by none": {nil, func(ctx context.Context, auth *core.Auth, userID string) error {
			accounts := auth.Schema().Table(model.AccountTable)
			_, err := auth.Store().Delete(ctx, store.From(accounts, store.Eq("userId", userID)))
			return err
		}, emailpassword.ErrInvalidEmailOrPassword},
		"by itself under another hash": {nil, func(ctx context.Context, auth *core.Auth, userID string) error {
			return auth.SetPassword(ctx, userID, "again:password-1")
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &meetingHasher{}
			auth, pw, _ := setUp(t, emailpassword.Options{}, func(conf *core.Config) {
				conf.Password.Hasher = h
				if c.config != nil {
					c.config(conf)
				}
			})
			_, err := pw.SignUp.Call(t.Context(), auth, emailpassword.SignUpInput{Name: "Ann", Email: "ann@example.com", Password: "password-1"})
			if challenge := (*core.Challenge)(nil); err != nil && !errors.As(err, &challenge) {
				t.Fatal(err)
			}
			user, err := auth.FindUserByEmail(t.Context(), "ann@example.com")
			if err == nil {
				err = auth.DeleteSessions(t.Context(), user.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
			h.meet = func() {
				if err := c.meet(t.Context(), auth, user.ID); err != nil {
					t.Error(err)
				}
			}
			err = signIn(t, auth, pw, "ann@example.com", "password-1")
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			sessions, listErr := auth.Sessions(t.Context(), user.ID)
			if listErr != nil || (len(sessions) == 0) != (c.want != nil) {
				t.Errorf("got %d sessions, %v", len(sessions), listErr)
			}
		})
	}
}
