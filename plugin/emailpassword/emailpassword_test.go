package emailpassword_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/password"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/emailpassword"
)

// countingHasher stands in for scrypt and counts, because what matters here is how often it is asked.
type countingHasher struct {
	calls     atomic.Int64
	err       error
	malformed string // a hash that it cannot read
}

func (h *countingHasher) Hash(_ context.Context, pw string) (string, error) {
	h.calls.Add(1)
	return "plain:" + pw, h.err
}

func (h *countingHasher) Verify(_ context.Context, encoded, pw string) (bool, error) {
	h.calls.Add(1)
	if h.malformed != "" && encoded == h.malformed {
		return false, password.ErrMalformed
	}
	return encoded == "plain:"+pw, h.err
}

func setUp(t *testing.T, o emailpassword.Options, change ...func(*core.Config)) (*core.Auth, *emailpassword.Plugin, *countingHasher) {
	t.Helper()
	pw, h := emailpassword.New(o), &countingHasher{}
	c := core.Config{
		BaseURL: "http://localhost:3000", Secret: strings.Repeat("s", 32), Store: memdb.New(),
		Plugins: []core.Plugin{pw}, Password: core.PasswordConfig{Hasher: h}, RateLimit: core.RateLimitConfig{Enabled: core.Off},
	}
	for _, f := range change {
		f(&c)
	}
	auth, err := core.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return auth, pw, h
}

func signUp(t *testing.T, auth *core.Auth, pw *emailpassword.Plugin, email string) emailpassword.SignUpOutput {
	t.Helper()
	out, err := pw.SignUp.Call(t.Context(), auth, emailpassword.SignUpInput{Name: "Ann", Email: email, Password: "password-1"})
	if err != nil {
		t.Fatalf("sign-up: %v", err)
	}
	return out
}

func count(t *testing.T, auth *core.Auth, table string) int64 {
	t.Helper()
	n, err := auth.Store().Count(t.Context(), store.From(auth.Schema().Table(table)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{New: func() core.Plugin { return emailpassword.New(emailpassword.Options{}) }})
}

func TestSignUpAndIn(t *testing.T) {
	t.Parallel()
	auth, pw, _ := setUp(t, emailpassword.Options{})
	up := signUp(t, auth, pw, "Ann@Example.com")
	if up.Token == nil || up.User.Email != "ann@example.com" || up.User.EmailVerified {
		t.Errorf("sign-up: got %+v", up)
	}
	res, err := pw.SignIn.Do(t.Context(), auth, emailpassword.SignInInput{Email: "ANN@example.com", Password: "password-1"})
	if err != nil || res.Value.User.ID != up.User.ID || len(res.Cookies) != 1 {
		t.Fatalf("sign-in: got %+v, %v", res, err)
	}
	s, err := auth.FindSession(t.Context(), res.Value.Token)
	if err != nil || s.User.ID != up.User.ID {
		t.Errorf("the session of the token: got %+v, %v", s, err)
	}
	acc, err := auth.FindCredential(t.Context(), up.User.ID)
	if err != nil || acc.AccountID != up.User.ID || acc.ProviderID != "credential" || *acc.Password != "plain:password-1" {
		t.Errorf("the credential: got %+v, %v", acc, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	long, longImage := strings.Repeat("p", 129), strings.Repeat("i", 2049)
	for name, c := range map[string]struct {
		opts emailpassword.Options
		up   emailpassword.SignUpInput
		want error
	}{
		"disabled":               {emailpassword.Options{Disabled: true}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "password-1"}, emailpassword.ErrSignUpDisabled},
		"sign-up disabled":       {emailpassword.Options{DisableSignUp: true}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "password-1"}, emailpassword.ErrSignUpDisabled},
		"too short":              {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "passwor"}, emailpassword.ErrPasswordTooShort},
		"too short in UTF-16":    {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "😀😀😀x"}, emailpassword.ErrPasswordTooShort},
		"long enough in UTF-16":  {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "😀😀😀😀"}, nil},
		"too long":               {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: long}, emailpassword.ErrPasswordTooLong},
		"longer by option":       {emailpassword.Options{MaxPasswordLength: 200}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: long}, nil},
		"no address":             {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "nope", Password: "password-1"}, core.ErrValidation},
		"address with a NUL":     {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "a\x00@example.com", Password: "password-1"}, core.ErrValidation},
		"address of 255 bytes":   {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: strings.Repeat("a", 243) + "@example.com", Password: "password-1"}, emailpassword.ErrInvalidEmail},
		"address of 254 bytes":   {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: strings.Repeat("a", 242) + "@example.com", Password: "password-1"}, nil},
		"name of 256":            {emailpassword.Options{}, emailpassword.SignUpInput{Name: strings.Repeat("é", 256), Email: "a@example.com", Password: "password-1"}, core.ErrValidation},
		"image of 2049":          {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "password-1", Image: &longImage}, core.ErrValidation},
		"empty password":         {emailpassword.Options{}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com"}, core.ErrValidation},
		"one character, allowed": {emailpassword.Options{MinPasswordLength: 1}, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "p"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth, pw, h := setUp(t, c.opts)
			_, err := pw.SignUp.Call(t.Context(), auth, c.up)
			if !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if c.want != nil && (count(t, auth, model.UserTable) != 0 || h.calls.Load() != 0) {
				t.Errorf("a refused sign-up left %d users and cost %d hashes", count(t, auth, model.UserTable), h.calls.Load())
			}
		})
	}
}

