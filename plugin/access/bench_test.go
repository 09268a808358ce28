package access_test

import (
	"testing"

	"github.com/cardea-auth/cardea/plugin/access"
)

func BenchmarkCan(b *testing.B) {
	r := roles["editor"]
	b.ReportAllocs()
	for b.Loop() {
		if !r.Can(share) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkRolesCan(b *testing.B) {
	names := []string{"cashier", "editor"}
	b.ReportAllocs()
	for b.Loop() {
		if !roles.Can(names, create, share) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkAuthorize(b *testing.B) {
	q := access.All(access.Statements{"project": {"create", "share"}})
	r := roles["editor"]
	b.ReportAllocs()
	for b.Loop() {
		if !r.Authorize(q).Allowed {
			b.Fatal("refused")
		}
	}
}
