package cache_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/wire"
)

// fuzzDecode feeds a decoder with values. What it accepts must be complete, and what is made of it must say the same.
func fuzzDecode(f *testing.F, s cache.Strategy) {
	c := codecs[s]
	f.Add(encode(f, c, content(), time.Minute))
	for _, v := range loadNode(f).Judged {
		if v.Strategy == s.String() {
			f.Add(v.Value)
		}
	}
	f.Fuzz(func(t *testing.T, value string) {
		e, err := c.Decode(value, nodeNow)
		if err != nil {
			if e != nil || err != cache.ErrInvalid && err != cache.ErrExpired {
				t.Errorf("got %v, %v", e, err)
			}
			return
		}
		if e.Session.ID == "" && e.Session.Token == "" || !e.ExpiresAt.After(nodeNow) || !e.Session.ExpiresAt.After(nodeNow) || e.Version == "" {
			t.Errorf("accepted %+v", e)
		}
		again := decode(t, c, encode(t, c, cache.Content{Session: e.SessionJSON, User: e.UserJSON, Version: e.Version}, time.Hour))
		if again.SessionJSON != e.SessionJSON || again.UserJSON != e.UserJSON || again.Version != e.Version {
			t.Errorf("again: got %+v, want %+v", again, e)
		}
	})
}

func FuzzDecodeCompact(f *testing.F) { fuzzDecode(f, cache.Compact) }

func FuzzDecodeJWT(f *testing.F) { fuzzDecode(f, cache.JWT) }

func FuzzDecodeJWE(f *testing.F) { fuzzDecode(f, cache.JWE) }

// FuzzContent signs whatever it is given: behind the signature stands a parser, too, and Node may write what we do not
// expect.
func FuzzContent(f *testing.F) {
	table := tables(f, extras...)
	codecs := map[cache.Strategy]*cache.Codec{}
	for _, s := range strategies {
		codecs[s] = codecOf(f, keyring(f, nodeSecret), cache.Config{Strategy: s, Schema: table})
	}
	f.Add(sessionText(f), userText(f), "1")
	f.Add(`{"id":"a","id":1}`, `{"name":"\ud800"}`, "\xff")
	f.Add(strings.Replace(sessionText(f), "Z", "+00:00", 1), `{"tags":["a"],`+userText(f)[1:], "")
	f.Fuzz(func(t *testing.T, session, user, version string) {
		if !isObject(session) || !isObject(user) { // appenders write JSON
			return
		}
		var accepted int
		for _, s := range strategies {
			value, err := codecs[s].Encode(cache.Content{Session: cache.Raw(session), User: cache.Raw(user), Version: version}, nodeNow, time.Minute)
			if err != nil {
				return // white space before the brace
			}
			e, err := codecs[s].Decode(value, nodeNow)
			if err != nil {
				continue
			}
			accepted++
			for _, raw := range []cache.Raw{e.SessionJSON, e.UserJSON} {
				if !isObject(string(raw)) {
					t.Errorf("%v: accepted %s, which is no object", s, raw)
				}
			}
			for _, row := range []wire.Appender{&e.Session, &e.User} {
				if _, err := row.AppendJSON(nil); err != nil {
					t.Errorf("%v: %v", s, err)
				}
			}
		}
		if accepted != 0 && accepted != len(strategies) {
			t.Errorf("%d strategies accept %s and %s", accepted, session, user)
		}
	})
}

func isObject(text string) bool {
	v, err := wire.Parse([]byte(text), wire.Limits{})
	_, ok := v.(*wire.Object)
	return ok && err == nil
}

func FuzzDecodeAccount(f *testing.F) {
	c := cache.NewAccount(keyring(f, nodeSecret))
	for _, v := range loadNode(f).Accounts {
		f.Add(v.Value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if claims, err := c.Decode(value, nodeNow); err != nil && (claims != nil || err != cache.ErrInvalid && err != cache.ErrExpired) {
			t.Errorf("got %v, %v", claims, err)
		}
	})
}

// FuzzChunks splits a value, sends it back among other cookies, and expects to find it.
func FuzzChunks(f *testing.F) {
	f.Add(100, "other=1; n.x=2; n.01=3")
	f.Add(9000, "m.0=1; \x00")
	f.Add(4000, "n=; n.=x")
	f.Fuzz(func(t *testing.T, length int, others string) {
		if length < 1 || length > 50_000 {
			return
		}
		c := cookie.Cookie{Name: "n", Value: strings.Repeat("v", length)}
		parts, err := cache.Update([]string{others}, c)
		if err != nil {
			t.Fatal(err)
		}
		live := slices.DeleteFunc(slices.Clone(parts), func(p cookie.Cookie) bool { return p.Value == "" })
		if got := slices.Collect(cache.Values([]string{header(live)}, "n")); len(got) != 1 || got[0] != c.Value {
			t.Errorf("got %d values back", len(got))
		}
		for _, deleted := range parts {
			if age, ok := deleted.MaxAge.Duration(); deleted.Value == "" && (!ok || age != 0) {
				t.Errorf("%s is left empty, not deleted", deleted.Name)
			}
		}
		// Whatever else the request has, what is found fits the limits.
		for value := range cache.Values([]string{others, header(live)}, "n") {
			if len(value) > cache.MaxValueBytes && !strings.Contains(others, value) {
				t.Errorf("got a value of %d bytes", len(value))
			}
		}
	})
}
