package idp_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/cardea-auth/cardea/conformance/idp"
)

const (
	callback  = "https://app.example/callback"
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newServer(t *testing.T) *idp.Server {
	t.Helper()
	return idp.New(idp.Options{
		Clients: []idp.Client{
			{ID: "app", Secret: "a-secret-of-thirty-two-characters", RedirectURIs: []string{callback}},
			{ID: "strict", Secret: "a-secret-of-thirty-two-characters", RequirePKCE: true},
			{ID: "keeps", RefreshTokens: "keep"},
			{ID: "curve", Algorithm: "ES256"},
		},
		Users: []idp.User{{Subject: "ann", Name: "Ann Lee", Email: "ann@example.com", EmailVerified: true}, {Subject: "bob"}},
		Now:   func() time.Time { return start },
	})
}

// authorizationURL is a request of the client app with PKCE, with changes.
func authorizationURL(changes url.Values) string {
	values := url.Values{
		"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {callback}, "scope": {"openid email"}, "state": {"S"},
		"nonce": {"N"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for name, v := range changes {
		values[name] = v
	}
	return idp.DefaultIssuer + "/authorize?" + values.Encode()
}

// visit approves as Ann and returns the response's parameters.
func visit(t *testing.T, s *idp.Server, target string) url.Values {
	t.Helper()
	back, err := s.Visit(target, "ann")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(back.URL)
	if err != nil {
		t.Fatal(err)
	}
	if back.Form != nil {
		return back.Form
	}
	return u.Query()
}

// post sends a form to an endpoint and returns the status and the JSON answer.
func post(t *testing.T, s *idp.Server, target string, form url.Values) (int, map[string]any) {
	t.Helper()
	res, err := s.HTTPClient().PostForm(target, form)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, readJSON(t, res)
}

func readJSON(t *testing.T, res *http.Response) map[string]any {
	t.Helper()
	defer res.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func redeem(code string, changes url.Values) url.Values {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
		"client_id": {"app"}, "client_secret": {"a-secret-of-thirty-two-characters"},
	}
	for name, v := range changes {
		form[name] = v
	}
	return form
}

const tokenURL = idp.DefaultIssuer + "/token"

func TestCodeFlow(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	params := visit(t, s, authorizationURL(nil))
	if params.Get("state") != "S" || params.Get("iss") != idp.DefaultIssuer {
		t.Errorf("got %v, want the state and the issuer", params)
	}
	status, tokens := post(t, s, tokenURL, redeem(params.Get("code"), nil))
	if status != http.StatusOK || tokens["expires_in"] != 3600.0 || tokens["scope"] != "openid email" {
		t.Fatalf("got %d %v, want tokens", status, tokens)
	}
	claims := verify(t, s, tokens["id_token"].(string))
	want := map[string]any{
		"iss": idp.DefaultIssuer, "sub": "ann", "aud": "app", "nonce": "N", "email": "ann@example.com", "email_verified": true,
		"name": "Ann Lee", "iat": float64(start.Unix()), "exp": float64(start.Add(time.Hour).Unix()),
	}
	if got, want := encode(t, claims), encode(t, want); got != want {
		t.Errorf("claims: got %s, want %s", got, want)
	}

	info := get(t, s, idp.DefaultIssuer+"/userinfo", tokens["access_token"].(string))
	if got := readJSON(t, info); got["sub"] != "ann" || got["email"] != "ann@example.com" {
		t.Errorf("userinfo: got %v", got)
	}

	refresh := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {tokens["refresh_token"].(string)},
		"client_id": {"app"}, "client_secret": {"a-secret-of-thirty-two-characters"},
	}
	status, refreshed := post(t, s, tokenURL, refresh)
	if status != http.StatusOK || refreshed["refresh_token"] == tokens["refresh_token"] || refreshed["access_token"] == tokens["access_token"] {
		t.Fatalf("refresh: got %d %v, want new tokens", status, refreshed)
	}
	if status, answer := post(t, s, tokenURL, refresh); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("refresh again: got %d %v, want invalid_grant", status, answer)
	}

	if got := len(s.Requests(idp.Token)); got != 3 {
		t.Errorf("%d token requests are recorded, want 3", got)
	}
}

// TestCodeUsedTwice: the second use is refused and ends what the first gave (RFC 6749 §4.1.2).
func TestCodeUsedTwice(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	form := redeem(visit(t, s, authorizationURL(nil)).Get("code"), nil)
	_, tokens := post(t, s, tokenURL, form)
	if status, answer := post(t, s, tokenURL, form); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("got %d %v, want invalid_grant", status, answer)
	}
	if res := get(t, s, idp.DefaultIssuer+"/userinfo", tokens["access_token"].(string)); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the first access token: got %d, want 401", res.StatusCode)
	}
}

