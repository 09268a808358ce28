package core_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
)

// mailbox keeps what was sent.
type mailbox struct {
	mu    sync.Mutex
	mails []core.Mail
}

func (b *mailbox) send(_ context.Context, m core.Mail) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, m)
	return nil
}

func (b *mailbox) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.mails)
}

// last returns the last mail; there must be n by now.
func (b *mailbox) last(t *testing.T, n int) core.Mail {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.mails) != n {
		t.Fatalf("%d mails were sent, want %d", len(b.mails), n)
	}
	return b.mails[n-1]
}

// path returns the link without what comes before the path and without its callbackURL.
func path(t *testing.T, m core.Mail) string {
	t.Helper()
	u, err := url.Parse(m.URL)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(m.URL, testOrigin+"/api/auth/") {
		t.Errorf("the link %s does not begin with the base URL", m.URL)
	}
	q := u.Query()
	q.Del("callbackURL")
	return u.Path + "?" + q.Encode()
}

// withMail lets the app send verification mails, at once.
func withMail(b *mailbox, change ...func(*core.Config)) func(*core.Config) {
	return func(c *core.Config) {
		c.EmailVerification.Send = b.send
		c.Background = func(fn func()) { fn() }
		for _, f := range change {
			f(c)
		}
	}
}

func (r *rig) user(email string) *model.User {
	r.t.Helper()
	u, err := r.FindUserByEmail(r.t.Context(), email)
	if err != nil {
		r.t.Fatal(err)
	}
	return u
}

const sendVerification = "/api/auth/send-verification-email"

func TestVerifyEmail(t *testing.T) {
	t.Parallel()
	var box mailbox
	var events []core.EmailVerified
	r := newRig(t, withMail(&box, func(c *core.Config) {
		c.Hooks = []core.Hook{core.OnEvent(func(_ context.Context, _ *core.Exchange, e core.EmailVerified) { events = append(events, e) })}
	}))
	r.signUp("ann@example.com")
	if box.len() != 0 {
		t.Error("sign-up sent a mail that nobody asked for")
	}
	wantStatus(t, r.do("POST", sendVerification, `{"email":"Ann@Example.com","callbackURL":"/welcome?a=b"}`, "X-Lang", "de", "Host", "evil.example"), 200, `{"status":true}`)
	m := box.last(t, 1)
	if want := testOrigin + "/api/auth/verify-email?token=" + m.Token + "&callbackURL=%2Fwelcome%3Fa%3Db"; m.URL != want {
		t.Errorf("the link: got %s, want %s", m.URL, want)
	}
	if m.User.Email != "ann@example.com" || m.Request == nil || m.Request.Header.Get("X-Lang") != "de" || m.NewEmail != "" {
		t.Errorf("got %+v", m)
	}
	if a := r.do("HEAD", path(t, m), ""); a.status != 404 || r.user("ann@example.com").EmailVerified {
		t.Errorf("HEAD: got %d", a.status)
	}
	wantStatus(t, r.do("GET", path(t, m), ""), 200, `{"status":true,"user":null}`)
	if !r.user("ann@example.com").EmailVerified || len(events) != 1 || events[0].Email != "ann@example.com" {
		t.Errorf("got %v and %+v", r.user("ann@example.com"), events)
	}
	a := r.do("GET", path(t, m)+"&callbackURL=/home", "")
	if wantStatus(t, a, 302, ""); a.header.Get("Location") != "/home" || len(a.cookies()) != 0 || len(events) != 1 {
		t.Errorf("again: got %v and %d events", a.header, len(events))
	}
}

// TestUnknownLooksKnown: what is answered to a stranger tells nothing about an address.
func TestUnknownLooksKnown(t *testing.T) {
	t.Parallel()
	var box mailbox
	r := newRig(t, withMail(&box))
	r.signUp("ann@example.com")
	r.signUp("bob@example.com")
	if _, err := r.UpdateUser(t.Context(), r.user("bob@example.com").ID, store.Record{"emailVerified": true}); err != nil {
		t.Fatal(err)
	}
	known := r.do("POST", sendVerification, `{"email":"ann@example.com"}`)
	for _, email := range []string{"ghost@example.com", "bob@example.com", strings.Repeat("a", 300) + "@example.com"} {
		a := r.do("POST", sendVerification, `{"email":"`+email+`"}`)
		if a.status != known.status || a.body != known.body || len(a.header) != len(known.header) {
			t.Errorf("%.20s: got %+v, want %+v", email, a, known)
		}
	}
	if box.len() != 1 {
		t.Errorf("%d mails, want 1", box.len())
	}
}

