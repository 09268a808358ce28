package cache_test

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/wire"
)

// TestEveryByteMatters changes each byte of a value in several ways. Base64 leaves a few bits at its end without meaning,
// which Compact must let pass, since better-auth does; then the content must be the same.
func TestEveryByteMatters(t *testing.T) {
	t.Parallel()
	for _, s := range strategies {
		c := codec(t, nodeSecret, s)
		value := encode(t, c, content(), time.Minute)
		want := decode(t, c, value)
		spellings := 0
		for i := range len(value) {
			for _, replacement := range []byte{value[i] ^ 1, value[i] ^ 0x20, 'A', '-', '=', '.', '\n', 0, 0xff} {
				if replacement == value[i] {
					continue
				}
				changed := value[:i] + string([]byte{replacement}) + value[i+1:]
				got, err := c.Decode(changed, nodeNow)
				if err == nil {
					spellings++
				}
				if err == nil && (s != cache.Compact || !reflect.DeepEqual(got, want)) {
					t.Errorf("%v: byte %d changed from %q to %q is accepted", s, i, value[i], replacement)
				}
			}
		}
		if spellings > 9 {
			t.Errorf("%v: %d changed values are accepted", s, spellings)
		}
	}
}

// TestEveryByteOfTheContentMatters changes the content and leaves everything around it as it was.
func TestEveryByteOfTheContentMatters(t *testing.T) {
	t.Parallel()
	c := codec(t, nodeSecret, cache.Compact)
	text, err := base64.RawURLEncoding.DecodeString(encode(t, c, content(), time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		for _, mask := range []byte{1, 2, 4, 8, 16, 32, 64, 128} {
			text[i] ^= mask
			if e, err := c.Decode(base64.RawURLEncoding.EncodeToString(text), nodeNow); err == nil {
				t.Errorf("byte %d of %s is accepted: %+v", i, text, e)
			}
			text[i] ^= mask
		}
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	account := cache.NewAccount(keyring(t, nodeSecret))
	for _, s := range strategies {
		c := codec(t, nodeSecret, s)
		value := encode(t, c, content(), time.Minute)
		for i := range len(value) {
			if _, err := c.Decode(value[:i], nodeNow); err != cache.ErrInvalid {
				t.Errorf("%v: the first %d bytes: got %v, want %v", s, i, err, cache.ErrInvalid)
			}
			if _, err := c.Decode(value[i+1:], nodeNow); err != cache.ErrInvalid {
				t.Errorf("%v: without the first %d bytes: got %v, want %v", s, i+1, err, cache.ErrInvalid)
			}
			if _, err := account.Decode(value[:i], nodeNow); err != cache.ErrInvalid {
				t.Errorf("account: the first %d bytes of %v: got %v, want %v", i, s, err, cache.ErrInvalid)
			}
		}
	}
}

// TestHuge: a value that is too long is refused before anything is done with it, also one that would be genuine.
func TestHuge(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", cache.MaxValueBytes)
	for _, s := range strategies {
		c := codec(t, nodeSecret, s)
		for filler, pattern := range map[string]string{"A": "A", "dots": ".", "braces": "{", "a header": "eyJhbGciOiJIUzI1NiJ9."} {
			for _, n := range []int{cache.MaxValueBytes, cache.MaxValueBytes + 1, 3 << 20} {
				if _, err := c.Decode(strings.Repeat(pattern, n/len(pattern)+1)[:n], nodeNow); err != cache.ErrInvalid {
					t.Errorf("%v: %d bytes of %s: got %v, want %v", s, n, filler, err, cache.ErrInvalid)
				}
			}
		}
		in := content()
		in.User = cache.Raw(strings.Replace(userText(t), `{`, `{"x":"`+name+`",`, 1))
		value := encode(t, c, in, time.Minute)
		if _, err := c.Decode(value, nodeNow); err != cache.ErrInvalid {
			t.Errorf("%v: a genuine value of %d bytes: got %v, want %v", s, len(value), err, cache.ErrInvalid)
		}
		large := content()
		large.User = cache.Raw(strings.Replace(userText(t), `{`, `{"x":"`+name[:250_000]+`",`, 1))
		if _, err := c.Decode(encode(t, c, large, time.Minute), nodeNow); err != nil {
			t.Errorf("%v: a genuine value within the limit: %v", s, err)
		}
	}
}

// TestDeepNesting: content may nest as deep as anything on the wire, and no deeper.
func TestDeepNesting(t *testing.T) {
	t.Parallel()
	for depth, want := range map[int]error{wire.DefaultDepth - 2: nil, wire.DefaultDepth - 1: cache.ErrInvalid, 100_000: cache.ErrInvalid} {
		in := content()
		in.User = cache.Raw(strings.Replace(userText(t), `{`, `{"x":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+`,`, 1))
		for _, s := range strategies {
			if _, err := codecs[s].Decode(encode(t, codecs[s], in, time.Minute), nodeNow); err != want {
				t.Errorf("%v, %d levels: got %v, want %v", s, depth, err, want)
			}
		}
	}
}

// TestStrategiesDoNotMix: a value is read by its own strategy and secret only, and no kind of cookie passes as another.
func TestStrategiesDoNotMix(t *testing.T) {
	t.Parallel()
	account := cache.NewAccount(keyring(t, nodeSecret))
	claims, err := wire.Parse([]byte(`{"session":`+sessionText(t)+`,"user":`+userText(t)+`,"updatedAt":1}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	accountValue, err := account.Encode(claims.(*wire.Object), nodeNow, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range strategies {
		value := encode(t, codecs[from], content(), time.Minute)
		for _, to := range strategies {
			if _, err := codecs[to].Decode(value, nodeNow); (err == nil) != (from == to) {
				t.Errorf("%v read as %v: got %v", from, to, err)
			}
		}
		if _, err := account.Decode(value, nodeNow); err != cache.ErrInvalid {
			t.Errorf("%v read as an account: got %v, want %v", from, err, cache.ErrInvalid)
		}
		if _, err := codecs[from].Decode(accountValue, nodeNow); err != cache.ErrInvalid {
			t.Errorf("an account read as %v: got %v, want %v", from, err, cache.ErrInvalid)
		}
		if _, err := codec(t, nodeSecret+"x", from).Decode(value, nodeNow); err != cache.ErrInvalid {
			t.Errorf("%v with another secret: got %v, want %v", from, err, cache.ErrInvalid)
		}
	}
}

// TestPadding seals texts of all lengths.
func TestPadding(t *testing.T) {
	t.Parallel()
	c := codecs[cache.JWE]
	for n := range 40 {
		text := strings.Repeat("x", n)
		if got, ok := c.Text(c.Seal([16]byte{9}, text)); !ok || got != text {
			t.Errorf("%d bytes: got %q, %v", n, got, ok)
		}
	}
}

func TestUnpad(t *testing.T) {
	t.Parallel()
	block := strings.Repeat("x", 15)
	for text, want := range map[string]int{
		block + "\x01":                           15,
		block + "x" + strings.Repeat("\x10", 16): 16,
		block[:14] + "\x02\x02":                  14,
		strings.Repeat("\x10", 16):               0,
		block + "\x00":                           -1,
		block + "\x11":                           -1,
		block + "\xff":                           -1,
		block[:14] + "\x01\x02":                  -1,
		block[:13] + "\x02\x03\x03":              -1,
	} {
		got, ok := cache.Unpad([]byte(text))
		if ok != (want >= 0) || ok && string(got) != text[:want] {
			t.Errorf("%q: got %q, %v, want %d bytes", text, got, ok, want)
		}
	}
}
