package js

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

const oldestNode = 20

// lacking skips the test for want of a service; in CI, where all of them are meant to be there, it fails.
func lacking(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// requireNode finds a Node that is new enough.
func requireNode(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		lacking(t, "Node is missing: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), node, "--version").Output()
	if err != nil {
		t.Fatalf("%s --version: %v", node, err)
	}
	version := strings.TrimSpace(string(out))
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestNode {
		lacking(t, "Node is %s, want %d or newer", version, oldestNode)
	}
	return node
}

// requireModules wants node_modules to be as new as package-lock.json; CI brings it there.
func requireModules(t *testing.T, node string) {
	t.Helper()
	// npm writes the installed tree's lock file last.
	installed, lock := filepath.Join("node_modules", ".package-lock.json"), "package-lock.json"
	if !older(t, installed, lock) {
		return
	}
	if os.Getenv("CI") != "true" {
		t.Skip("the npm packages are missing or outdated: run `node setup.mjs` in conformance/js")
	}
	if out, err := exec.CommandContext(t.Context(), node, "setup.mjs").CombinedOutput(); err != nil {
		t.Fatalf("node setup.mjs: %v\n%s", err, out)
	}
	if older(t, installed, lock) {
		t.Fatalf("%s is missing or older than %s after node setup.mjs", installed, lock)
	}
}

// older reports whether a is missing or was written before b.
func older(t *testing.T, a, b string) bool {
	t.Helper()
	was, err := os.Stat(a)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	is, err := os.Stat(b)
	if err != nil {
		t.Fatal(err)
	}
	return was.ModTime().Before(is.ModTime())
}

// forbidCaching keeps the go tool from reusing this result. It knows nothing of what Node and the testbed read; but
// it never caches a test that has opened a file of its own module which is younger than two seconds.
func forbidCaching(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		mark := filepath.Join("node_modules", ".last-run")
		if err := os.WriteFile(mark, []byte(time.Now().Format(time.RFC3339)), 0o600); err != nil {
			t.Error(err)
		}
	})
}

// testbedCommand builds Cardea's testbed, unless CARDEA_TESTBED names the command of another one as a JSON array.
func testbedCommand(t *testing.T) []string {
	t.Helper()
	if text := os.Getenv("CARDEA_TESTBED"); text != "" {
		var command []string
		if err := json.Unmarshal([]byte(text), &command); err != nil || len(command) == 0 {
			t.Fatalf("CARDEA_TESTBED is %s, want a JSON array of a program and its arguments", text)
		}
		return command
	}
	return build(t, filepath.Join("..", "testbed"), ".")
}

// idpCommand builds the command that hosts identity providers.
func idpCommand(t *testing.T) []string {
	t.Helper()
	return build(t, filepath.Join("..", ".."), "./conformance/idp/cmd/idp")
}

// build builds a program of the module in dir and returns the command that starts it.
func build(t *testing.T, dir, pkg string) []string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s in %s: %v\n%s", pkg, dir, err, out)
	}
	return []string{binary, "--listen", "127.0.0.1:0"}
}

// writeValues lets Go make what Node is to read, and returns the file's name.
func writeValues(t *testing.T) string {
	t.Helper()
	run := exec.CommandContext(t.Context(), "go", "run", "./values")
	run.Dir = filepath.Join("..", "testbed")
	out, err := run.Output()
	if err != nil {
		t.Fatalf("go run ./values in %s: %v", run.Dir, err)
	}
	file := filepath.Join(t.TempDir(), "values.json")
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// startTestbed starts a testbed for the duration of the test and returns its control address.
func startTestbed(t *testing.T, command []string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	log := &strings.Builder{}
	cmd.Stderr = log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", command[0], err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // by the protocol, the end of its input ends the testbed
		_ = cmd.Wait()    // its status says nothing: the context may have killed it
		if t.Failed() {
			t.Logf("the testbed's log ends with:\n%s", tail(log.String(), 8<<10))
		}
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("%s ended before its control line: %v", command[0], err)
	}
	var ready struct{ Control string }
	if err := json.Unmarshal(line, &ready); err != nil || ready.Control == "" {
		t.Fatalf("%s printed %q, want a control line", command[0], line)
	}
	return ready.Control
}

// reachable returns the databases that can be used, and reports the others as skipped subtests.
func reachable(t *testing.T, node string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), node, append([]string{"lib/reachable.mjs"}, everyDatabase...)...).Output()
	if err != nil {
		t.Fatalf("node lib/reachable.mjs: %v", err)
	}
	var found []string
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("node lib/reachable.mjs printed %q: %v", out, err)
	}
	services := map[string]string{"postgres": "PostgreSQL (CARDEA_TEST_POSTGRES)", "mysql": "MySQL (CARDEA_TEST_MYSQL)"}
	for kind, service := range services {
		if len(intersect([]string{kind}, found)) == 0 {
			t.Run(kind, func(t *testing.T) { lacking(t, "%s cannot be reached", service) })
		}
	}
	return found
}

func tail(s string, n int) string {
	return s[max(0, len(s)-n):]
}
