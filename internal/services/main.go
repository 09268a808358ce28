// Command services says which of the services that tests can use are within reach. With CI=true it fails if one is not.
package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	missing := 0
	for _, s := range []struct {
		name, use string
		ok        bool
	}{
		{"PostgreSQL", "CARDEA_TEST_POSTGRES", reachable(postgres())},
		{"MariaDB", "CARDEA_TEST_MYSQL", reachable(mysql())},
		{"Redis", "CARDEA_TEST_REDIS", reachable(env("CARDEA_TEST_REDIS", "127.0.0.1:6379"))},
		{"Node.js", "PATH", nodeRuns()},
	} {
		state := "found"
		if !s.ok {
			missing++
			state = "not found (" + s.use + "): the tests that need it are skipped"
		}
		fmt.Printf("%-10s %s\n", s.name, state)
	}
	if missing > 0 && os.Getenv("CI") == "true" {
		fmt.Println("CI needs all of them")
		os.Exit(1)
	}
}

func env(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

func postgres() string {
	u, err := url.Parse(env("CARDEA_TEST_POSTGRES", "postgres://127.0.0.1:5432/"))
	if err != nil {
		return ""
	}
	if u.Port() == "" {
		return u.Host + ":5432"
	}
	return u.Host
}

// mysql returns the address in a DSN such as root@tcp(127.0.0.1:3306)/test.
func mysql() string {
	_, rest, _ := strings.Cut(env("CARDEA_TEST_MYSQL", "root@tcp(127.0.0.1:3306)/"), "(")
	address, _, _ := strings.Cut(rest, ")")
	return address
}

func reachable(address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

func nodeRuns() bool {
	return exec.CommandContext(context.Background(), "node", "--version").Run() == nil
}
