// Command bench measures what Cardea costs beside a hand-written server that does the bare minimum, in one run, and
// prints a table.
//
//	make bench            # or: cd bench && go run . -d 5s
//
// Each row starts a server of its own in a process with one core (GOMAXPROCS=1) and asks it over loopback from this one.
// CPU time of the server process for each request is the steadiest figure on a shared machine; compare within a run only.
// PostgreSQL is used if CARDEA_TEST_POSTGRES, or the standard port of this machine, answers.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie/cache"
)

func main() {
	serve := flag.String("serve", "", "run as a server: the name of a cell (used by bench itself)")
	dsn := flag.String("dsn", "", "the server's database")
	duration := flag.Duration("d", 3*time.Second, "how long to measure each cell")
	rounds := flag.Int("rounds", 3, "how often to measure each cell; the median counts")
	only := flag.String("only", "", "a regular expression: measure the cells whose name matches")
	flag.Parse()
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *serve != "" {
		err = serveCell(*serve, *dsn)
	} else {
		err = measure(ctx, *duration, *rounds, regexp.MustCompile(*only))
	}
	if err != nil {
		log.Fatal(err)
	}
}

// cell is one row of the table: a server and what it is asked.
type cell struct {
	group   string // rows of one group are compared with its first
	name    string
	store   string // none, memory, sqlite, postgres
	adapter string // floor, nethttp, echo, gin, fiber
	ask     string // get-session, sign-in, sign-up, hash
	cached  bool   // the session is in the cookie cache
	format  cache.Strategy
	plugins []core.Plugin // besides emailpassword
}

func (c cell) key() string { return c.group + "/" + c.name }

func cells(postgres bool) []cell {
	var out []cell
	for _, s := range []string{"memory", "sqlite", "postgres"} {
		if s == "postgres" && !postgres {
			continue
		}
		group := "get-session " + s
		if s != "memory" {
			out = append(out, cell{group: group, name: "floor", store: s, adapter: "floor", ask: "get-session"})
		}
		for _, a := range []string{"nethttp", "echo", "gin", "fiber"} {
			out = append(out, cell{group: group, name: a, store: s, adapter: a, ask: "get-session"})
		}
	}
	for _, p := range pluginSets() {
		out = append(out, cell{group: "get-session plugins", name: p.name, store: "sqlite", adapter: "nethttp", ask: "get-session", plugins: p.plugins})
	}
	for _, format := range []cache.Strategy{cache.Compact, cache.JWT, cache.JWE} {
		for _, a := range []string{"floor", "nethttp"} {
			out = append(out, cell{
				group: "cookie cache " + format.String(), name: a, store: "memory", adapter: a, ask: "get-session", cached: true, format: format,
			})
		}
	}
	for _, a := range []string{"floor", "nethttp", "echo", "gin", "fiber"} {
		out = append(out, cell{group: "no session", name: a, store: "memory", adapter: a, ask: "no-session"})
	}
	return append(out,
		cell{group: "password", name: "bare hash", store: "sqlite", adapter: "floor", ask: "hash"},
		cell{group: "password", name: "sign-in", store: "sqlite", adapter: "nethttp", ask: "sign-in"},
		cell{group: "password", name: "sign-up", store: "sqlite", adapter: "nethttp", ask: "sign-up"},
	)
}

func measure(ctx context.Context, d time.Duration, rounds int, only *regexp.Regexp) error {
	dir, err := os.MkdirTemp("", "cardea-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pg, drop, err := benchPostgres(ctx)
	if err != nil {
		fmt.Println("PostgreSQL not measured:", err)
	} else {
		defer drop()
	}
	dsns := map[string]string{"sqlite": filepath.Join(dir, "bench.sqlite"), "postgres": pg, "memory": "", "none": ""}
	results := map[string][]sample{}
	order := []cell{}
	for _, c := range cells(pg != "") {
		if only.MatchString(c.key()) {
			order = append(order, c)
		}
	}
	for range rounds { // rounds alternate between the servers, so that a slow minute hits all of them
		for _, c := range order {
			dsn := dsns[c.store]
			if len(c.plugins) > 0 {
				dsn += "." + c.name // columns of plugins are not for the others
			}
			s, err := run(ctx, c, dsn, d)
			if err != nil {
				return fmt.Errorf("%s: %w", c.key(), err)
			}
			results[c.key()] = append(results[c.key()], s)
		}
	}
	printTable(os.Stdout, order, results)
	if only.String() != "" && only.String() != "extra" {
		return nil
	}
	return measureExtra(ctx, dsns["sqlite"])
}
