package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	benchEmail    = "bench@example.com"
	benchPassword = "password-1234"
	origin        = "http://127.0.0.1"
)

// run starts the cell's server, asks it for a while and stops it.
func run(ctx context.Context, c cell, dsn string, d time.Duration) (sample, error) {
	server, err := startServer(ctx, c, dsn, "GOMAXPROCS=1")
	if err != nil {
		return sample{}, err
	}
	s, err := ask(ctx, c, server.address, server.cmd.Process.Pid, d)
	return s, errors.Join(err, server.stop())
}

func ignoreSignal(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && !exit.Exited() {
		return nil
	}
	return err
}

func ask(ctx context.Context, c cell, address string, pid int, d time.Duration) (sample, error) {
	cookie, err := signedIn(ctx, address, c.ask)
	if err != nil {
		return sample{}, err
	}
	connections, warm := 8, 500*time.Millisecond
	if c.group == "password" {
		connections, warm = 2, 200*time.Millisecond
	}
	if _, err := fire(address, c.ask, cookie, connections, warm); err != nil {
		return sample{}, err
	}
	mallocs, cpu := count(ctx, address), cpuTime(pid)
	began := time.Now()
	latencies, err := fire(address, c.ask, cookie, connections, d)
	if err != nil {
		return sample{}, err
	}
	elapsed := time.Since(began)
	n := float64(len(latencies))
	slices.Sort(latencies)
	return sample{
		perSecond: n / elapsed.Seconds(),
		cpu:       time.Duration(float64(cpuTime(pid)-cpu) / n),
		allocs:    (count(ctx, address) - mallocs) / n,
		p50:       latencies[len(latencies)/2],
		p99:       latencies[len(latencies)*99/100],
		rss:       rss(pid),
	}, nil
}

// signedIn makes sure that the bench user exists and returns the Cookie header of a session, if one is needed.
func signedIn(ctx context.Context, address, what string) (string, error) {
	if what == "hash" || what == "no-session" {
		return "", nil
	}
	for _, path := range []string{"/api/auth/sign-up/email", "/api/auth/sign-in/email"} {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+path, strings.NewReader(body(what, 0)))
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(io.Discard, res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil {
			return "", err
		}
		var pairs []string
		for _, c := range res.Cookies() {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
		if cookies := strings.Join(pairs, "; "); strings.Contains(cookies, "session_token=") {
			return cookies, nil
		}
	}
	return "", errors.New("no session")
}

func body(what string, n int) string {
	address := benchEmail
	if what == "sign-up" && n > 0 {
		address = fmt.Sprintf("bench-%d-%d@example.com", time.Now().UnixNano(), n)
	}
	return `{"name":"Bench","email":"` + address + `","password":"` + benchPassword + `"}`
}

// fire asks the same over and over, on some connections at once, and returns how long each answer took.
func fire(address, what, cookie string, connections int, d time.Duration) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var wg sync.WaitGroup
	end := time.Now().Add(d)
	for i := range connections {
		wg.Go(func() {
			got, err := fireOne(address, what, cookie, i, end)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, got...)
			failed = errors.Join(failed, err)
		})
	}
	wg.Wait()
	if failed == nil && len(all) == 0 {
		failed = errors.New("no answer")
	}
	return all, failed
}

// fireOne asks as fast as it gets answers.
func fireOne(address, what, cookie string, worker int, end time.Time) ([]time.Duration, error) {
	c, err := dial(address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var out []time.Duration
	request := requestText(address, what, cookie, 0)
	for n := 1; time.Now().Before(end); n++ {
		if what == "sign-up" {
			request = requestText(address, what, cookie, worker*1_000_000+n)
		}
		took, err := c.ask(what, request)
		if err != nil {
			return out, err
		}
		out = append(out, took)
	}
	return out, nil
}

// paced asks n times, once for each tick.
func paced(address, what, cookie string, tick <-chan time.Time, n int) ([]time.Duration, error) {
	c, err := dial(address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var out []time.Duration
	request := requestText(address, what, cookie, 0)
	for range n {
		<-tick
		took, err := c.ask(what, request)
		if err != nil {
			return out, err
		}
		out = append(out, took)
	}
	return out, nil
}

// conn speaks HTTP by hand, so that the load costs as little as it can.
type conn struct {
	net.Conn
	r *bufio.Reader
}

func dial(address string) (*conn, error) {
	c, err := new(net.Dialer).DialContext(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReader(c)}, nil
}

// ask sends a request and returns how long the answer took, or an error if it is the wrong one.
func (c *conn) ask(what, request string) (time.Duration, error) {
	began := time.Now()
	if _, err := io.WriteString(c, request); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return 0, err
	}
	data, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK || what == "get-session" && !strings.Contains(string(data), benchEmail) {
		return 0, fmt.Errorf("%s: %s %s", what, res.Status, data)
	}
	return time.Since(began), nil
}

func requestText(address, what, cookie string, n int) string {
	switch what {
	case "get-session":
		return "GET /api/auth/get-session HTTP/1.1\r\nHost: " + address + "\r\nUser-Agent: bench\r\nCookie: " + cookie + "\r\n\r\n"
	case "no-session":
		return "GET /api/auth/get-session HTTP/1.1\r\nHost: " + address + "\r\nUser-Agent: bench\r\n\r\n"
	case "hash":
		return "GET /hash HTTP/1.1\r\nHost: " + address + "\r\n\r\n"
	}
	b := body(what, n)
	return "POST /api/auth/" + what + "/email HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\nContent-Length: " +
		strconv.Itoa(len(b)) + "\r\n\r\n" + b
}

// count returns how many objects the server has allocated so far.
func count(ctx context.Context, address string) float64 {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/mallocs", nil)
	if err != nil {
		return 0
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return 0
	}
	return n
}

// cpuTime returns user and system time of a process; Linux counts it in hundredths of a second.
func cpuTime(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// rss returns the resident memory of a process in MiB.
func rss(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return 0
	}
	return kb / 1024
}