// TestHardenedLinks: links without a user, and those of one step, are better-auth's past.
func TestHardenedLinks(t *testing.T) {
	t.Parallel()
	for _, compat := range []core.Compat{core.Hardened, core.Exact} {
		var box mailbox
		r := newRig(t, withMail(&box, func(c *core.Config) { c.Compat = compat }))
		r.signUp("ann@example.com")
		ann := r.user("ann@example.com")
		one := r.SignEmailToken(core.EmailToken{Email: ann.Email, UpdateTo: "new@example.com", UserID: ann.ID}, time.Hour)
		nobody := r.SignEmailToken(core.EmailToken{Email: ann.Email}, time.Hour)
		if compat == core.Hardened {
			wantStatus(t, r.do("GET", "/api/auth/verify-email?token="+nobody, ""), 401, "INVALID_TOKEN")
			wantStatus(t, r.do("GET", "/api/auth/verify-email?token="+one, ""), 401, "INVALID_TOKEN")
			if u := r.user("ann@example.com"); u.EmailVerified || box.len() != 0 {
				t.Errorf("got %+v and %d mails", u, box.len())
			}
			continue
		}
		wantStatus(t, r.do("GET", "/api/auth/verify-email?token="+nobody, ""), 200, "null")
		wantStatus(t, r.do("GET", "/api/auth/verify-email?token="+one, ""), 200, `"email":"new@example.com","emailVerified":false`)
		if m := box.last(t, 1); m.User.Email != "new@example.com" {
			t.Errorf("the mail goes to %s", m.User.Email)
		}
	}
}

// TestLinkSignsIn: with AutoSignIn a link is a way to sign in, so whoever has a say in that is asked.
func TestLinkSignsIn(t *testing.T) {
	t.Parallel()
	refusal := core.NewError(403, "BANNED", "no")
	challenge := &core.Challenge{Method: "two-factor", Body: map[string]any{"more": true}}
	for name, c := range map[string]struct {
		answer                     error
		status                     int
		body, location, redirected string
	}{
		"let in":     {nil, 200, `{"status":true,"user":null}`, "/home", sessionCookie},
		"refused":    {refusal, 403, "BANNED", "", ""},
		"challenged": {challenge, 200, `{"more":true}`, "/home", ""},
	} {
		for _, callback := range []string{"", "&callbackURL=/home"} {
			var box mailbox
			r := newRig(t, withMail(&box, func(config *core.Config) {
				config.EmailVerification.AutoSignIn = true
				config.Plugins = append(config.Plugins, stepPlugin{func(s *core.SignIn) error {
					if s.Method == "email-verification" {
						return c.answer
					}
					return nil
				}})
			}))
			r.signUp("ann@example.com")
			r.do("POST", sendVerification, `{"email":"ann@example.com"}`)
			a := r.do("GET", path(t, box.last(t, 1))+callback, "")
			switch {
			case callback == "" || c.location == "":
				wantStatus(t, a, c.status, c.body)
			case a.status != 302 || a.header.Get("Location") != c.location:
				t.Errorf("%s: got %d %v", name, a.status, a.header)
			}
			if got := a.cookie(sessionCookie) != ""; got != (c.answer == nil) {
				t.Errorf("%s%s: a session is %v", name, callback, got)
			}
			if !r.user("ann@example.com").EmailVerified {
				t.Errorf("%s: the address is not verified", name)
			}
		}
	}
}

type stepPlugin struct{ check func(s *core.SignIn) error }

func (p stepPlugin) Manifest() core.Manifest {
	return core.Manifest{ID: "step", SignIn: []core.SignInStep{{Name: "test", Check: func(_ context.Context, _ *core.Exchange, s *core.SignIn) error {
		return p.check(s)
	}}}}
}

// TestFiftyFollowOneLink: whoever is first signs in; the others only learn that the address is verified.
func TestFiftyFollowOneLink(t *testing.T) {
	t.Parallel()
	const n = 50
	var box mailbox
	var after atomic.Int64
	var arrived sync.WaitGroup
	arrived.Add(n)
	r := newRig(t, withMail(&box, func(c *core.Config) {
		c.EmailVerification.AutoSignIn = true
		c.EmailVerification.Before = func(context.Context, *core.Exchange, *model.User) error {
			arrived.Done()
			arrived.Wait() // until all have seen an address that is not verified
			return nil
		}
		c.EmailVerification.After = func(context.Context, *core.Exchange, *model.User) error { after.Add(1); return nil }
	}))
	r.signUp("ann@example.com")
	r.do("POST", sendVerification, `{"email":"ann@example.com"}`)
	link := path(t, box.last(t, 1))
	var signedIn atomic.Int64
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			a := r.do("GET", link, "")
			wantStatus(t, a, 200, `"status":true`)
			if a.cookie(sessionCookie) != "" {
				signedIn.Add(1)
			}
		})
	}
	wg.Wait()
	if signedIn.Load() != 1 || after.Load() != 1 {
		t.Errorf("%d signed in and After was called %d times, want 1 and 1", signedIn.Load(), after.Load())
	}
}

