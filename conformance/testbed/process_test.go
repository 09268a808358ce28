package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asTestbed, in the environment, makes the test's executable the testbed itself, so that tests can start processes of it.
const asTestbed = "CARDEA_TEST_AS_TESTBED"

func TestMain(m *testing.M) {
	if os.Getenv(asTestbed) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a testbed in a process of its own.
type process struct {
	*testbed
	cmd   *exec.Cmd
	stdin io.Closer
	log   *bytes.Buffer
	wait  func() error
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a testbed that hangs
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asTestbed+"=1")
	p := &process{cmd: cmd, log: &bytes.Buffer{}}
	cmd.Stderr = p.log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.stdin, p.wait = stdin, sync.OnceValue(cmd.Wait)
	t.Cleanup(func() {
		stdin.Close()
		if err := p.wait(); err != nil {
			t.Errorf("the testbed ended with %v:\n%s", err, p.log)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	var started struct{ Control string }
	if err != nil || json.Unmarshal([]byte(line), &started) != nil || !strings.HasPrefix(started.Control, "http://127.0.0.1:") {
		t.Fatalf("got %q, %v for a control line", line, err)
	}
	p.testbed = connect(t, started.Control)
	return p
}

func TestProcessEndsWithItsInput(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--listen", "127.0.0.1:0")
	i := p.open(map[string]any{"options": enabled()})
	i.signUp("ann@example.com")
	p.stdin.Close()
	if err := p.wait(); err != nil {
		t.Errorf("got %v, want a good end\n%s", err, p.log)
	}
	waitUntilClosed(t, i.url)
	waitUntilClosed(t, p.control)
}

func TestProcessEndsOnSIGTERM(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	p.open(map[string]any{"adapter": "fiber", "options": enabled()})
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.wait(); err != nil {
		t.Errorf("got %v, want a good end\n%s", err, p.log)
	}
}

func TestRunListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "nonsense"} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // were it to listen, it would end at once, and without an error
		if err := run(ctx, address, io.Discard); err == nil {
			t.Errorf("%s: got no error", address)
		}
	}
}
