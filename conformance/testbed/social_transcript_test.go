package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// socialOptions are what the words for options mean in social_transcripts.json: options, and plugins.
var socialOptions = map[string][2]string{
	"core: ":                              {`{}`, `[]`},
	"core: socialProviders.github+google": {bothProviders, `[]`},
	"generic-oauth: config[0]={providerId:ga, authorizationUrl, tokenUrl, userInfoUrl, scopes}": {`{}`, genericProvider},
	"one-tap: clientId":    {`{}`, `[{"id":"one-tap","options":{"clientId":"google-cid"}}]`},
	"one-tap: no clientId": {`{}`, `[{"id":"one-tap"}]`},
	"oauth-proxy: currentURL=https://preview.example, productionURL=http://localhost:3000": {
		bothProviders, `[{"id":"oauth-proxy","options":{"currentURL":"https://preview.example","productionURL":"http://localhost:3000"}}]`,
	},
	"oauth-popup: with bearer, socialProviders.github": {bothProviders, `[{"id":"bearer"},{"id":"oauth-popup"}]`},
}

var genericProvider = `[{"id":"generic-oauth","options":{"config":[{"providerId":"ga","clientId":"cid","clientSecret":"secret",
	"authorizationUrl":"https://idp.example/authorize","tokenUrl":"https://idp.example/token","userInfoUrl":"https://idp.example/userinfo",
	"scopes":["openid","email"]}]}}]`

const bothProviders = `{"socialProviders":{
	"github":{"clientId":"gh-cid","clientSecret":"gh-secret"},"google":{"clientId":"google-cid","clientSecret":"google-secret"}}}`

// TestSocialTranscripts replays the sign-ins with a provider, on every adapter and every SQL database. The providers' servers are the test's own.
func TestSocialTranscripts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/social_transcripts.json")
	if err != nil {
		t.Fatal(err)
	}
	var scenarios []scenario
	decodeJSON(t, string(data), &scenarios)
	kinds := slices.Sorted(maps.Keys(freshDatabases)) // a transcript looks into them
	eachPair(t, kinds, func(t *testing.T, adapter, kind string) {
		b, providers := newTestbed(t), newProviders(t)
		replayed := 0
		for _, s := range scenarios {
			r := openSocial(t, b, adapter, kind, &s, providers)
			if r == nil {
				t.Logf("%d rows of %q wait", len(s.Rows), s.Options)
				continue
			}
			for i := range s.Rows {
				if err := r.row(t, &s.Rows[i]); err != nil {
					t.Errorf("%q: %s: %v", s.Options, s.Rows[i].Name, err)
				}
				replayed++
			}
		}
		t.Logf("%d rows replayed", replayed)
	})
}

// socialReplay is a scenario whose requests come and go between a browser and a provider.
type socialReplay struct {
	*replay
	providers *providers
	// loose are the cookies that belong to no session: by their name, the last one, and by name and state.
	loose jar
}

func openSocial(t *testing.T, b *testbed, adapter, kind string, s *scenario, providers *providers) *socialReplay {
	t.Helper()
	texts, ok := socialOptions[s.Options]
	if !ok {
		return nil
	}
	options := map[string]json.RawMessage{
		"baseURL": json.RawMessage(`"http://localhost:3000"`), "secret": json.RawMessage(`"` + transcriptSecret + `"`),
		"emailAndPassword": json.RawMessage(`{"enabled":true}`),
	}
	decodeJSON(t, texts[0], &options)
	r := &socialReplay{&replay{unifier: newUnifier(), jars: map[string]jar{}}, providers, jar{}}
	description, db := freshDatabase(t, kind)
	r.db, r.kind = db, kind
	r.testInstance = b.open(map[string]any{
		"adapter": adapter, "outbound": providers.URL, "database": description,
		"options": options, "plugins": json.RawMessage(texts[1]),
	})
	return r
}

