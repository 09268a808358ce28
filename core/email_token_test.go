package core_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/internal/memdb"
)

type emailTokenVector struct {
	Secret string
	Input  struct {
		Email     string
		UpdateTo  string
		ExpiresIn *int
		Extra     struct{ RequestType, UserID string }
	}
	Token   string
	Payload struct {
		Email, UpdateTo, RequestType, UserID string
		Iat, Exp                             int64
	}
}

func emailTokenVectors(t testing.TB) []emailTokenVector {
	t.Helper()
	data, err := os.ReadFile("testdata/email_tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []emailTokenVector
	if err := json.Unmarshal(data, &vectors); err != nil || len(vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	return vectors
}

// TestEmailTokenVectors makes and reads what Node has made.
func TestEmailTokenVectors(t *testing.T) {
	t.Parallel()
	for _, v := range emailTokenVectors(t) {
		r := newRig(t, func(c *core.Config) { c.Secret, c.Compat = v.Secret, core.Exact })
		r.clock.Set(time.Unix(v.Payload.Iat, 0))
		lifetime := time.Hour
		if v.Input.ExpiresIn != nil {
			lifetime = time.Duration(*v.Input.ExpiresIn) * time.Second
		}
		got := r.SignEmailToken(core.EmailToken{
			Email: v.Input.Email, UpdateTo: v.Input.UpdateTo, Request: v.Input.Extra.RequestType, UserID: v.Input.Extra.UserID,
		}, lifetime)
		if got != v.Token {
			t.Errorf("got  %s\nwant %s", got, v.Token)
		}
		want := core.EmailToken{Email: v.Payload.Email, UpdateTo: v.Payload.UpdateTo, Request: v.Payload.RequestType, UserID: v.Payload.UserID}
		r.clock.Set(time.Unix(v.Payload.Exp, -1))
		if read, err := r.ReadEmailToken(v.Token); err != nil || read != want {
			t.Errorf("a moment before it expires: got %+v, %v, want %+v", read, err, want)
		}
		r.clock.Set(time.Unix(v.Payload.Exp, 0))
		if _, err := r.ReadEmailToken(v.Token); !errors.Is(err, core.ErrTokenExpired) {
			t.Errorf("when it expires: got %v, want %v", err, core.ErrTokenExpired)
		}
	}
}

const goodHeader = "eyJhbGciOiJIUzI1NiJ9"

// jwt signs a token of any content with a secret.
func jwt(t testing.TB, key, header, payload string) string {
	t.Helper()
	keys, err := secret.New(key)
	if err != nil {
		t.Fatal(err)
	}
	signed := header + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	sum := keys.MAC(signed)
	return signed + "." + base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestEmailTokenRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const good = `{"email":"ann@example.com","userId":"u1","iat":1767323045,"exp":1767326645}`
	made := func(payload string) string { return jwt(t, testSecret, goodHeader, payload) }
	r.clock.Set(time.Unix(1767323045, 0))
	valid := made(good)
	if _, err := r.ReadEmailToken(valid); err != nil {
		t.Fatalf("a good one: %v", err)
	}
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	dot := strings.LastIndexByte(valid, '.')
	for name, token := range map[string]string{
		"empty":                 "",
		"no dots":               "abc",
		"another secret":        jwt(t, "another-secret-0123456789-0123456789", goodHeader, good),
		"no signature":          valid[:dot+1],
		"half a signature":      valid[:len(valid)-5],
		"a byte more":           valid + "A",
		"a part more":           valid + ".",
		"padded":                valid + "=",
		"trailing bits":         valid[:len(valid)-1] + string(valid[len(valid)-1]+1),
		"alg none":              encode(`{"alg":"none"}`) + valid[len(goodHeader):dot] + ".",
		"alg none, signed":      jwt(t, testSecret, encode(`{"alg":"none"}`), good),
		"HS512":                 jwt(t, testSecret, encode(`{"alg":"HS512"}`), good),
		"another header":        jwt(t, testSecret, encode(`{"alg":"HS256","crit":["x"],"x":1}`), good),
		"no object":             made(`[]`),
		"no JSON":               made(`{`),
		"no address":            made(`{"userId":"u1","iat":1,"exp":1767326645}`),
		"an address of no form": made(strings.Replace(good, "ann@", "ann", 1)),
		"an upper-case address": made(strings.Replace(good, "ann@", "ANN@", 1)),
		"an address twice":      made(strings.Replace(good, `"userId"`, `"email":7,"userId"`, 1)),
		"an endless address":    made(strings.Replace(good, "ann@", strings.Repeat("a", 300)+"@", 1)),
		"an empty user id":      made(strings.Replace(good, `"u1"`, `""`, 1)),
		"no expiry":             made(`{"email":"ann@example.com","userId":"u1","iat":1767323045}`),
		"no time of issue":      made(`{"email":"ann@example.com","userId":"u1","exp":1767326645}`),
		"an expiry as text":     made(strings.Replace(good, "1767326645", `"1767326645"`, 1)),
		"half a second":         made(strings.Replace(good, "1767326645", `1767326645.5`, 1)),
		"an endless expiry":     made(strings.Replace(good, "1767326645", `1e300`, 1)),
		"an unknown request":    made(strings.Replace(good, `"userId"`, `"updateTo":"b@example.com","requestType":"x","userId"`, 1)),
		"a request for nothing": made(strings.Replace(good, `"userId"`, `"requestType":"change-email-verification","userId"`, 1)),
		"a change of nobody":    made(`{"email":"ann@example.com","updateTo":"b@example.com","iat":1767323045,"exp":1767326645}`),
		"a change to no address": made(
			strings.Replace(good, `"userId"`, `"updateTo":"b","requestType":"change-email-verification","userId"`, 1)),
		"a session beside it": made(strings.Replace(good, `"userId"`, `"session":{"id":"s"},"userId"`, 1)),
		"a further member":    made(strings.Replace(good, `"userId"`, `"sub":"x","userId"`, 1)),
	} {
		if got, err := r.ReadEmailToken(token); !errors.Is(err, core.ErrInvalidToken) {
			t.Errorf("%s: got %+v, %v, want %v", name, got, err, core.ErrInvalidToken)
		}
	}
}

// TestEmailTokenIsNoSession: what is signed with the same key for another purpose is refused, both ways.
func TestEmailTokenIsNoSession(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	codec, err := cache.New(r.Keys(), cache.Config{Strategy: cache.JWT, Schema: r.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	now := r.Now()
	user := &model.User{ID: "u1", Name: "Ann", Email: "ann@example.com", CreatedAt: now, UpdatedAt: now}
	session := &model.Session{ID: "s1", Token: "t1", UserID: "u1", CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(time.Hour)}
	cached, err := codec.Encode(cache.Content{Session: session, User: user}, now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(cached, goodHeader+".") {
		t.Fatalf("the cached session is no HS256 token: %s", cached)
	}
	if got, err := r.ReadEmailToken(cached); !errors.Is(err, core.ErrInvalidToken) {
		t.Errorf("a cached session as email token: got %+v, %v", got, err)
	}
	token := r.SignEmailToken(core.EmailToken{Email: "ann@example.com", UserID: "u1"}, time.Hour)
	if entry, err := codec.Decode(token, now); err == nil {
		t.Errorf("an email token as cached session: got %+v", entry)
	}
	a := r.do("GET", "/api/auth/get-session", "", "Cookie", sessionCookie+"="+token)
	wantStatus(t, a, 200, "null")
}

// FuzzEmailToken: whatever is signed, what is taken for an email token says what one says.
func FuzzEmailToken(f *testing.F) {
	for _, v := range emailTokenVectors(f) {
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(v.Token, ".")[1])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(payload))
	}
	f.Add(`{"email":"ann@example.com","iat":1,"exp":9007199254740992}`)
	f.Add(`{"session":{},"user":{},"iat":1,"exp":9}`)
	keys, err := core.New(core.Config{BaseURL: testOrigin, Secret: testSecret, Store: memdb.New(), Now: func() time.Time { return time.Unix(1, 0) }})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		got, err := keys.ReadEmailToken(jwt(t, testSecret, goodHeader, payload))
		if err != nil {
			if !errors.Is(err, core.ErrInvalidToken) && !errors.Is(err, core.ErrTokenExpired) {
				t.Fatalf("%q: got %v", payload, err)
			}
			return
		}
		v, err := wire.Parse([]byte(payload), wire.Limits{})
		o, ok := v.(*wire.Object)
		if err != nil || !ok {
			t.Fatalf("%q is no object and was taken for a token", payload)
		}
		for name := range o.All() {
			switch name {
			case "email", "updateTo", "requestType", "userId", "iat", "exp":
			default:
				t.Errorf("%q was taken although it has %q", payload, name)
			}
		}
		if !core.ValidEmail(got.Email) || got.UpdateTo != "" && (got.UserID == "" || !core.ValidEmail(got.UpdateTo)) || got.Request != "" && got.UpdateTo == "" {
			t.Errorf("%q was taken as %+v", payload, got)
		}
	})
}