// TestSignInTellsNothing: whatever is wrong, the error is one and so is the work.
func TestSignInTellsNothing(t *testing.T) {
	t.Parallel()
	auth, pw, h := setUp(t, emailpassword.Options{})
	signUp(t, auth, pw, "ann@example.com")
	if _, err := auth.CreateUser(t.Context(), model.User{Name: "Social", Email: "social@example.com"}); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]emailpassword.SignInInput{
		"unknown":     {Email: "ghost@example.com", Password: "password-1"},
		"no password": {Email: "social@example.com", Password: "password-1"},
		"wrong":       {Email: "ann@example.com", Password: "password-2"},
		"empty":       {Email: "ann@example.com", Password: ""},
		"endless":     {Email: strings.Repeat("a", 300) + "@example.com", Password: "password-1"},
	} {
		before := h.calls.Load()
		_, err := pw.SignIn.Call(t.Context(), auth, in)
		if !errors.Is(err, emailpassword.ErrInvalidEmailOrPassword) {
			t.Errorf("%s: got %v", name, err)
		}
		if got := h.calls.Load() - before; got != 1 {
			t.Errorf("%s: cost %d hashes, want 1", name, got)
		}
	}
	before := h.calls.Load()
	_, err := pw.SignIn.Call(t.Context(), auth, emailpassword.SignInInput{Email: "ann@example.com", Password: strings.Repeat("x", 129)})
	if !errors.Is(err, emailpassword.ErrPasswordTooLong) || h.calls.Load() != before {
		t.Errorf("an over-long password: got %v after %d hashes, want a refusal before hashing", err, h.calls.Load()-before)
	}
}

func TestTakenAddressLooksFree(t *testing.T) {
	t.Parallel()
	auth, pw, h := setUp(t, emailpassword.Options{DisableAutoSignIn: true})
	first := signUp(t, auth, pw, "ann@example.com")
	before := h.calls.Load()
	second := signUp(t, auth, pw, "ann@example.com")
	if second.Token != nil || second.User.Email != first.User.Email || second.User.ID == first.User.ID || len(second.User.ID) != len(first.User.ID) {
		t.Errorf("got %+v after %+v, want a made-up user of the same shape", second.User, first.User)
	}
	if h.calls.Load()-before != 1 {
		t.Error("a taken address cost no hash")
	}
	if n := count(t, auth, model.UserTable); n != 1 {
		t.Errorf("%d users, want 1", n)
	}
	if n := count(t, auth, model.SessionTable); n != 0 {
		t.Errorf("%d sessions, want none", n)
	}
}

