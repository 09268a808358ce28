package cache_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
)

func TestUnknownStrategy(t *testing.T) {
	t.Parallel()
	if c, err := cache.New(keyring(t, nodeSecret), cache.Config{Strategy: 3}); err == nil || c != nil {
		t.Errorf("got %v, %v, want an error", c, err)
	}
	if got := cache.Strategy(3).String(); got != "unknown" {
		t.Errorf("got %q, want unknown", got)
	}
}

// TestRoundTrip: rows come back as they went in, but for hidden columns.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	s, u := sample()
	u.Image = new("https://img.example/a.png")
	for _, strategy := range strategies {
		c := codecs[strategy]
		e := decode(t, c, encode(t, c, cache.Content{Session: s, User: u, Version: "7"}, time.Minute))
		for what, pair := range map[string][2]any{
			"session id": {e.Session.ID, s.ID}, "token": {e.Session.Token, s.Token}, "user id": {e.Session.UserID, s.UserID},
			"session expiry": {e.Session.ExpiresAt, s.ExpiresAt}, "session creation": {e.Session.CreatedAt, s.CreatedAt}, "session update": {e.Session.UpdatedAt, s.UpdatedAt},
			"address": {*e.Session.IPAddress, *s.IPAddress}, "agent": {*e.Session.UserAgent, *s.UserAgent},
			"id": {e.User.ID, u.ID}, "name": {e.User.Name, u.Name}, "email": {e.User.Email, u.Email}, "verified": {e.User.EmailVerified, true},
			"image": {*e.User.Image, *u.Image}, "creation": {e.User.CreatedAt, u.CreatedAt}, "update": {e.User.UpdatedAt, u.UpdatedAt},
			"session JSON": {string(e.SessionJSON), sessionText(t)}, "version": {e.Version, "7"}, "written": {e.UpdatedAt, nodeNow},
			"session columns": {len(e.Session.Extra), 0}, "user columns": {len(e.User.Extra), 0},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%v: %s: got %v, want %v", strategy, what, pair[0], pair[1])
			}
		}
	}
}

func TestLifetimes(t *testing.T) {
	t.Parallel()
	second := nodeNow.Truncate(time.Second) // the others count seconds
	for _, v := range []struct {
		strategy cache.Strategy
		lifetime time.Duration
		want     time.Time
	}{
		{cache.Compact, 0, nodeNow.Add(time.Minute)},
		{cache.JWT, 0, second.Add(5 * time.Minute)},
		{cache.JWE, 0, second.Add(5 * time.Minute)},
		{cache.Compact, -time.Hour, nodeNow.Add(time.Minute)},
		{cache.JWT, -time.Hour, second.Add(5 * time.Minute)},
		{cache.Compact, time.Hour, nodeNow.Add(time.Hour)},
		{cache.JWT, time.Hour, second.Add(time.Hour)},
		{cache.JWE, time.Hour, second.Add(time.Hour)},
		{cache.Compact, 1500 * time.Millisecond, nodeNow.Add(1500 * time.Millisecond)},
		{cache.JWT, 1500 * time.Millisecond, second.Add(time.Second)},
	} {
		c := codecs[v.strategy]
		value := encode(t, c, content(), v.lifetime)
		if got := decode(t, c, value).ExpiresAt; !got.Equal(v.want) {
			t.Errorf("%v for %v: expires at %v, want %v", v.strategy, v.lifetime, got, v.want)
		}
		if _, err := c.Decode(value, v.want.Add(-time.Millisecond)); err != nil {
			t.Errorf("%v, a millisecond before: %v", v.strategy, err)
		}
		if _, err := c.Decode(value, v.want); err != cache.ErrExpired {
			t.Errorf("%v, at its expiry: got %v, want %v", v.strategy, err, cache.ErrExpired)
		}
	}
}

// TestSessionExpiry: the cookie does not make the session live longer.
func TestSessionExpiry(t *testing.T) {
	t.Parallel()
	s, u := sample()
	s.ExpiresAt = nodeNow.Add(time.Minute)
	for _, strategy := range strategies {
		c := codecs[strategy]
		value := encode(t, c, cache.Content{Session: s, User: u}, time.Hour)
		if _, err := c.Decode(value, s.ExpiresAt.Add(-time.Millisecond)); err != nil {
			t.Errorf("%v, before: %v", strategy, err)
		}
		if _, err := c.Decode(value, s.ExpiresAt); err != cache.ErrExpired {
			t.Errorf("%v, after: got %v, want %v", strategy, err, cache.ErrExpired)
		}
	}
}