func TestRefusedTokenRequests(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		authorize, redeem url.Values
		move              time.Duration
		want              string
	}{
		"no verifier":                    {redeem: url.Values{"code_verifier": nil}, want: "invalid_grant"},
		"another verifier":               {redeem: url.Values{"code_verifier": {strings.ToLower(verifier)}}, want: "invalid_grant"},
		"a verifier without a challenge": {authorize: url.Values{"code_challenge": nil, "code_challenge_method": nil}, want: "invalid_grant"},
		"another redirect URI":           {redeem: url.Values{"redirect_uri": {callback + "/"}}, want: "invalid_grant"},
		"another client":                 {redeem: url.Values{"client_id": {"strict"}}, want: "invalid_grant"},
		"a wrong secret":                 {redeem: url.Values{"client_secret": {"guess"}}, want: "invalid_client"},
		"an unknown client":              {redeem: url.Values{"client_id": {"nobody"}}, want: "invalid_client"},
		"another grant type":             {redeem: url.Values{"grant_type": {"password"}}, want: "unsupported_grant_type"},
		"too late":                       {move: time.Minute, want: "invalid_grant"},
		"a code of one's own":            {redeem: url.Values{"code": {"code-1"}}, want: "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			code := visit(t, s, authorizationURL(test.authorize)).Get("code")
			s.SetNow(func() time.Time { return start.Add(test.move) })
			if status, answer := post(t, s, tokenURL, redeem(code, test.redeem)); status < 400 || answer["error"] != test.want {
				t.Errorf("got %d %v, want %s", status, answer, test.want)
			}
		})
	}
}

func TestRefusedAuthorizationRequests(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for want, changes := range map[string]url.Values{
		"invalid_request":           {"code_challenge_method": {"plain"}},
		"unsupported_response_type": {"response_type": {"token"}},
		"login_required":            {"prompt": {"none"}, "client_id": {"strict"}},
	} {
		target := authorizationURL(changes)
		if want == "login_required" { // nobody decides
			back, err := s.Visit(target, "")
			if err != nil || !strings.Contains(back.URL, "error="+want) {
				t.Errorf("got %v, %v, want %s", back, err, want)
			}
			continue
		}
		if params := visit(t, s, target); params.Get("error") != want || params.Get("state") != "S" {
			t.Errorf("%v: got %v, want %s", changes, params, want)
		}
	}
	without := url.Values{"client_id": {"strict"}, "code_challenge": nil, "code_challenge_method": nil}
	if params := visit(t, s, authorizationURL(without)); params.Get("error") != "invalid_request" {
		t.Errorf("without PKCE: got %v, want invalid_request", params)
	}
	back, err := s.Cancel(authorizationURL(nil))
	if err != nil || !strings.Contains(back.URL, "error=access_denied") {
		t.Errorf("cancel: got %v, %v, want access_denied", back, err)
	}
	for _, changes := range []url.Values{{"client_id": {"nobody"}}, {"redirect_uri": {"https://evil.example/"}}, {"redirect_uri": nil}} {
		if back, err := s.Visit(authorizationURL(changes), "ann"); err == nil {
			t.Errorf("%v: sent to %s", changes, back.URL)
		}
	}
}