func TestFiftySignUpsWithOneAddress(t *testing.T) {
	t.Parallel()
	auth, pw, _ := setUp(t, emailpassword.Options{})
	var won, lost atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := pw.SignUp.Call(context.Background(), auth, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "password-1"})
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, core.ErrUserExists):
				lost.Add(1)
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 49 {
		t.Errorf("%d won and %d lost, want 1 and 49", won.Load(), lost.Load())
	}
	for _, table := range []string{model.UserTable, model.AccountTable, model.SessionTable} {
		if n := count(t, auth, table); n != 1 {
			t.Errorf("%d rows in %s, want 1", n, table)
		}
	}
}

func TestFailedSignUpLeavesNothing(t *testing.T) {
	t.Parallel()
	refuse := core.NewError(403, "BANNED", "no")
	auth, pw, _ := setUp(t, emailpassword.Options{}, func(c *core.Config) {
		c.Plugins = append(c.Plugins, banner{refuse})
	})
	res, err := pw.SignUp.Do(t.Context(), auth, emailpassword.SignUpInput{Name: "A", Email: "a@example.com", Password: "password-1"})
	if !errors.Is(err, refuse) || len(res.Cookies) != 0 {
		t.Errorf("got %v and cookies %v", err, res.Cookies)
	}
	for _, table := range []string{model.UserTable, model.AccountTable, model.SessionTable} {
		if n := count(t, auth, table); n != 0 {
			t.Errorf("%d rows in %s, want none", n, table)
		}
	}
}

// banner refuses every session.
type banner struct{ err error }

func (b banner) Manifest() core.Manifest {
	return core.Manifest{ID: "banner", SignIn: []core.SignInStep{{Name: "ban", Check: func(context.Context, *core.Exchange, *core.SignIn) error { return b.err }}}}
}

func TestBusyIs503(t *testing.T) {
	t.Parallel()
	auth, pw, h := setUp(t, emailpassword.Options{})
	signUp(t, auth, pw, "ann@example.com")
	h.err = password.ErrBusy
	for path, body := range map[string]string{
		"/sign-in/email": `{"email":"ann@example.com","password":"password-1"}`,
		"/sign-up/email": `{"name":"B","email":"bob@example.com","password":"password-1"}`,
	} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost:3000/api/auth"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		res := auth.Serve(t.Context(), r)
		if res.Status != 503 || res.Header.Get("Retry-After") == "" || !strings.Contains(string(res.Body), `"code":"SERVICE_UNAVAILABLE"`) {
			t.Errorf("%s: got %d %v %s", path, res.Status, res.Header, res.Body)
		}
	}
}

func TestCallbackURL(t *testing.T) {
	t.Parallel()
	auth, pw, _ := setUp(t, emailpassword.Options{}, func(c *core.Config) { c.TrustedOrigins = []string{"https://app.example.com"} })
	signUp(t, auth, pw, "ann@example.com")
	for url, want := range map[string]int{
		"/ü": 200, "/日": 200, "/dash": 200, "https://app.example.com/x": 200, "http://localhost:3000/": 200,
		"https://evil.example": 403, "//evil.example": 403, `/\\evil.example`: 403, "javascript:alert(1)": 403, "/%2fevil.example": 403,
		"https://app.example.com@evil.example": 403, "https://app.example.com.evil.example": 403,
	} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost:3000/api/auth/sign-in/email",
			strings.NewReader(`{"email":"ann@example.com","password":"password-1","callbackURL":"`+url+`"}`))
		r.Header.Set("Content-Type", "application/json")
		res := auth.Serve(t.Context(), r)
		if res.Status != want {
			t.Errorf("%s: got %d %s, want %d", url, res.Status, res.Body, want)
		}
		if got := res.Header.Get("Location"); want == 200 && got != url && url != "/ü" && url != "/日" {
			t.Errorf("%s: Location %q", url, got)
		}
	}
}

