package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// server is a cell's process.
type server struct {
	cmd     *exec.Cmd
	address string
	started time.Duration // from spawning to the first answer
}

func startServer(ctx context.Context, c cell, dsn string, env ...string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-serve", c.key(), "-dsn", dsn) //nolint:gosec // our own binary
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(err, cmd.Wait())
	}
	s := &server{cmd: cmd, address: strings.TrimSpace(address)}
	if _, err := status(ctx, http.MethodGet, s.address, "/api/auth/ok", ""); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	s.started = time.Since(began)
	return s, nil
}

func (s *server) stop() error {
	return errors.Join(s.cmd.Process.Signal(syscall.SIGTERM), ignoreSignal(s.cmd.Wait()))
}

// status sends a request and returns the status.
func status(ctx context.Context, method, address, path, body string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+address+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, errors.Join(err, res.Body.Close())
}

// measureExtra measures what a closed loop does not show: start, rest, a steady trickle, and a flood of sign-ins.
func measureExtra(ctx context.Context, dsn string) error {
	c := cell{group: "get-session sqlite", name: "nethttp", store: "sqlite", adapter: "nethttp", ask: "get-session"}
	var starts []time.Duration
	var idle float64
	for range 5 {
		s, err := startServer(ctx, c, dsn, "GOMAXPROCS=1")
		if err != nil {
			return err
		}
		starts, idle = append(starts, s.started), rss(s.cmd.Process.Pid)
		if err := s.stop(); err != nil {
			return err
		}
	}
	slices.Sort(starts)
	fmt.Printf("\nstart to first answer, SQLite with its tables: %v (median of 5); idle RSS %.0f MiB\n", starts[2].Round(time.Millisecond), idle)
	if err := trickle(ctx, c, dsn); err != nil {
		return err
	}
	return flood(ctx, c, dsn)
}

// trickle asks 300 times a second, whatever the answers take, for ten seconds.
func trickle(ctx context.Context, c cell, dsn string) error {
	s, err := startServer(ctx, c, dsn, "GOMAXPROCS=1")
	if err != nil {
		return err
	}
	cookie, err := signedIn(ctx, s.address, c.ask)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	const rate, connections = 300, 8
	var mu sync.Mutex
	var latencies []time.Duration
	var failed error
	var wg sync.WaitGroup
	for i := range connections {
		wg.Go(func() {
			time.Sleep(time.Second / rate * time.Duration(i)) // so that they take turns
			ticker := time.NewTicker(time.Second * connections / rate)
			defer ticker.Stop()
			got, err := paced(s.address, c.ask, cookie, ticker.C, 10*rate/connections)
			mu.Lock()
			defer mu.Unlock()
			latencies, failed = append(latencies, got...), errors.Join(failed, err)
		})
	}
	wg.Wait()
	if failed != nil {
		return errors.Join(failed, s.stop())
	}
	slices.Sort(latencies)
	fmt.Printf("get-session at %d a second: p50 %v, p99 %v (%d requests)\n", rate,
		latencies[len(latencies)/2].Round(time.Microsecond), latencies[len(latencies)*99/100].Round(time.Microsecond), len(latencies))
	return s.stop()
}

// flood sends 500 sign-ins at once and asks for something else meanwhile.
func flood(ctx context.Context, c cell, dsn string) error {
	s, err := startServer(ctx, c, dsn)
	if err != nil {
		return err
	}
	cookie, err := signedIn(ctx, s.address, c.ask)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	before := rss(s.cmd.Process.Pid)
	done := make(chan struct{})
	var peak float64
	var others []time.Duration
	var watch sync.WaitGroup
	var watched error
	watch.Go(func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			default:
			}
			got, err := paced(s.address, c.ask, cookie, ticker.C, 1)
			watched = errors.Join(watched, err)
			others, peak = append(others, got...), max(peak, rss(s.cmd.Process.Pid))
		}
	})
	statuses := map[int]int{}
	var slowest time.Duration
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() {
			began := time.Now()
			code, err := status(ctx, http.MethodPost, s.address, "/api/auth/sign-in/email", body("sign-in", 0))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				code = 0
			}
			statuses[code]++
			slowest = max(slowest, time.Since(began))
		})
	}
	wg.Wait()
	close(done)
	watch.Wait()
	slices.Sort(others)
	fmt.Printf("500 sign-ins at once: answers %v, the last after %v; RSS %.0f MiB before, %.0f MiB at most; get-session meanwhile p50 %v, p99 %v (%d requests)\n",
		statuses, slowest.Round(time.Millisecond), before, peak, others[len(others)/2].Round(time.Microsecond),
		others[len(others)*99/100].Round(time.Microsecond), len(others))
	return errors.Join(watched, s.stop())
}
