package provider_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// recorded is testdata/exchanges.json: what better-auth's own providers do.
var recorded = sync.OnceValues(func() (*wire.Object, error) { return readObject("testdata/exchanges.json") })

func readObject(file string) (*wire.Object, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	v, err := wire.Parse(data, wire.Limits{})
	o, ok := v.(*wire.Object)
	if err == nil && !ok {
		err = errors.New("not an object")
	}
	return o, err
}

// network is a RoundTripper that gives recorded answers in turn, the last one again and again, and keeps the requests.
type network struct {
	answers  []any
	jwks     any // for requests of keys, which are not kept
	requests []string
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	forKeys := func(part string) bool { return strings.Contains(r.URL.Path, part) }
	if n.jwks != nil && (forKeys("keys") || forKeys("jwks") || forKeys("certs")) {
		return answer(r, 200, js(n.jwks), nil), nil
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	headers := wire.NewObject()
	names := []string{}
	for name := range r.Header {
		names = append(names, strings.ToLower(name))
	}
	sort.Strings(names)
	for _, name := range names {
		headers.Set(name, strings.Join(r.Header.Values(name), ", "))
	}
	n.requests = append(n.requests, fmt.Sprintf("%s %s\n%s\n%s", r.Method, r.URL, js(headers), body))
	if len(n.answers) == 0 {
		return answer(r, 500, "{}", nil), nil
	}
	a, _ := n.answers[0].(*wire.Object)
	if len(n.answers) > 1 {
		n.answers = n.answers[1:]
	}
	status, _ := value(a, "status").(float64)
	text, isText := value(a, "body").(string)
	if !isText {
		text = js(value(a, "body"))
	}
	header, _ := value(a, "headers").(*wire.Object)
	return answer(r, int(status), text, header), nil
}

func answer(r *http.Request, status int, body string, header *wire.Object) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for k, v := range header.All() {
		h.Set(k, fmt.Sprint(v))
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// wanted returns the recorded requests in network's words.
func wanted(list any) []string {
	var out []string
	all, _ := list.([]any)
	for _, v := range all {
		r, _ := v.(*wire.Object)
		headers, _ := value(r, "headers").(*wire.Object)
		names := []string{}
		for name := range headers.All() {
			names = append(names, name)
		}
		sort.Strings(names)
		sorted := wire.NewObject()
		for _, name := range names {
			sorted.Set(name, value(headers, name))
		}
		out = append(out, fmt.Sprintf("%s %s\n%s\n%s", provider.Text(r, "method"), provider.Text(r, "url"), js(sorted), provider.Text(r, "body")))
	}
	return out
}

func js(v any) string {
	b, err := wire.Append(nil, v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func client(n *network, exact bool) *oauth.Client {
	now := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	return oauth.NewClient(oauth.ClientOptions{HTTP: &http.Client{Transport: n}, Now: func() time.Time { return now }, Exact: exact})
}

func cases(t *testing.T, row *wire.Object, part string) []*wire.Object {
	t.Helper()
	list, ok := value(row, part).([]any)
	if !ok {
		t.Fatalf("the record has no %s", part)
	}
	var out []*wire.Object
	for _, v := range list {
		o, _ := v.(*wire.Object)
		out = append(out, o)
	}
	return out
}

// TestEveryProvider holds each provider to what better-auth's does: the URL it sends people to, the requests it makes, the
// tokens and the user it makes of the answers.
func TestEveryProvider(t *testing.T) {
	t.Parallel()
	record, err := recorded()
	if err != nil {
		t.Fatal(err)
	}
	all, _ := value(record, "providers").(*wire.Object)
	for id, v := range all.All() {
		row, _ := v.(*wire.Object)
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			if rows[id] == nil {
				t.Fatal("no constructor in rows")
			}
			p := build(id, options(cases(t, row, "authorization")[0]))
			if p.ID != id || p.Name != provider.Text(row, "name") || p.Invalid != nil {
				t.Errorf("got id %q, name %q, invalid %v", p.ID, p.Name, p.Invalid)
			}
			if takes := value(row, "takesIdTokens") == true; takes != (p.VerifyIDToken != nil) {
				t.Errorf("takes ID tokens: got %v, want %v", p.VerifyIDToken != nil, takes)
			}
			testAuthorization(t, id, row)
			testTokens(t, id, row)
			testPeople(t, id, row, true)
			testPeople(t, id, row, false)
			testIDTokens(t, id, row, record)
		})
	}
}

func options(c *wire.Object) *wire.Object {
	o, _ := value(c, "options").(*wire.Object)
	return o
}

func testAuthorization(t *testing.T, id string, row *wire.Object) {
	for i, c := range cases(t, row, "authorization") {
		want, _ := value(c, "url").(string)
		got, err := build(id, options(c)).AuthorizationURL(t.Context(), client(&network{}, true), authorizationRequest(c))
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("authorization %d, options %s:\n got %s (%v)\nwant %s", i, js(options(c)), got, err, want)
		}
	}
}

func authorizationRequest(c *wire.Object) provider.AuthorizationRequest {
	r, _ := value(c, "request").(*wire.Object)
	out := provider.AuthorizationRequest{
		State: provider.Text(r, "state"), CodeVerifier: provider.Text(r, "codeVerifier"), RedirectURI: provider.Text(r, "redirectURI"),
		Scopes: texts(r, "scopes"), LoginHint: provider.Text(r, "loginHint"), Display: provider.Text(r, "display"),
	}
	params, _ := value(r, "additionalParams").(*wire.Object)
	for k, v := range params.All() {
		out.Params = append(out.Params, oauth.Param{Name: k, Value: fmt.Sprint(v)})
	}
	return out
}

func testTokens(t *testing.T, id string, row *wire.Object) {
	for i, c := range cases(t, row, "exchange") {
		n := &network{answers: value(c, "answers").([]any)}
		tokens, err := build(id, options(c)).Exchange(t.Context(), client(n, true), provider.ExchangeRequest{
			Code: provider.Text(c, "request", "code"), CodeVerifier: provider.Text(c, "request", "codeVerifier"),
			RedirectURI: provider.Text(c, "request", "redirectURI"), DeviceID: provider.Text(c, "request", "deviceId"),
		})
		compareTokens(t, fmt.Sprintf("exchange %d, options %s", i, js(options(c))), c, n, tokens, err)
	}
	for i, c := range cases(t, row, "refresh") {
		n := &network{answers: value(c, "answers").([]any)}
		tokens, err := build(id, options(c)).Refresh(t.Context(), client(n, true), provider.RefreshRequest{RefreshToken: "RT"})
		compareTokens(t, fmt.Sprintf("refresh %d, options %s", i, js(options(c))), c, n, tokens, err)
	}
	if len(cases(t, row, "refresh")) == 0 && build(id, options(row)).Refresh != nil {
		t.Error("it has a refresh, which upstream has not")
	}
}

func compareTokens(t *testing.T, what string, c *wire.Object, n *network, tokens *oauth.Tokens, err error) {
	t.Helper()
	if want := wanted(value(c, "requests")); !slices.Equal(n.requests, want) {
		t.Errorf("%s: requests\n got %s\nwant %s", what, strings.Join(n.requests, "\n"), strings.Join(want, "\n"))
	}
	want, _ := value(c, "tokens").(*wire.Object)
	if want == nil || tokens == nil {
		if (want == nil) != (err != nil) {
			t.Errorf("%s: got tokens %v, error %v; want %s", what, tokens, err, js(value(c, "tokens")))
		}
		return
	}
	stamp := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format("2006-01-02T15:04:05.000Z")
	}
	got := []string{
		tokens.TokenType, tokens.AccessToken, tokens.RefreshToken, tokens.IDToken,
		stamp(tokens.AccessTokenExpiresAt), stamp(tokens.RefreshTokenExpiresAt), strings.Join(tokens.Scopes, ","),
	}
	expected := []string{
		provider.Text(want, "tokenType"), provider.Text(want, "accessToken"), provider.Text(want, "refreshToken"), provider.Text(want, "idToken"),
		provider.Text(want, "accessTokenExpiresAt"), provider.Text(want, "refreshTokenExpiresAt"), strings.Join(texts(want, "scopes"), ","),
	}
	if !slices.Equal(got, expected) {
		t.Errorf("%s: tokens\n got %q\nwant %q", what, got, expected)
	}
}

