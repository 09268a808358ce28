package cache_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/wire"
)

func object(t testing.TB, text string) *wire.Object {
	t.Helper()
	v, err := wire.Parse([]byte(text), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return v.(*wire.Object)
}

func TestAccountRoundTrip(t *testing.T) {
	t.Parallel()
	c := cache.NewAccount(keyring(t, nodeSecret))
	for in, want := range map[string]string{
		`{"id":"a","scope":null,"accessToken":"t","n":1}`:                  `{"id":"a","scope":null,"accessToken":"t","n":1}`,
		`{"iat":1,"id":"a","exp":2,"userId":"u","jti":"old","name":"é 😀"}`: `{"id":"a","userId":"u","name":"é 😀"}`,
		`{}`:          `{}`,
		`{"exp":1}`:   `{}`,
		`{"nbf":"x"}`: "", // an account has no such column
	} {
		claims := object(t, in)
		value, err := c.Encode(claims, nodeNow, time.Minute)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if after, _ := wire.Append(nil, claims); string(after) != in {
			t.Errorf("%s was changed to %s", in, after)
		}
		got, err := c.Decode(value, nodeNow)
		if want == "" {
			if err != cache.ErrInvalid {
				t.Errorf("%s: got %v, want %v", in, err, cache.ErrInvalid)
			}
			continue
		}
		if text, _ := wire.Append(nil, got); err != nil || string(text) != want {
			t.Errorf("%s: got %s, %v, want %s", in, text, err, want)
		}
	}
}

func TestAccountExpiry(t *testing.T) {
	t.Parallel()
	c := cache.NewAccount(keyring(t, nodeSecret))
	second := nodeNow.Truncate(time.Second)
	for lifetime, want := range map[time.Duration]time.Duration{0: 5 * time.Minute, -time.Hour: 5 * time.Minute, time.Hour: time.Hour} {
		value, err := c.Encode(object(t, `{"id":"a"}`), nodeNow, lifetime)
		if err != nil {
			t.Fatal(err)
		}
		end := second.Add(want + 15*time.Second)
		if _, err := c.Decode(value, end.Add(-time.Millisecond)); err != nil {
			t.Errorf("%v, before its end: %v", lifetime, err)
		}
		if _, err := c.Decode(value, end); err != cache.ErrExpired {
			t.Errorf("%v, at its end: got %v, want %v", lifetime, err, cache.ErrExpired)
		}
	}
}

func TestAccountRefuses(t *testing.T) {
	t.Parallel()
	c := cache.NewAccount(keyring(t, nodeSecret))
	for _, text := range []string{`{"id":"a"}`, `{"exp":null}`, `{"exp":"1"}`, `[]`, `{`, `{"exp":1e300}`, "{\"exp\":9999999999,\"a\":\"\xff\"}", `{"exp":9999999999} x`, ``} {
		if claims, err := c.Decode(c.Seal([16]byte{1}, text), nodeNow); err != cache.ErrInvalid {
			t.Errorf("%s: got %v, %v, want %v", text, claims, err, cache.ErrInvalid)
		}
	}
	if _, err := c.Encode(withChannel(), nodeNow, 0); err == nil {
		t.Error("a value that JSON cannot hold is encoded")
	}
}

func withChannel() *wire.Object {
	o := wire.NewObject()
	o.Set("c", make(chan int))
	return o
}

func TestAccountFind(t *testing.T) {
	t.Parallel()
	c := cache.NewAccount(keyring(t, nodeSecret))
	value, err := c.Encode(object(t, `{"id":"a"}`), nodeNow, 0)
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]error{
		"n=" + value: nil, "n=junk; n=" + value: nil, "n.1=" + value[100:] + "; n.0=" + value[:100]: nil,
		"n=junk": cache.ErrInvalid, "m=" + value: cache.ErrAbsent, "": cache.ErrAbsent,
	} {
		if claims, err := c.Find([]string{header}, "n", nodeNow); !errors.Is(err, want) || (claims == nil) != (err != nil) {
			t.Errorf("%.20s…: got %v, %v, want %v", header, claims, err, want)
		}
	}
	if _, err := c.Find([]string{"n=" + strings.ToUpper(value)}, "n", nodeNow); err != cache.ErrInvalid {
		t.Errorf("altered: got %v, want %v", err, cache.ErrInvalid)
	}
}

func TestAccountRotation(t *testing.T) {
	t.Parallel()
	c := cache.NewAccount(rotation(t))
	for of, want := range map[string]error{nodeSecret: nil, "second secret": nil, "legacy secret": nil, "unknown secret": cache.ErrInvalid} {
		value, err := cache.NewAccount(keyring(t, of)).Encode(object(t, `{"id":"a"}`), nodeNow, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Decode(value, nodeNow); err != want {
			t.Errorf("%s: got %v, want %v", of, err, want)
		}
	}
}
