package authecho_test

import (
	"testing"

	"github.com/labstack/echo/v4"

	authecho "github.com/cardea-auth/cardea/adapters/echo"
)

func BenchmarkMount(b *testing.B) {
	e := echo.New()
	authecho.Mount(e, newAuth())
	benchmark(b, e)
}
