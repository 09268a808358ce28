package authhttp_test

import (
	"net/http"
	"testing"

	authhttp "github.com/cardea-auth/cardea/adapters/stdlib"
)

func BenchmarkCore(b *testing.B) { benchmark(b, newAuth()) }

func BenchmarkMount(b *testing.B) {
	mux := http.NewServeMux()
	authhttp.Mount(mux, newAuth())
	benchmark(b, mux)
}

func BenchmarkMiddleware(b *testing.B) {
	benchmark(b, authhttp.Middleware(newAuth())(http.NewServeMux()))
}
