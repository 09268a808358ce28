package js

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	everyAdapter  = []string{"stdlib", "echo", "gin", "fiber"}
	everyDatabase = []string{"memory", "sqlite", "postgres", "mysql"}
)

// set is a product of adapters and databases that one run of Node covers.
type set struct{ adapters, databases []string }

// scenarioSets reads CARDEA_MATRIX: core, the default, or full.
func scenarioSets(t *testing.T) []set {
	switch name := os.Getenv("CARDEA_MATRIX"); name {
	case "", "core":
		return []set{{everyAdapter[:1], everyDatabase}, {everyAdapter[1:], []string{"sqlite"}}}
	case "full":
		return []set{{everyAdapter, everyDatabase}}
	default:
		t.Fatalf("CARDEA_MATRIX is %q, want core or full", name)
		return nil
	}
}

// Every adapter has to give the same answers, and so does every database under one of them.
var differentialSets = []set{{everyAdapter, []string{"memory"}}, {everyAdapter[:1], everyDatabase[1:]}}

func TestConformance(t *testing.T) {
	t.Parallel()
	node := requireNode(t)
	requireModules(t, node)
	forbidCaching(t)
	testbed := testbedCommand(t)
	databases := reachable(t, node)

	// All that follows asks one process for identity providers. It starts and ends as a testbed does.
	providers := "IDP_CONTROL=" + startTestbed(t, idpCommand(t))
	t.Run("tools", func(t *testing.T) {
		runTests(t, node, "reference", nil)
		runTests(t, node, "differential", []string{providers})
	})
	t.Run("values", func(t *testing.T) {
		runTests(t, node, "values", []string{"VALUES=" + writeValues(t)})
	})
	t.Run("scenarios", func(t *testing.T) {
		control := startTestbed(t, testbed)
		for _, s := range scenarioSets(t) {
			runTests(t, node, "scenarios", []string{
				"TESTBED_CONTROL=" + control,
				providers,
				"ADAPTERS=" + strings.Join(s.adapters, ","),
				"DATABASES=" + strings.Join(intersect(s.databases, databases), ","),
			})
		}
	})
	t.Run("differential", func(t *testing.T) {
		for _, s := range differentialSets {
			runDifferential(t, node, testbed, set{s.adapters, intersect(s.databases, databases)}, []string{providers})
		}
	})
	t.Run("walks", func(t *testing.T) {
		runDifferential(t, node, testbed, set{everyAdapter, []string{"memory"}}, nil, "--walks", "10")
	})
}

// result is a line of lib/reporter.mjs.
type result struct {
	File  string
	Path  []string
	OK    bool
	Skip  *string
	Error string
}

// runTests runs the node:test files of a folder and shows each of their tests as a subtest.
func runTests(t *testing.T, node, folder string, env []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.test.mjs"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no test files in %s (%v)", folder, err)
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{"--test", "--test-reporter=./lib/reporter.mjs"}, files...)...)
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started := time.Now()
	runErr := cmd.Run()
	t.Logf("node --test %s %s: %.1f s", folder, strings.Join(env, " "), time.Since(started).Seconds())

	ran, failed := 0, false
	for decoder := json.NewDecoder(&stdout); decoder.More(); ran++ {
		var r result
		if err := decoder.Decode(&r); err != nil {
			t.Fatalf("node --test wrote no result (%v): %s", err, stderr.String())
		}
		failed = failed || !r.OK
		t.Run(path.Join(r.File, path.Join(r.Path...)), func(t *testing.T) {
			switch {
			case r.Skip != nil:
				t.Skip(*r.Skip)
			case !r.OK:
				t.Error(r.Error)
			}
		})
	}
	// What breaks outside of any test shows only here.
	if ran == 0 || (runErr != nil && !failed) {
		t.Errorf("node --test %s ran %d tests and ended with %v: %s", folder, ran, runErr, stderr.String())
	}
}

// runDifferential compares the testbed with the reference.
func runDifferential(t *testing.T, node string, testbed []string, s set, env []string, flags ...string) {
	t.Helper()
	command, err := json.Marshal(testbed)
	if err != nil {
		t.Fatal(err)
	}
	t.Run(strings.Join(s.adapters, "+")+" on "+strings.Join(s.databases, "+"), func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), node, append([]string{"differential/run.mjs", "--subject", string(command),
			"--adapters", strings.Join(s.adapters, ","), "--databases", strings.Join(s.databases, ",")}, flags...)...)
		cmd.Env = append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("the testbed and the reference differ (%v):\n%s", err, out)
		}
		t.Log(string(bytes.TrimSpace(out)))
	})
}

// intersect keeps of a what is also in b.
func intersect(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}