// TestIDTokenFaults: whoever verifies an ID token by the book takes a good one, and none that is spoiled.
func TestIDTokenFaults(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if err := check(s, s.IDToken("", "app", "ann", "N", idp.Fault{})); err != nil {
		t.Fatalf("a good one: %v", err)
	}
	if err := check(s, s.IDToken("", "curve", "ann", "N", idp.Fault{Claims: map[string]any{"aud": "app"}})); err != nil {
		t.Fatalf("a good one of ES256: %v", err)
	}
	for _, name := range idp.IDTokenFaults() {
		token := s.IDToken("", "app", "ann", "N", idp.Fault{IDToken: name})
		if err := check(s, token); err == nil {
			t.Errorf("%s: nothing is wrong with %s", name, token)
		}
	}
	s.Rotate(false)
	old := s.IDToken("", "app", "ann", "N", idp.Fault{})
	s.Rotate(false)
	if err := errors.Join(check(s, old), check(s, s.IDToken("", "app", "ann", "N", idp.Fault{}))); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	s.Rotate(true)
	if err := check(s, old); err == nil {
		t.Error("a token of a retired key verifies")
	}
}

func TestTransportFaults(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	client := s.HTTPClient()
	const discovery = idp.DefaultIssuer + "/.well-known/openid-configuration"
	fetch := func(ctx context.Context) (int, string, error) {
		r, _ := http.NewRequestWithContext(ctx, "GET", discovery, nil)
		res, err := client.Do(r)
		if err != nil {
			return 0, "", err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		return res.StatusCode, string(body), err
	}

	for _, test := range []struct {
		fault  idp.Fault
		status int
		body   string
	}{
		{idp.Fault{Status: 503}, 503, ""},
		{idp.Fault{Body: "<html>"}, 200, "<html>"},
		{idp.Fault{Status: 500, Body: `{"a":1}`}, 500, `{"a":1}`},
		{idp.Fault{Redirect: "https://elsewhere.example/"}, 302, ""},
	} {
		test.fault.Endpoint, test.fault.Times = idp.Discovery, 1
		s.AddFault(test.fault)
		if status, body, err := fetch(t.Context()); err != nil || status != test.status || body != test.body {
			t.Errorf("%+v: got %d %q, %v", test.fault, status, body, err)
		}
	}
	if status, body, err := fetch(t.Context()); err != nil || status != 200 || !strings.Contains(body, `"issuer":"https://idp.example"`) {
		t.Errorf("after the faults: got %d %q, %v", status, body, err)
	}

	s.AddFault(idp.Fault{Endpoint: idp.Discovery, Drop: true})
	if _, _, err := fetch(t.Context()); err == nil {
		t.Error("drop: got an answer")
	}
	s.ClearFaults()
	s.AddFault(idp.Fault{Endpoint: idp.Discovery, Set: map[string]any{"issuer": "https://evil.example", "jwks_uri": nil}, Pad: 2 << 20})
	if _, body, _ := fetch(t.Context()); len(body) < 2<<20 || !strings.Contains(body, "evil.example") || strings.Contains(body, "jwks_uri") {
		t.Errorf("set and pad: got %d bytes", len(body))
	}
	s.ClearFaults()

	s.AddFault(idp.Fault{Endpoint: idp.Discovery, Hang: true, Times: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, _, err := fetch(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hang: got %v", err)
	}

	s.AddFault(idp.Fault{Endpoint: idp.Discovery, Hold: true, Times: 1})
	done := make(chan error, 1)
	before := len(s.Requests())
	go func() { _, _, err := fetch(t.Context()); done <- err }()
	for len(s.Requests()) == before {
		select {
		case err := <-done:
			t.Fatalf("hold: got an answer (%v)", err)
		default:
		}
	}
	for held := true; held; {
		s.Release() // as often as it takes: the request may not wait yet
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			held = false
		default:
		}
	}
}

// TestGitHub: no ID token, errors with 200, the address perhaps only at /user/emails.
func TestGitHub(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.SetUser(idp.User{Subject: "ann", Name: "Ann", Email: "ann@example.com", EmailVerified: true, ID: 42, HideEmail: true})
	target := "https://github.com/login/oauth/authorize?response_type=code&client_id=app&state=S&redirect_uri=" + url.QueryEscape(callback)
	params := visit(t, s, target)
	if params.Has("iss") {
		t.Error("GitHub sends an issuer")
	}
	const token = "https://github.com/login/oauth/access_token"
	form := redeem(params.Get("code"), url.Values{"code_verifier": nil})
	res, err := s.HTTPClient().PostForm(token, form)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	values, _ := url.ParseQuery(string(body))
	if values.Get("access_token") == "" || values.Has("id_token") {
		t.Fatalf("got %s, want a form with an access token alone", body)
	}
	r, _ := http.NewRequest("POST", token, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if res, err = s.HTTPClient().Do(r); err != nil || res.StatusCode != 200 || readJSON(t, res)["error"] != "invalid_grant" {
		t.Errorf("the code again: got %v, %v, want 200 with an error", res, err)
	}
}

func TestGitHubUser(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.SetUser(idp.User{Subject: "ann", Email: "ann@example.com", EmailVerified: true, ID: 42, HideEmail: true})
	code := visit(t, s, "https://github.com/login/oauth/authorize?response_type=code&client_id=keeps&redirect_uri="+url.QueryEscape(callback)).Get("code")
	r, _ := http.NewRequest("POST", "https://github.com/login/oauth/access_token", strings.NewReader(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {"keeps"}, "redirect_uri": {callback},
	}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	res, err := s.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	access := readJSON(t, res)["access_token"].(string)
	user := readJSON(t, get(t, s, "https://api.github.com/user", access))
	if user["id"] != 42.0 || user["email"] != nil || user["login"] != "ann" {
		t.Errorf("/user: got %v", user)
	}
	body, _ := io.ReadAll(get(t, s, "https://api.github.com/user/emails", access).Body)
	if want := `[{"email":"ann@example.com","primary":true,"verified":true}]`; string(body) != want {
		t.Errorf("/user/emails: got %s, want %s", body, want)
	}
}

// TestApple: a form is posted, with the person's name the first time only.
func TestApple(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	target := "https://appleid.apple.com/auth/authorize?response_type=code+id_token&response_mode=form_post&client_id=app&state=S&redirect_uri=" + url.QueryEscape(callback)
	first := visit(t, s, target)
	if want := `{"email":"ann@example.com","name":{"firstName":"Ann","lastName":"Lee"}}`; first.Get("user") != want || first.Get("id_token") == "" {
		t.Errorf("got %v, want an ID token and the user %s", first, want)
	}
	if second := visit(t, s, target); second.Has("user") || second.Get("code") == "" {
		t.Errorf("again: got %v, want no user", second)
	}
}

// TestPages: what a browser sees over a socket.
func TestPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.SetUser(idp.User{Subject: "eve", Name: `<script>alert("Eve")</script>`})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := s.HTTPClient()
	client.Transport = server.Client().Transport
	u, _ := url.Parse(authorizationURL(nil))
	page, err := client.Get(server.URL + u.RequestURI())
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(page.Body)
	if text := string(body); page.StatusCode != 200 || !strings.Contains(text, `value="ann" checked`) || strings.Contains(text, "<script>") {
		t.Errorf("got %d %s, want the accounts", page.StatusCode, text)
	}
	res, err := client.PostForm(server.URL+u.RequestURI(), url.Values{"decision": {"approve"}, "user": {"ann"}})
	if err != nil || res.StatusCode != 302 || !strings.HasPrefix(res.Header.Get("Location"), callback+"?code=") {
		t.Errorf("got %v, %v, want the way back", res, err)
	}
	at := "/at/appleid.apple.com/auth/authorize?response_type=code&response_mode=form_post&client_id=app&redirect_uri=" + url.QueryEscape(callback)
	res, err = client.PostForm(server.URL+at, url.Values{"decision": {"approve"}, "user": {"ann"}})
	if err != nil {
		t.Fatal(err)
	}
	body, _ = io.ReadAll(res.Body)
	if text := string(body); !strings.Contains(text, `action="`+callback+`"`) || !strings.Contains(text, `name="code"`) {
		t.Errorf("form_post: got %s", text)
	}
}

// TestSeed: the same bytes make the same codes and tokens.
func TestSeed(t *testing.T) {
	t.Parallel()
	answers := make([]string, 2)
	for i := range answers {
		s := idp.New(idp.Options{
			Clients: []idp.Client{{ID: "app"}}, Users: []idp.User{{Subject: "ann"}}, Approve: "ann",
			Now: func() time.Time { return start }, Random: rand.NewChaCha8([32]byte{1}),
		})
		code := visit(t, s, authorizationURL(nil)).Get("code")
		_, tokens := post(t, s, tokenURL, redeem(code, url.Values{"client_secret": nil}))
		answers[i] = encode(t, tokens)
	}
	if answers[0] != answers[1] || !strings.Contains(answers[0], "access_token") {
		t.Errorf("got %s and %s", answers[0], answers[1])
	}
}

// TestSeveralIssuers: a code of one provider is none of another's.
func TestSeveralIssuers(t *testing.T) {
	t.Parallel()
	s := idp.New(idp.Options{Issuers: []string{"https://other.example"}, Clients: []idp.Client{{ID: "app"}}, Users: []idp.User{{Subject: "ann"}}})
	code := visit(t, s, authorizationURL(nil)).Get("code")
	form := redeem(code, url.Values{"client_secret": nil})
	if _, answer := post(t, s, "https://other.example/token", form); answer["error"] != "invalid_grant" {
		t.Errorf("at the other: got %v, want invalid_grant", answer)
	}
	if _, answer := post(t, s, tokenURL, form); answer["access_token"] == nil {
		t.Errorf("got %v, want tokens", answer)
	}
	token := s.IDToken("https://accounts.google.com", "app", "ann", "", idp.Fault{})
	if payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1]); !strings.Contains(string(payload), `"iss":"https://accounts.google.com"`) {
		t.Errorf("got %s, want Google's issuer", payload)
	}
}

func TestUnknownFaults(t *testing.T) {
	t.Parallel()
	for _, f := range []idp.Fault{{}, {Endpoint: "tokens"}, {Endpoint: idp.Token, IDToken: "bad"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v is taken", f)
				}
			}()
			newServer(t).AddFault(f)
		}()
	}
}