// row sends a row's request and compares the answer.
func (r *socialReplay) row(t *testing.T, row *transcript) error {
	t.Helper()
	path, body := row.Request.Path, string(row.Request.Body)
	r.prepareSocial(t, path+body, row)
	cookies := r.cookies(t, row)
	req, err := http.NewRequestWithContext(t.Context(), row.Request.Method, r.url+r.escaped(path), strings.NewReader(r.filled(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range row.Request.Headers {
		req.Header.Set(name, *value)
	}
	if len(cookies) > 0 {
		req.Header.Set("Cookie", cookies.header())
	}
	got := do(t, r.client, req)
	r.remember(got, cookies)
	return r.compareSocial(t, row, got)
}

// prepareSocial finds values for placeholders that nothing has shown: states of sign-ins that the transcript leaves out, and
// ID tokens.
func (r *socialReplay) prepareSocial(t *testing.T, text string, row *transcript) {
	t.Helper()
	for _, placeholder := range embedded.FindAllString(text, -1) {
		if _, ok := r.bound[placeholder]; ok {
			continue
		}
		value := ""
		switch {
		case strings.HasPrefix(placeholder, "<jwt#"):
			value = r.providers.idToken(t, row.Name, placeholder)
		case strings.Contains(text, "/callback/"):
			id, _, _ := strings.Cut(strings.TrimPrefix(row.Request.Path, "/api/auth/callback/"), "?")
			res := r.request("POST", "/api/auth/sign-in/social",
				`{"provider":"`+id+`","callbackURL":"/dash","errorCallbackURL":"/err","newUserCallbackURL":"/new"}`)
			r.remember(res, nil)
			var started struct{ URL string }
			decodeJSON(t, res.body, &started)
			u, err := url.Parse(started.URL)
			if err != nil {
				t.Fatal(err)
			}
			value = u.Query().Get("state")
			r.newVerifications(t)
		default:
			t.Fatalf("%s: nothing has shown %s", row.Name, placeholder)
		}
		if err := r.text(placeholder, value); err != nil {
			t.Fatal(err)
		}
	}
}

// cookies returns those that a row sends: of the session that has them, and those of none.
func (r *socialReplay) cookies(t *testing.T, row *transcript) jar {
	t.Helper()
	out := jar{}
	u, err := url.Parse(r.escaped(row.Request.Path))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range row.Request.Cookies {
		value, ok := r.loose[name]
		if own := r.loose[name+" "+u.Query().Get("state")]; own != "" {
			value = own
		}
		for i := len(r.order) - 1; i >= 0 && !ok; i-- {
			value, ok = r.jars[r.order[i]][name]
		}
		if !ok {
			t.Fatalf("%s: there is no cookie %s", row.Name, name)
		}
		out[name] = value
	}
	return out
}

// remember keeps the cookies of an answer.
func (r *socialReplay) remember(got response, sent jar) {
	r.keep(got, sent)
	set := jar{}
	for _, line := range got.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		if name, value, _ := strings.Cut(pair, "="); value != "" {
			set[name] = value
		}
	}
	for name, value := range set {
		if !strings.Contains(name, "session_") {
			r.loose[name] = value
			if text, err := url.QueryUnescape(value); err == nil {
				state, _, _ := strings.Cut(text, ".")
				r.loose[name+" "+state] = value
			}
		}
	}
}

func (r *socialReplay) compareSocial(t *testing.T, row *transcript, got response) error {
	t.Helper()
	if want := row.Response.Headers["location"]; want != "" {
		if err := r.embed(want, got.header.Get("Location")); err != nil {
			return fmt.Errorf("location: %w", err)
		}
	}
	var want, have struct{ URL string }
	if json.Unmarshal(row.Response.Body, &want) == nil && want.URL != "" {
		decodeJSON(t, got.body, &have)
		if err := r.embed(want.URL, have.URL); err != nil {
			return fmt.Errorf("URL: %w", err)
		}
	}
	filled := *row
	filled.Response.Headers = map[string]string{}
	for name, value := range row.Response.Headers {
		filled.Response.Headers[name] = r.escaped(value)
	}
	filled.Response.Body = json.RawMessage(r.escapedURL(string(row.Response.Body)))
	if strings.HasPrefix(string(row.Response.Body), `"<text/html`) { // the page is our own
		if !strings.HasPrefix(got.body, "<!doctype html>") {
			return fmt.Errorf("got %q, want a page", got.body)
		}
		filled.Response.Body, filled.Response.BodyAbsent, got.body = nil, true, ""
	}
	verifications := row.Response.Verifications
	filled.Response.Verifications = nil
	if err := r.compare(t, &filled, got); err != nil {
		return fmt.Errorf("%w\n%d %v %s", err, got.status, got.header, got.body)
	}
	if verifications == nil {
		return nil
	}
	rows := r.lastVerifications
	if len(rows) != len(verifications) {
		return fmt.Errorf("got the verification rows %v, want %v", rows, verifications)
	}
	for i, w := range verifications {
		if err := r.embed(strings.TrimPrefix(w.Value, "json:"), rows[i].Value); err != nil {
			return fmt.Errorf("verification: %w", err)
		}
		if !strings.HasPrefix(rows[i].Identifier, "auth-state:") || rows[i].TTL < w.TTL-1 || rows[i].TTL > w.TTL+1 {
			return fmt.Errorf("got the verification %+v, want %+v", rows[i], w)
		}
	}
	return nil
}

// embedded are placeholders within a text.
var embedded = regexp.MustCompile(`<(?:str:(\d+)|hex:(\d+)|jwt)#\d+>`)

// embed compares a text with one that has placeholders in it, as parts of a URL or of JSON, and binds them.
func (r *socialReplay) embed(want, got string) error {
	pattern := "^"
	rest := want
	var names []string
	for {
		at := embedded.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		pattern += plainPattern(rest[:at[0]])
		names = append(names, rest[at[0]:at[1]])
		pattern += `([\w%.~-]+)`
		rest = rest[at[1]:]
	}
	pattern += plainPattern(rest) + "$"
	m := regexp.MustCompile(pattern).FindStringSubmatch(got)
	if m == nil {
		return fmt.Errorf("got %q, want %q", got, want)
	}
	for i, name := range names {
		value, err := url.QueryUnescape(m[i+1])
		if err != nil {
			return err
		}
		if h := embedded.FindStringSubmatch(name)[2]; h != "" {
			if n, _ := strconv.Atoi(h); len(value) != n || strings.Trim(value, "0123456789abcdef") != "" {
				return fmt.Errorf("got %q for %s", value, name)
			}
			r.bound[name] = value
		} else if err := r.text(name, value); err != nil {
			return err
		}
	}
	return nil
}

func plainPattern(s string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(s), `"<epoch_ms>"`, `\d{13}`)
}

func (r *socialReplay) fill(s string, escape func(string) string) string {
	return embedded.ReplaceAllStringFunc(s, func(name string) string {
		if value, ok := r.bound[name]; ok {
			return escape(value)
		}
		return name
	})
}

func (r *socialReplay) filled(s string) string  { return r.fill(s, func(v string) string { return v }) }
func (r *socialReplay) escaped(s string) string { return r.fill(s, url.QueryEscape) }

var urlMember = regexp.MustCompile(`"url": ?"[^"]*"`)

// escapedURL fills the URL in a body.
func (r *socialReplay) escapedURL(body string) string {
	return urlMember.ReplaceAllStringFunc(body, r.escaped)
}

// providers are the servers of GitHub and Google, and of a provider with its own, as a testbed reaches them.
type providers struct {
	*httptest.Server
	key *rsa.PrivateKey
}

func newProviders(t *testing.T) *providers {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &providers{key: key}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, p.answer(w, r))
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *providers) answer(w http.ResponseWriter, r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	code := form.Get("code")
	switch original := r.Header.Get("X-Original-Url"); original {
	case "https://github.com/login/oauth/access_token":
		if code == "badcode" {
			w.WriteHeader(http.StatusBadRequest)
			return `{"error":"bad_verification_code"}`
		}
		return `{"access_token":"gh-access-` + code + `","scope":"read:user,user:email","token_type":"bearer"}`
	case "https://api.github.com/user":
		return `{"id":4242,"login":"octo","name":"Octo Cat","email":"octo@example.com","avatar_url":"https://img.example/o.png"}`
	case "https://api.github.com/user/emails":
		return `[{"email":"octo@example.com","primary":true,"verified":true}]`
	case "https://www.googleapis.com/oauth2/v3/certs":
		set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "k1", Algorithm: "RS256", Use: "sig"}}}
		out, _ := json.Marshal(set) //nolint:errchkjson // a public RSA key
		return string(out)
	case "https://idp.example/token":
		if code == "badcode" {
			w.WriteHeader(http.StatusBadRequest)
			return `{"error":"invalid_grant"}`
		}
		return `{"access_token":"at-1","refresh_token":"rt-1","expires_in":3600,"scope":"openid email","token_type":"bearer"}`
	case "https://idp.example/userinfo":
		return `{"id":"sub-1","sub":"sub-1","email":"gen@example.com","name":"Gen","email_verified":true,"picture":"https://img.example/g.png"}`
	default:
		w.WriteHeader(http.StatusNotFound)
		return `{"error":"` + original + `"}`
	}
}

// idToken makes the ID token that a row sends. Later ones are of another account with the same address.
func (p *providers) idToken(t *testing.T, row, placeholder string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	claims := map[string]any{
		"iss": "https://accounts.google.com", "aud": "google-cid", "sub": "777", "email": "guser@example.com", "email_verified": true,
		"name": "G User", "picture": "https://img.example/p.png", "iat": now, "exp": now + 3600,
	}
	if placeholder != "<jwt#1>" {
		claims["sub"] = "778"
	}
	if strings.HasPrefix(row, "/one-tap/") {
		claims["email"] = "tap@example.com"
	}
	if strings.HasSuffix(row, "wrong audience") {
		claims["aud"] = "other"
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains([]byte(token), []byte(base64.RawURLEncoding.EncodeToString(payload))) {
		t.Fatal("the token is not the payload's")
	}
	return token
}