// testPeople runs what was recorded once as upstream does, and once with every ID token verified, which changes nothing for
// tokens that are good.
func testPeople(t *testing.T, id string, row *wire.Object, exact bool) {
	record, _ := recorded()
	people := cases(t, row, "people")
	if c, ok := value(row, "mapped").(*wire.Object); ok {
		people = append(people, c)
	}
	if len(people) < 2 {
		t.Errorf("only %d recorded people", len(people))
	}
	for i, c := range people {
		n := &network{answers: value(c, "answers").([]any), jwks: value(record, "jwks")}
		tokens := &oauth.Tokens{
			AccessToken: provider.Text(c, "tokens", "accessToken"), IDToken: provider.Text(c, "tokens", "idToken"), Raw: wire.NewObject(),
		}
		for _, name := range []string{"openid", "unionid"} {
			if v, ok := provider.Value(c, "tokens", name); ok {
				tokens.Raw.Set(name, v)
			}
		}
		user, _ := value(c, "user").(*wire.Object)
		p := build(id, options(c), func(o *provider.Options) {
			if m, ok := value(c, "map").(*wire.Object); ok {
				o.MapProfile = mapped(m)
			}
		})
		got, err := p.UserInfo(t.Context(), client(n, exact), provider.UserInfoRequest{Tokens: tokens, User: user})
		what := fmt.Sprintf("person %d, exact %v", i, exact)
		want, _ := value(c, "identity").(*wire.Object)
		if requests := wanted(value(c, "requests")); !slices.Equal(n.requests, requests) && (want != nil || len(n.requests) > len(requests)) {
			t.Errorf("%s: requests\n got %s\nwant %s", what, strings.Join(n.requests, "\n"), strings.Join(requests, "\n"))
		}
		if want == nil {
			if !errors.Is(err, provider.ErrNoUserInfo) {
				t.Errorf("%s: got %v, %v; want ErrNoUserInfo", what, got, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if got.Subject != provider.Text(want, "subject") {
			t.Errorf("%s: subject: got %q, want %q", what, got.Subject, provider.Text(want, "subject"))
		}
		if g, w := js(got.User), js(value(want, "user")); g != w {
			t.Errorf("%s: user\n got %s\nwant %s", what, g, w)
		}
		if g, w := js(got.Profile), js(value(want, "profile")); g != w {
			t.Errorf("%s: profile\n got %s\nwant %s", what, g, w)
		}
	}
}

func testIDTokens(t *testing.T, id string, row, record *wire.Object) {
	good := 0
	for i, c := range cases(t, row, "idTokens") {
		n := &network{jwks: value(record, "jwks")}
		want := value(c, "good") == true
		err := build(id, options(c)).VerifyIDToken(t.Context(), client(n, true), provider.Text(c, "token"), provider.Text(c, "nonce"))
		if (err == nil) != want {
			claims, _ := oauth.Claims(provider.Text(c, "token"))
			t.Errorf("ID token %d, options %s, claims %s: got %v, want good %v", i, js(options(c)), js(claims), err, want)
		}
		if want {
			good++
		}
	}
	if len(cases(t, row, "idTokens")) > 0 && good < 3 {
		t.Errorf("only %d good ID tokens in the record", good)
	}
}

// TestEveryProviderHasARow fails for a constructor without a row of recorded exchanges, and for one of the contract's
// providers without a constructor.
func TestEveryProviderHasARow(t *testing.T) {
	t.Parallel()
	record, err := recorded()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/contract.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := wire.Parse(data, wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	list, _ := v.([]any)
	if len(list) != 36 || len(rows) != 36 {
		t.Errorf("%d providers in the contract, %d in the table; want 36", len(list), len(rows))
	}
	for _, v := range list {
		c, _ := v.(*wire.Object)
		id := provider.Text(c, "id")
		t.Run(id, func(t *testing.T) {
			row, ok := value(record, "providers", id).(*wire.Object)
			if !ok || rows[id] == nil {
				t.Fatal("no row")
			}
			if n := len(cases(t, row, "authorization")); n < 5 {
				t.Errorf("%d authorization URLs", n)
			}
			checkContract(t, id, c, row)
		})
	}
	for _, file := range sources(t) {
		if constructors(t, file) > 0 && !strings.Contains(rowsSource(t), "provider."+exported(t, file)) {
			t.Errorf("%s: its constructor is not in the table", file)
		}
	}
}

// checkContract compares with what the contract itself has observed, which was another run with another verifier.
func checkContract(t *testing.T, id string, c, row *wire.Object) {
	first := options(cases(t, row, "authorization")[0])
	p := build(id, first)
	got, err := p.AuthorizationURL(t.Context(), client(&network{}, true), provider.AuthorizationRequest{
		State: "STATE", CodeVerifier: "any", RedirectURI: "https://auth.example.com/api/auth/callback/" + id,
		Scopes: []string{"EXTRA"}, LoginHint: "hint@x.co", Params: []oauth.Param{{Name: "xp", Value: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	const theirs = "code_challenge=2fg163orV16mNEJIV2ZOofT-GzVJN5qnoGaAjqRUEKM"
	if want := strings.Replace(provider.Text(c, "observed", "authorizationURL"), theirs, "code_challenge="+oauth.Challenge("any"), 1); got != want {
		t.Errorf("observed\n got %s\nwant %s", got, want)
	}
	if pkce := value(c, "pkce") == true; pkce != strings.Contains(got, "code_challenge") {
		t.Errorf("PKCE: got %v, want %v", !pkce, pkce)
	}
}

func sources(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			out = append(out, e.Name())
		}
	}
	return out
}

// exported returns the name of a file's constructor, or "".
func exported(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		s := string(line)
		if strings.HasPrefix(s, "func ") && strings.Contains(s, "(o Options") && strings.Contains(s, ") *Provider {") {
			name, _, _ := strings.Cut(strings.TrimPrefix(s, "func "), "(")
			if name != "" && strings.ToUpper(name[:1]) == name[:1] {
				return name
			}
		}
	}
	return ""
}

func constructors(t *testing.T, file string) int { return min(1, len(exported(t, file))) }

func rowsSource(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("rows_test.go")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
