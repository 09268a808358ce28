package origin_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/origin"
)

func BenchmarkTrusted(b *testing.B) {
	l := newList(b, "https://auth.example.com", "https://app.example.com", "https://*.tenant.example", "myapp://")
	for name, url := range map[string]string{
		"exact":    "https://app.example.com",
		"referer":  "https://app.example.com/login?next=%2Fhome",
		"wildcard": "https://t1.tenant.example",
		"refused":  "https://evil.example",
		"relative": "/dashboard?tab=1",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.TrustedRedirect(url)
			}
		})
	}
}

func BenchmarkGlob(b *testing.B) {
	g, err := origin.NewGlob("/two-factor/*")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		g.Match("/two-factor/verify-totp")
	}
}
