package authgin_test

import (
	"testing"

	"github.com/gin-gonic/gin"

	authgin "github.com/cardea-auth/cardea/adapters/gin"
)

func BenchmarkMount(b *testing.B) {
	r := gin.New()
	authgin.Mount(r, newAuth())
	benchmark(b, r)
}

func BenchmarkMountRoutes(b *testing.B) {
	r := gin.New()
	authgin.MountRoutes(r, newAuth())
	benchmark(b, r)
}
