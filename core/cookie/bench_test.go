package cookie_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
	"github.com/cardea-auth/cardea/core/secret"
)

const sessionName = "better-auth.session_token"

// request returns the Cookie header of a browser with a session, among the cookies of an analytics script.
func request(k *secret.Keyring) []string {
	signed := cookie.Sign(k, "DjqO3R2DBMni2fHlgUDa4UE10w9QB11q")
	return []string{"_ga=GA1.1.1234567890.1700000000; theme=dark; " + sessionName + "=" + cookie.EncodeURIComponent(signed)}
}

func sessionCookie(k *secret.Keyring) cookie.Cookie {
	jar := cookie.Jar{Secure: true}
	c := jar.Cookie("session_token", cookie.Patch{MaxAge: new(cookie.For(7 * 24 * time.Hour))})
	c.Value = cookie.Sign(k, "DjqO3R2DBMni2fHlgUDa4UE10w9QB11q")
	return c
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop things at random")
	}
	k := keyring(t, "a secret for counting allocations")
	headers := request(k)
	raw, _ := cookie.Get(headers, sessionName)
	c := sessionCookie(k)
	dst := make([]byte, 0, 256)
	for _, a := range []struct {
		name string
		want float64
		run  func()
	}{
		{"Get plain", 0, func() { cookie.Get(headers, "theme") }},
		{"Get absent", 0, func() { cookie.Get(headers, "absent") }},
		{"Get encoded", 1, func() { cookie.Get(headers, sessionName) }},
		{"Last plain", 0, func() { cookie.Last(headers, "theme") }},
		{"Unsign", 0, func() { cookie.Unsign(k, raw) }},
		{"GetSigned", 1, func() { cookie.GetSigned(k, headers, sessionName) }},
		{"Sign", 1, func() { cookie.Sign(k, "DjqO3R2DBMni2fHlgUDa4UE10w9QB11q") }},
		{"AppendSetCookie", 0, func() { cookie.AppendSetCookie(dst, c) }},
	} {
		if got := testing.AllocsPerRun(500, a.run); got > a.want {
			t.Errorf("%s: got %v allocations, want at most %v", a.name, got, a.want)
		}
	}
}

func BenchmarkGetSigned(b *testing.B) {
	k := keyring(b, "a secret")
	headers := request(k)
	b.ReportAllocs()
	for b.Loop() {
		if _, result := cookie.GetSigned(k, headers, sessionName); result != cookie.OK {
			b.Fatal(result)
		}
	}
}

func BenchmarkGetPlain(b *testing.B) {
	headers := request(keyring(b, "a secret"))
	b.ReportAllocs()
	for b.Loop() {
		cookie.Get(headers, "theme")
	}
}

func BenchmarkAppendSetCookie(b *testing.B) {
	c := sessionCookie(keyring(b, "a secret"))
	dst := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cookie.AppendSetCookie(dst, c); err != nil {
			b.Fatal(err)
		}
	}
}
