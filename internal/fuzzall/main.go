// Command fuzzall runs every fuzz target of the given packages for a while, one after the other.
//
//	go run ./internal/fuzzall -time 10s ./...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	duration := flag.String("time", "10s", "how long to run each target")
	flag.Parse()
	packages, err := output("list", flag.Args()...)
	if err != nil {
		fail(err)
	}
	targets := 0
	for _, pkg := range strings.Fields(packages) {
		listed, err := output("test", "-run", "^$", "-list", "^Fuzz", pkg)
		if err != nil {
			fail(err)
		}
		for _, target := range strings.Fields(listed) {
			if !strings.HasPrefix(target, "Fuzz") {
				continue
			}
			targets++
			if err := fuzz(pkg, target, *duration); err != nil {
				fail(fmt.Errorf("%s %s: %w", pkg, target, err))
			}
		}
	}
	fmt.Printf("%d fuzz targets, %s each\n", targets, *duration)
}

// fuzz runs one target and prints what it printed.
func fuzz(pkg, target, duration string) error {
	cmd := exec.CommandContext(context.Background(), "go", "test", "-run", "^$", "-fuzz", "^"+target+"$", "-fuzztime", duration, pkg) //nolint:gosec // names come from go itself
	out, err := cmd.CombinedOutput()
	if _, writeErr := os.Stdout.Write(out); writeErr != nil {
		return writeErr
	}
	// When the time is over just as a worker starts on an input, go test calls that a failure. A real one names its input.
	if err != nil && strings.Contains(string(out), "context deadline exceeded") && !strings.Contains(string(out), "Failing input") {
		fmt.Println("the time was over between two inputs: nothing was found")
		return nil
	}
	return err
}

func output(verb string, args ...string) (string, error) {
	cmd := exec.CommandContext(context.Background(), "go", append([]string{verb}, args...)...) //nolint:gosec // arguments are package patterns
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return string(out), err
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "fuzzall:", err)
	os.Exit(1)
}