// TestAddressChangesUnderway: what a link proves is the address that it was sent to, and not one that the user has by the
// time it takes effect.
func TestAddressChangesUnderway(t *testing.T) {
	t.Parallel()
	var box mailbox
	r := newRig(t, withMail(&box, func(c *core.Config) {
		c.EmailVerification.Before = func(ctx context.Context, x *core.Exchange, u *model.User) error {
			_, err := x.Auth().UpdateUser(ctx, u.ID, store.Record{"email": "new@example.com"})
			return err
		}
	}))
	r.signUp("ann@example.com")
	r.do("POST", sendVerification, `{"email":"ann@example.com"}`)
	wantStatus(t, r.do("GET", path(t, box.last(t, 1)), ""), 401, "INVALID_TOKEN")
	if r.user("new@example.com").EmailVerified {
		t.Error("the new address counts as verified")
	}
}

func TestVerificationCallbacks(t *testing.T) {
	t.Parallel()
	refusal := core.NewError(418, "TEAPOT", "no coffee")
	var box mailbox
	var seen []bool
	r := newRig(t, withMail(&box, func(c *core.Config) {
		c.EmailVerification.Before = func(_ context.Context, x *core.Exchange, u *model.User) error {
			seen = append(seen, u.EmailVerified)
			if x.RequestHeader("X-Refuse") != "" {
				return refusal
			}
			return nil
		}
		c.EmailVerification.After = func(_ context.Context, _ *core.Exchange, u *model.User) error {
			seen = append(seen, u.EmailVerified)
			return nil
		}
	}))
	r.signUp("ann@example.com")
	r.do("POST", sendVerification, `{"email":"ann@example.com"}`)
	link := path(t, box.last(t, 1))
	wantStatus(t, r.do("GET", link+"&callbackURL=/x", "", "X-Refuse", "1"), 418, "TEAPOT")
	if r.user("ann@example.com").EmailVerified {
		t.Error("Before refused, and the address is verified")
	}
	wantStatus(t, r.do("GET", link, ""), 200, "")
	if len(seen) != 3 || seen[1] || !seen[2] {
		t.Errorf("got %v, want Before to see false and After true", seen)
	}
}

// TestCallbackURLs: a link leads nowhere but to places that are trusted.
func TestCallbackURLs(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *core.Config) {
		c.TrustedOrigins = []string{"https://app.example.com", "myapp://"}
		c.User.DeleteUser.Enabled = true
	})
	for callback, want := range map[string]string{
		"/x":                                "/x?error=INVALID_TOKEN",
		"/x?y=%20z#f":                       "/x?y=%20z&error=INVALID_TOKEN#f",
		"https://app.example.com/in":        "https://app.example.com/in?error=INVALID_TOKEN",
		"myapp://open":                      "myapp://open?error=INVALID_TOKEN",
		"//evil.example":                    "",
		"/\\evil.example":                   "",
		"https://evil.example/":             "",
		"https://app.example.com@evil.exam": "",
		"javascript:alert(1)":               "",
		"/x\r\nSet-Cookie: a=b":             "",
		"x":                                 "",
	} {
		for path, refused := range map[string]int{"/verify-email?token=bad": 302, "/delete-user/callback?token=bad": 404} {
			a := r.do("GET", "/api/auth"+path+"&callbackURL="+url.QueryEscape(callback), "")
			switch {
			case want == "":
				wantStatus(t, a, 403, "INVALID_CALLBACK_URL")
			case a.status != refused || refused == 302 && a.header.Get("Location") != want:
				t.Errorf("%s with %q: got %d to %q, want %q", path, callback, a.status, a.header.Get("Location"), want)
			}
		}
	}
}

// TestMailsThatFail: nobody sees that a mail could not be sent.
func TestMailsThatFail(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]core.MailFunc{
		"error": func(context.Context, core.Mail) error { return errors.New("the mail server is down") },
		"panic": func(context.Context, core.Mail) error { panic("the mail server is down") },
	} {
		r := newRig(t, func(c *core.Config) {
			c.EmailVerification.Send = send
			c.Background = func(fn func()) { fn() }
		})
		r.signUp("ann@example.com")
		wantStatus(t, r.do("POST", sendVerification, `{"email":"ann@example.com"}`), 200, `{"status":true}`)
		if !strings.Contains(r.log.String(), "the mail server is down") {
			t.Errorf("%s: the log does not say so: %s", name, r.log)
		}
	}
}
