package cache_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/cookie/cache"
)

const dataName = "better-auth.session_data"

// plainContent is what the performance anchors measure with: no character needs an escape.
func plainContent() cache.Content {
	s, u := sample()
	agent := "load/1"
	s.UserAgent, u.Name, u.Email = &agent, "Bench User", "seed1@bench.test"
	return cache.Content{Session: s, User: u}
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop things at random")
	}
	for _, c := range []struct {
		strategy       cache.Strategy
		decode, encode float64
	}{
		{cache.Compact, 4, 3}, // the text, the entry, the two forms of the signature
		{cache.JWT, 3, 3},
		{cache.JWE, 3, 10},
	} {
		codec := codec(t, nodeSecret, c.strategy)
		in := plainContent()
		value := encode(t, codec, in, time.Minute)
		if got := testing.AllocsPerRun(300, func() { decode(t, codec, value) }); got > c.decode {
			t.Errorf("%v: decoding allocates %v times, want at most %v", c.strategy, got, c.decode)
		}
		if got := testing.AllocsPerRun(300, func() { encode(t, codec, in, time.Minute) }); got > c.encode {
			t.Errorf("%v: encoding allocates %v times, want at most %v", c.strategy, got, c.encode)
		}
		headers := []string{"_ga=GA1.1.1; better-auth.session_token=abc; " + dataName + "=" + value + "; theme=dark"}
		if got := testing.AllocsPerRun(300, func() { _, _ = codec.Find(headers, dataName, sampleToken, nodeNow) }); got > c.decode+3 {
			t.Errorf("%v: finding allocates %v times, want at most %v", c.strategy, got, c.decode+3)
		}
	}
}

func TestRefusingAllocatesNothing(t *testing.T) {
	long := strings.Repeat("A", cache.MaxValueBytes+1)
	for _, c := range codecs {
		for _, value := range []string{long, "", "a\nb"} {
			if got := testing.AllocsPerRun(100, func() { _, _ = c.Decode(value, nodeNow) }); got != 0 {
				t.Errorf("refusing %.10q allocates %v times", value, got)
			}
		}
	}
}

func decode(t testing.TB, c *cache.Codec, value string) *cache.Entry {
	t.Helper()
	e, err := c.Decode(value, nodeNow)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func BenchmarkDecode(b *testing.B) {
	for _, s := range strategies {
		b.Run(s.String(), func(b *testing.B) {
			c := codec(b, nodeSecret, s)
			value := encode(b, c, plainContent(), time.Minute)
			b.ReportAllocs()
			for b.Loop() {
				decode(b, c, value)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, s := range strategies {
		b.Run(s.String(), func(b *testing.B) {
			c := codec(b, nodeSecret, s)
			in := plainContent()
			b.ReportAllocs()
			for b.Loop() {
				encode(b, c, in, time.Minute)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	c := codec(b, nodeSecret, cache.Compact)
	in := plainContent()
	headers := []string{"_ga=GA1.1.1234567890.1700000000; better-auth.session_token=abc; " + dataName + "=" + encode(b, c, in, time.Minute)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Find(headers, dataName, sampleToken, nodeNow); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindChunked(b *testing.B) {
	c := codec(b, nodeSecret, cache.JWE)
	in := plainContent()
	in.Session = cache.Raw(`{"note":"` + strings.Repeat("x", 9000) + `",` + sessionText(b)[1:])
	parts, err := cache.Split(cookie.Cookie{Name: dataName, Value: encode(b, c, in, time.Minute)})
	if err != nil || len(parts) < 3 {
		b.Fatal(len(parts), err)
	}
	headers := []string{header(parts)}
	b.SetBytes(int64(len(headers[0])))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Find(headers, dataName, sampleToken, nodeNow); err != nil {
			b.Fatal(err)
		}
	}
}

func sessionText(t testing.TB) string {
	t.Helper()
	s, _ := sample()
	text, err := s.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// header writes cookies as a browser sends them.
func header(cookies []cookie.Cookie) (line string) {
	for i, c := range cookies {
		if i > 0 {
			line += "; "
		}
		line += c.Name + "=" + c.Value
	}
	return line
}
