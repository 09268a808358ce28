package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

const tooMany = `{"message":"Too many requests. Please try again later."}`

// TestRateLimitOfFifty: of fifty requests at once, to two processes on one database, exactly as many pass as the limit
// allows. In memory each process has a count of its own.
func TestRateLimitOfFifty(t *testing.T) {
	t.Parallel()
	options := json.RawMessage(`{"rateLimit":{"enabled":true,"storage":"database","window":600,"max":20}}`)
	for kind, fresh := range freshDatabases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db, dsn := fresh(t)
			description := map[string]any{"database": map[string]any{"kind": kind, "dsn": dsn}, "options": options}
			one, two := startProcess(t), startProcess(t)
			if allowed := fifty(t, one.open(description), two.open(description)); allowed != 20 {
				t.Errorf("got %d allowed, want 20", allowed)
			}
			if t.Failed() {
				t.Logf("logs:\n%s\n%s", one.log, two.log)
			}
			query := `select count(*) from "rateLimit" where "count" = 20`
			if kind == "mysql" {
				query = strings.ReplaceAll(query, `"`, "`")
			}
			if got := count(t, db, query); got != 1 {
				t.Errorf("got %d rows with a count of 20, want 1", got)
			}
		})
	}
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		description := map[string]any{"options": json.RawMessage(`{"rateLimit":{"enabled":true,"window":600,"max":20}}`)}
		if allowed := fifty(t, startProcess(t).open(description), startProcess(t).open(description)); allowed != 40 {
			t.Errorf("got %d allowed, want 20 by each process", allowed)
		}
	})
}

// fifty sends fifty requests at once and returns how many were allowed.
func fifty(t *testing.T, instances ...*testInstance) (allowed int) {
	t.Helper()
	const n = 50
	answers := make([]response, n)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-begin
			answers[i] = instances[i%len(instances)].request("GET", "/api/auth/ok", "", "X-Forwarded-For", "203.0.113.1")
		})
	}
	close(begin)
	wg.Wait()
	for _, a := range answers {
		switch {
		case a.status == http.StatusOK:
			allowed++
		case a.status != http.StatusTooManyRequests || a.body != tooMany || a.header.Get("X-Retry-After") != "600":
			t.Errorf("got %d %s after %q", a.status, a.body, a.header.Get("X-Retry-After"))
		}
	}
	return allowed
}

// TestRateLimitFunctions: rules and counts may come from functions.
func TestRateLimitFunctions(t *testing.T) {
	t.Parallel()
	var asked []string
	answers := map[string]string{
		"/rule":  `{"result":{"window":30,"max":1}}`,
		"/off":   `{"result":false}`,
		"/none":  `{}`,
		"/fails": `{"error":{"status":418,"code":"TEAPOT","message":"no"}}`,
		"/count": `{"result":{"allowed":false,"retryAfter":null}}`,
	}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var question struct{ Args []json.RawMessage }
		if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
			t.Error(err)
		}
		parts := []string{r.URL.Path}
		for _, arg := range question.Args {
			parts = append(parts, string(arg))
		}
		asked = append(asked, strings.Join(parts, " "))
		_, _ = w.Write([]byte(answers[r.URL.Path]))
	}))
	t.Cleanup(hook.Close)
	custom := func(name string) string {
		return `{"rateLimit":{"enabled":true,"window":10,"max":2,"customRules":{"/ok":{"$webhook":"` + hook.URL + "/" + name + `"}}}}`
	}
	for _, c := range []struct {
		name, options string
		statuses      []int
		retryAfter    string
		lastAsked     string
	}{
		{"rule", custom("rule"), []int{200, 429}, "30", `{"window":10,"max":2}`},
		{"off", custom("off"), []int{200, 200, 200, 200}, "", `{"window":10,"max":2}`},
		{"none", custom("none"), []int{200, 200, 429}, "10", `{"window":10,"max":2}`},
		{"fails", custom("fails"), []int{418}, "", `{"window":10,"max":2}`},
		{
			"count", `{"rateLimit":{"enabled":true,"customStorage":{"consume":{"$webhook":"` + hook.URL + `/count"}}}}`,
			[]int{429}, "10", `/count "203.0.113.1|/ok" {"window":10,"max":100}`,
		},
	} {
		i := newTestbed(t).open(map[string]any{"options": json.RawMessage(c.options)})
		var last response
		for n, want := range c.statuses {
			if last = i.request("GET", "/api/auth/ok?a=b", "", "X-Forwarded-For", "203.0.113.1"); last.status != want {
				t.Errorf("%s, request %d: got %d %s, want %d", c.name, n, last.status, last.body, want)
			}
		}
		if got := last.header.Get("X-Retry-After"); got != c.retryAfter {
			t.Errorf("%s: got X-Retry-After %q, want %q", c.name, got, c.retryAfter)
		}
		if got := asked[len(asked)-1]; !strings.HasSuffix(got, c.lastAsked) {
			t.Errorf("%s: got the question %s, want %s at its end", c.name, got, c.lastAsked)
		}
	}
	if want := `"method":"GET","headers":{"host":"`; !strings.Contains(asked[0], want) || !strings.Contains(asked[0], `/api/auth/ok?a=b"`) {
		t.Errorf("got the question %s, want the request in it", asked[0])
	}
}

// TestRateLimitVectors replays what a server of better-auth answered, over HTTP.
func TestRateLimitVectors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/rate_limiting.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name    string
		Options json.RawMessage // in order: the first rule that matches counts
		Steps   []struct {
			AdvanceMS          int64 `json:"advanceMs"`
			Method, Path, Body string
			IP, RetryAfter     *string
			Status             int
		}
	}
	decodeJSON(t, string(data), &cases)
	if len(cases) != 10 {
		t.Fatalf("got %d cases, want 10", len(cases))
	}
	b := newTestbed(t)
	for _, c := range cases {
		options := strings.Replace(string(c.Options), "{", `{"enabled":true,`, 1)
		i := b.open(map[string]any{"options": enabled(`"rateLimit":` + options)})
		i.moveClock(`{"now":1767323045678,"freeze":true}`)
		for n, s := range c.Steps {
			i.moveClock(fmt.Sprintf(`{"advanceMs":%d,"freeze":true}`, s.AdvanceMS))
			body := ""
			if s.Method == http.MethodPost {
				body = `{"email":"nobody@example.com","password":"password-1"}`
			}
			var headers []string
			if s.IP != nil {
				headers = []string{"X-Forwarded-For", *s.IP}
			}
			res := i.request(s.Method, "/api/auth"+s.Path, body, headers...)
			want := ""
			if s.RetryAfter != nil {
				want = *s.RetryAfter
			}
			if res.status != s.Status || res.header.Get("X-Retry-After") != want || s.Body != "" && res.body != s.Body {
				t.Errorf("%s, step %d: got %d %s after %q, want %d %s after %q",
					c.Name, n, res.status, res.body, res.header.Get("X-Retry-After"), s.Status, s.Body, want)
			}
		}
		i.remove()
	}
}