func TestRawMarshals(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(map[string]cache.Raw{"session": `{"b":1,"a":[]}`})
	if want := `{"session":{"b":1,"a":[]}}`; string(got) != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

var extras = []schema.Extension{
	{Table: model.UserTable, Columns: []schema.Column{
		{Name: "plan", Kind: schema.String, Returned: true},
		{Name: "seats", Kind: schema.Number, BigInt: true, Returned: true},
		{Name: "since", Kind: schema.Date, Returned: true},
		{Name: "beta", Kind: schema.Boolean, Returned: true},
		{Name: "tags", Kind: schema.StringArray, Returned: true},
		{Name: "scores", Kind: schema.NumberArray, Returned: true},
		{Name: "meta", Kind: schema.JSON, Returned: true},
		{Name: "note", Kind: schema.String, Returned: true},
		{Name: "secret", Kind: schema.String},
		{Name: "absent", Kind: schema.String, Returned: true},
	}},
	{Table: model.SessionTable, Columns: []schema.Column{{Name: "activeOrganizationId", Kind: schema.String, Returned: true}}},
}

func TestExtraColumns(t *testing.T) {
	t.Parallel()
	table := tables(t, extras...)
	s, u := sample()
	s.Extra = model.Extra{{Name: "activeOrganizationId", Value: `o "1"`}}
	u.Extra = model.Extra{
		{Name: "meta", Value: map[string]any{"a": []any{1.5, nil}}}, {Name: "plan", Value: "pro"}, {Name: "seats", Value: int64(1)<<62 + 1}, {Name: "since", Value: nodeNow},
		{Name: "beta", Value: true}, {Name: "tags", Value: []string{"a", "b"}}, {Name: "scores", Value: []float64{1, 2.5}}, {Name: "note", Value: nil},
		{Name: "secret", Value: "was hidden later"}, {Name: "unknown", Value: "x"},
	}
	const want = `[{plan pro false} {seats 4611686018427387905 false} {since 2026-01-02 03:04:05.678 +0000 UTC false} {beta true false} {tags [a b] false} ` +
		`{scores [1 2.5] false} {meta map[a:[1.5 <nil>]] false} {note <nil> false}]`
	for _, strategy := range strategies {
		c := codecOf(t, keyring(t, nodeSecret), cache.Config{Strategy: strategy, Schema: table})
		e := decode(t, c, encode(t, c, cache.Content{Session: s, User: u}, time.Minute))
		if got := fmt.Sprint(e.User.Extra); got != want {
			t.Errorf("%v: user:\n got %s\nwant %s", strategy, got, want)
		}
		if got, want := fmt.Sprint(e.Session.Extra), `[{activeOrganizationId o "1" false}]`; got != want {
			t.Errorf("%v: session:\n got %s\nwant %s", strategy, got, want)
		}
		if !strings.Contains(string(e.UserJSON), `"unknown":"x"`) {
			t.Errorf("%v: the raw user lost a member: %s", strategy, e.UserJSON)
		}
	}
}

// TestExtraColumnsThatDoNotFit: what a store would not have returned is no cache.
func TestExtraColumnsThatDoNotFit(t *testing.T) {
	t.Parallel()
	c := codecOf(t, keyring(t, nodeSecret), cache.Config{Schema: tables(t, extras...)})
	for member, want := range map[string]error{
		`"plan":"x"`: nil, `"plan":null`: nil, `"plan":1`: cache.ErrInvalid, `"plan":{}`: cache.ErrInvalid,
		`"seats":1.5`: cache.ErrInvalid, `"seats":1e3`: nil, `"seats":true`: cache.ErrInvalid, `"since":"soon"`: cache.ErrInvalid,
		`"tags":"a"`: cache.ErrInvalid, `"tags":[1]`: cache.ErrInvalid, `"tags":[]`: nil, `"tags":null`: nil, `"meta":"text"`: nil, `"meta":7`: nil,
		`"plan":1,"plan":"x"`: cache.ErrInvalid, `"other":1`: nil, `"sec\u0072et":5`: nil, `"pl\u0061n":5`: cache.ErrInvalid,
	} {
		in := content()
		in.User = cache.Raw(strings.Replace(userText(t), `{`, `{`+member+`,`, 1))
		if _, err := c.Decode(encode(t, c, in, time.Minute), nodeNow); err != want {
			t.Errorf("%s: got %v, want %v", member, err, want)
		}
	}
}

type failing struct{}

var errFailing = errors.New("no JSON today")

func (failing) AppendJSON(dst []byte) ([]byte, error) { return append(dst, `{"half`...), errFailing }

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	s, u := sample()
	for _, strategy := range strategies {
		c := codecs[strategy]
		for name, in := range map[string]cache.Content{
			"no session": {User: u}, "no user": {Session: s}, "nil session": {Session: (*model.Session)(nil), User: u},
			"empty": {Session: cache.Raw(""), User: u}, "list": {Session: s, User: cache.Raw("[]")},
		} {
			if value, err := c.Encode(in, nodeNow, time.Minute); err == nil || value != "" {
				t.Errorf("%v, %s: got %q, %v, want an error", strategy, name, value, err)
			}
		}
		if _, err := c.Encode(cache.Content{Session: s, User: failing{}}, nodeNow, time.Minute); !errors.Is(err, errFailing) {
			t.Errorf("%v: got %v, want %v", strategy, err, errFailing)
		}
		decode(t, c, encode(t, c, content(), time.Minute)) // nothing half-written is left behind
	}
}

