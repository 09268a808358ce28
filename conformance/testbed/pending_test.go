package main

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// pendingFeature is an entry of testdata/pending.json: something of better-auth that the suites ask for already and that
// is not there yet. Everything that needs it waits, and an entry that nothing has to wait for any more is an error.
type pendingFeature struct {
	Feature string
	// Options are the paths, with all that is below them, that are answered as unsupported; Probe is a description that
	// has some of them.
	Options []string
	Probe   json.RawMessage
	// Endpoint is one that answers 404: "POST /update-user".
	Endpoint string
	// Rows are the transcripts, besides the endpoint's own, that show what it has done.
	Rows []string
}

func readPending(t *testing.T) []pendingFeature {
	t.Helper()
	data, err := os.ReadFile("testdata/pending.json")
	if err != nil {
		t.Fatal(err)
	}
	var pending []pendingFeature
	decodeJSON(t, string(data), &pending)
	return pending
}

func (f *pendingFeature) covers(path string) bool {
	return slices.ContainsFunc(f.Options, func(option string) bool {
		rest, ok := strings.CutPrefix(path, option)
		return ok && (rest == "" || strings.Contains(".[=", rest[:1]))
	})
}

// pendingOptions returns the feature that a refused description waits for, if all that it was refused for is pending.
func pendingOptions(t *testing.T, pending []pendingFeature, res response) string {
	t.Helper()
	if res.status != http.StatusUnprocessableEntity {
		return ""
	}
	var refused struct{ Unsupported []string }
	decodeJSON(t, res.body, &refused)
	feature := ""
	for _, path := range refused.Unsupported {
		at := slices.IndexFunc(pending, func(f pendingFeature) bool { return f.covers(path) })
		if at < 0 {
			return ""
		}
		feature = pending[at].Feature
	}
	return feature
}

// pendingRow returns the feature that a row waits for.
func pendingRow(pending []pendingFeature, row *transcript) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(row.Request.Path, "/api/auth"), "?")
	for _, f := range pending {
		if f.Endpoint == row.Request.Method+" "+path || slices.Contains(f.Rows, row.Name) {
			return f.Feature
		}
	}
	return ""
}

// pendingPath reports whether an endpoint is pending; of a path with a parameter the first part counts.
func pendingPath(pending []pendingFeature, method, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.ContainsFunc(pending, func(f pendingFeature) bool {
		return f.Endpoint == method+" "+path || strings.HasPrefix(f.Endpoint, method+" /"+first+"/")
	})
}

// TestPending: what is on the list is not there.
func TestPending(t *testing.T) {
	t.Parallel()
	b := newTestbed(t)
	i := b.open(map[string]any{"options": enabled()})
	for _, f := range readPending(t) {
		if f.Feature == "" || (f.Endpoint == "") == (len(f.Options) == 0) || (len(f.Options) > 0) != (f.Probe != nil) {
			t.Errorf("%+v: want the feature's name, and either an endpoint or options and a probe", f)
			continue
		}
		if f.Endpoint != "" {
			method, path, _ := strings.Cut(f.Endpoint, " ")
			if res := i.request(method, "/api/auth"+path, "{}"); res.status != http.StatusNotFound {
				t.Errorf("%s is there (%d): take it off testdata/pending.json", f.Endpoint, res.status)
			}
			continue
		}
		res := b.send("POST", "/instances", string(f.Probe))
		if got := pendingOptions(t, []pendingFeature{f}, res); got == "" {
			t.Errorf("%s: got %d %s for %s: take what is there off testdata/pending.json", f.Feature, res.status, res.body, f.Probe)
		}
	}
}