func TestLocationIsWrittenAsNodeDoes(t *testing.T) {
	t.Parallel()
	auth, pw, _ := setUp(t, emailpassword.Options{})
	signUp(t, auth, pw, "ann@example.com")
	for url, want := range map[string]string{"/ü": "/\xfc", "/日": "/%E6%97%A5", "/a%20b": "/a%20b"} {
		res, err := pw.SignIn.Do(t.Context(), auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "password-1", CallbackURL: &url})
		if err != nil || res.Header.Get("Location") != want || *res.Value.URL != url {
			t.Errorf("%s: got %q, %v, want %q", url, res.Header.Get("Location"), err, want)
		}
	}
}

func TestAnotherUniqueColumn(t *testing.T) {
	t.Parallel()
	auth, _, _ := setUp(t, emailpassword.Options{}, func(c *core.Config) {
		c.Schema = []schema.Extension{{Table: model.UserTable, Columns: []schema.Column{{Name: "nick", Kind: schema.String, Unique: true, Input: true}}}}
	})
	up := func(email, nick string) error {
		_, err := auth.Call(t.Context(), "signUpEmail", core.CallInput{
			Body: map[string]any{"name": "A", "email": email, "password": "password-1", "nick": nick},
		})
		return err
	}
	if err := up("ann@example.com", "ann"); err != nil {
		t.Fatal(err)
	}
	if err := up("bob@example.com", "ann"); !errors.Is(err, core.ErrFailedToCreateUser) {
		t.Errorf("a taken nick: got %v, want %v", err, core.ErrFailedToCreateUser)
	}
	if err := up("ann@example.com", "ann2"); !errors.Is(err, core.ErrUserExists) {
		t.Errorf("a taken address: got %v, want %v", err, core.ErrUserExists)
	}
}

func TestUnreadableHash(t *testing.T) {
	t.Parallel()
	for compat, want := range map[core.Compat]error{core.Hardened: emailpassword.ErrInvalidEmailOrPassword, core.Exact: password.ErrMalformed} {
		auth, pw, h := setUp(t, emailpassword.Options{}, func(c *core.Config) { c.Compat = compat })
		up := signUp(t, auth, pw, "ann@example.com")
		if err := auth.SetPassword(t.Context(), up.User.ID, "unreadable"); err != nil {
			t.Fatal(err)
		}
		h.malformed = "unreadable"
		if _, err := pw.SignIn.Call(t.Context(), auth, emailpassword.SignInInput{Email: "ann@example.com", Password: "password-1"}); !errors.Is(err, want) {
			t.Errorf("compat %d: got %v, want %v", compat, err, want)
		}
	}
}

// TestWhoMaySignUp refuses, without hashing and without showing whose address is taken.
func TestWhoMaySignUp(t *testing.T) {
	t.Parallel()
	outsider := core.NewError(http.StatusForbidden, "outsider", "Only for people of ours")
	var asked []core.UserCandidate
	auth, pw, h := setUp(t, emailpassword.Options{DisableAutoSignIn: true}, func(c *core.Config) {
		c.User.Validate = func(_ context.Context, _ *core.Exchange, u core.UserCandidate) error {
			asked = append(asked, u)
			if name, _ := u.User.Get("name"); name == "Eve" {
				return outsider
			}
			return nil
		}
	})
	signUp(t, auth, pw, "Ann@example.com")
	if email, _ := asked[0].User.Get("email"); len(asked) != 1 || email != "ann@example.com" || asked[0].Action != "create-user" || asked[0].Method != "email-password" {
		t.Errorf("asked about %+v", asked)
	}
	hashed := h.calls.Load()
	for _, email := range []string{"ann@example.com", "eve@example.com"} {
		_, err := pw.SignUp.Call(t.Context(), auth, emailpassword.SignUpInput{Name: "Eve", Email: email, Password: "password-1"})
		if !errors.Is(err, outsider) {
			t.Errorf("%s: got %v, want %v", email, err, outsider)
		}
	}
	if n := count(t, auth, model.UserTable); n != 1 || h.calls.Load() != hashed {
		t.Errorf("%d users, %d hashes more", n, h.calls.Load()-hashed)
	}
}