// TestFind: a cookie that another host has set neither shuts ours out nor replaces it.
func TestFind(t *testing.T) {
	t.Parallel()
	s, u := sample()
	s.Token = "another token"
	for _, strategy := range strategies {
		c := codecs[strategy]
		mine := dataName + "=" + encode(t, c, content(), time.Minute)
		other := dataName + "=" + encode(t, c, cache.Content{Session: s, User: u}, time.Minute)
		old, err := c.Encode(content(), nodeNow.Add(-time.Hour), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		expired := dataName + "=" + old
		for _, v := range []struct {
			name, header string
			want         error
		}{
			{"alone", mine, nil},
			{"after junk", dataName + "=junk; " + mine, nil},
			{"after another's", other + "; " + mine, nil},
			{"after an expired one", expired + "; " + mine, nil},
			{"as chunks behind junk", dataName + "=junk; " + strings.Replace(mine, "=", ".0=", 1), nil},
			{"another's", other, cache.ErrInvalid},
			{"junk", dataName + "=junk", cache.ErrInvalid},
			{"expired", expired, cache.ErrExpired},
			{"under another name", "x" + mine, cache.ErrAbsent},
			{"empty", dataName + "=", cache.ErrAbsent},
			{"none", "", cache.ErrAbsent},
		} {
			e, err := c.Find([]string{v.header}, dataName, sampleToken, nodeNow)
			if err != v.want || (e != nil) != (err == nil) || e != nil && e.Session.Token != sampleToken {
				t.Errorf("%v, %s: got %v, %v, want %v", strategy, v.name, e, err, v.want)
			}
		}
	}
	s.Token = ""
	c := codecs[cache.Compact]
	value := encode(t, c, cache.Content{Session: s, User: u}, time.Minute)
	if e, err := c.Find([]string{dataName + "=" + value}, dataName, "", nodeNow); err == nil {
		t.Errorf("no token finds %+v", e)
	}
}

// TestRotation: signatures follow the keyring's policy, encryption opens what any configured secret sealed.
func TestRotation(t *testing.T) {
	t.Parallel()
	rotated := rotation(t)
	for _, v := range []struct {
		secret string
		keys   *secret.Keyring
		want   map[cache.Strategy]bool
	}{
		{nodeSecret, rotated, map[cache.Strategy]bool{cache.Compact: true, cache.JWT: true, cache.JWE: true}},
		{"first secret", rotated, map[cache.Strategy]bool{cache.JWE: true}},
		{"legacy secret", rotated, map[cache.Strategy]bool{cache.JWE: true}},
		{"first secret", rotated.AcceptRetired(), map[cache.Strategy]bool{cache.Compact: true, cache.JWT: true, cache.JWE: true}},
		{"unknown secret", rotated.AcceptRetired(), nil},
	} {
		for _, s := range strategies {
			value := encode(t, codec(t, v.secret, s), content(), time.Minute)
			_, err := codecOf(t, v.keys, cache.Config{Strategy: s}).Decode(value, nodeNow)
			if (err == nil) != v.want[s] {
				t.Errorf("%v by %q: got %v, want success %v", s, v.secret, err, v.want[s])
			}
		}
	}
}

// TestConcurrentUse lets many requests share codecs and, under the race detector, buffers.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			s, u := sample()
			u.Name = strings.Repeat(itoa(i), 100*i)
			for _, strategy := range strategies {
				c := codecs[strategy]
				for range 20 {
					value, err := c.Encode(cache.Content{Session: s, User: u}, nodeNow, time.Minute)
					if err != nil {
						t.Error(err)
						return
					}
					e, err := c.Decode(value, nodeNow)
					if err != nil || e.User.Name != u.Name {
						t.Errorf("%v: got %v, %v", strategy, e, err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestPrintingShowsNoKey: codecs end up in logs with whatever holds them.
func TestPrintingShowsNoKey(t *testing.T) {
	t.Parallel()
	const value = "a secret that must not be printed"
	printed := []string{fmt.Sprintf("%+v", cache.NewAccount(keyring(t, value)))}
	for _, s := range strategies {
		printed = append(printed, fmt.Sprintf("%v %+v %#v", codec(t, value, s), *codec(t, value, s), codec(t, value, s)))
	}
	if i := slices.IndexFunc(printed, func(s string) bool { return strings.Contains(s, value) }); i >= 0 {
		t.Errorf("got %s", printed[i])
	}
}