// verify returns the claims of a good ID token.
func verify(t *testing.T, s *idp.Server, token string) map[string]any {
	t.Helper()
	if err := check(s, token); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// check verifies an ID token for the client app and the nonce N as OIDC Core §3.1.3.7 says, at the time start.
func check(s *idp.Server, token string) error {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil {
		return err
	}
	res, err := s.HTTPClient().Get(idp.DefaultIssuer + "/jwks")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(res.Body).Decode(&set); err != nil {
		return err
	}
	header := parsed.Headers[0]
	if header.KeyID == "" || header.ExtraHeaders[jose.HeaderType] != "JWT" {
		return errors.New("kid or typ")
	}
	keys := set.Key(header.KeyID)
	if len(keys) != 1 || keys[0].Algorithm != header.Algorithm {
		return errors.New("no such key")
	}
	var claims struct {
		jwt.Claims
		Nonce string `json:"nonce"`
		Azp   string `json:"azp"`
	}
	if err := parsed.Claims(keys[0].Key, &claims); err != nil {
		return err
	}
	at := start
	switch {
	case claims.Subject == "" || claims.Expiry == nil || claims.IssuedAt == nil || claims.Nonce != "N":
		return errors.New("a claim is missing")
	case len(claims.Audience) > 1 && claims.Azp != "app", claims.Azp != "" && claims.Azp != "app":
		return errors.New("azp")
	case at.Sub(claims.IssuedAt.Time()) > time.Hour:
		return errors.New("old")
	}
	return claims.ValidateWithLeeway(jwt.Expected{Issuer: idp.DefaultIssuer, AnyAudience: jwt.Audience{"app"}, Time: at}, 30*time.Second)
}

func get(t *testing.T, s *idp.Server, target, access string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+access)
	res, err := s.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func encode(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
