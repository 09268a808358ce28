package cache_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/wire"
)

var update = flag.Bool("update", false, "write testdata/go.json, for node.mjs to judge")

func itoa(n int) string { return strconv.Itoa(n) }

// stricter are the cookies that Node takes and we refuse, each with the reason.
var stricter = map[string]string{
	"compact expires this millisecond":         "expiry is exclusive here",
	"compact session expires this millisecond": "expiry is exclusive here",
	"compact no session.createdAt":             "Node makes up the time, and the session looks fresh",
	"compact no session.updatedAt":             "Node makes up the time",
	"compact no user.createdAt":                "Node makes up the time",
	"compact no user.updatedAt":                "Node makes up the time",
	"compact session.userId true":              "Node turns anything into a string",
	"compact signature in standard base64":     "a signature has one spelling",
	"jwt signature padded":                     "a signature has one spelling",
	"jwt alg HS384":                            "the algorithm is ours to choose",
	"jwt alg HS512":                            "the algorithm is ours to choose",
	"jwt no exp":                               "a cache without an end is none",
	"jwe no exp":                               "a cache without an end is none",
	"jwe exp this second":                      "get-session allows no leeway either, only the helper does",
	"jwe expired 14 s":                         "get-session allows no leeway either, only the helper does",
	"jwe nbf 15 s ahead":                       "no leeway",
}

// looser are the cookies that we take and Node refuses, because it parses the payload and writes it again, and then finds
// a date in place of a string or another text than was signed. The signature is right in each.
var looser = []string{
	"compact name like a date", "compact name like a date with milliseconds", "compact number with many digits",
	"compact payload with spaces", "compact duplicate member",
}

// TestNodeJudged: a cookie that Node accepts is accepted here and the other way round, with the exceptions above.
func TestNodeJudged(t *testing.T) {
	t.Parallel()
	list := loadNode(t).Judged
	if len(list) < 130 {
		t.Fatalf("got %d cookies", len(list))
	}
	exceptions := 0
	for _, v := range list {
		name := v.Strategy + " " + v.Name
		want := v.Email != nil
		if _, found := stricter[name]; found || slices.Contains(looser, name) {
			exceptions++
			want = !want
		}
		e, err := codec(t, nodeSecret, strategy(t, v.Strategy)).Decode(v.Value, nodeNow)
		if (err == nil) != want {
			t.Errorf("%s: got %v, want success %v", name, err, want)
		}
		if err == nil && v.Email != nil && e.User.Email != *v.Email {
			t.Errorf("%s: got %q, want %q", name, e.User.Email, *v.Email)
		}
	}
	if want := len(stricter) + len(looser); exceptions != want {
		t.Errorf("met %d exceptions, want %d", exceptions, want)
	}
}

// TestLastMillisecond: what Node takes in its last millisecond, a caller can have by turning the clock back by one.
func TestLastMillisecond(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, v := range loadNode(t).Judged {
		if !strings.HasSuffix(v.Name, "expires this millisecond") {
			continue
		}
		seen++
		c := codec(t, nodeSecret, strategy(t, v.Strategy))
		if _, err := c.Decode(v.Value, nodeNow.Add(-time.Millisecond)); err != nil {
			t.Errorf("%s, a millisecond before: %v", v.Name, err)
		}
		if _, err := c.Decode(v.Value, nodeNow); err != cache.ErrExpired {
			t.Errorf("%s: got %v, want %v", v.Name, err, cache.ErrExpired)
		}
	}
	if seen != 2 {
		t.Errorf("saw %d cookies, want 2", seen)
	}
}

func rotation(t *testing.T) *secret.Keyring {
	t.Helper()
	keys, err := secret.NewRotating([]secret.Key{
		{Version: 3, Value: nodeSecret}, {Version: 2, Value: "second secret"}, {Version: 1, Value: "first secret"},
	}, "legacy secret")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestNodeRotated(t *testing.T) {
	t.Parallel()
	c := codecOf(t, rotation(t), cache.Config{Strategy: cache.JWE})
	for _, v := range some(t, loadNode(t).Rotated) {
		if _, err := c.Decode(v.Value, nodeNow); (err == nil) != v.Opens {
			t.Errorf("%s: got %v, want success %v", v.Name, err, v.Opens)
		}
	}
}

func TestNodeAccounts(t *testing.T) {
	t.Parallel()
	c := cache.NewAccount(keyring(t, nodeSecret))
	for _, v := range some(t, loadNode(t).Accounts) {
		claims, err := c.Decode(v.Value, nodeNow)
		if (err == nil) != (v.Node != nil) {
			t.Errorf("%s: got %v, want success %v", v.Name, err, v.Node != nil)
		}
		if err != nil || v.Node == nil {
			continue
		}
		for _, name := range []string{"iat", "exp", "jti"} {
			delete(v.Node, name)
		}
		text, err := wire.Append(nil, claims)
		if err != nil {
			t.Fatal(err)
		}
		compareJSON(t, v.Name, cache.Raw(text), v.Node)
	}
}

// goMade is a line of go.json.
type goMade struct {
	Strategy string `json:"strategy"`
	Name     string `json:"name"`
	Value    string `json:"value"`
}

// TestNodeReadsOurs makes the cookies of go.json again, to the byte, and looks up what Node said about each.
func TestNodeReadsOurs(t *testing.T) {
	t.Parallel()
	made := ours(t)
	if *update {
		data, err := json.MarshalIndent(made, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/go.json", append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Skip("wrote go.json; run node.mjs now")
	}
	judged := loadNode(t).Ours
	if len(judged) != len(made) {
		t.Fatalf("Node has seen %d cookies, want %d", len(judged), len(made))
	}
	for i, v := range judged {
		if got := made[i]; got.Value != v.Value || got.Name != v.Name || got.Strategy != v.Strategy {
			t.Errorf("%s %s: we make\n%s\nand Node has judged\n%s", v.Strategy, v.Name, got.Value, v.Value)
			continue
		}
		var node map[string]any
		if err := json.Unmarshal(v.Node, &node); err != nil || node == nil {
			t.Errorf("%s %s: Node says %s, %v", v.Strategy, v.Name, v.Node, err)
			continue
		}
		if v.Strategy == "account" {
			if got, _ := node["accessToken"].(string); got != "gho_x" {
				t.Errorf("account: Node found %s", v.Node)
			}
			continue
		}
		e, err := codec(t, nodeSecret, strategy(t, v.Strategy)).Decode(v.Value, nodeNow)
		if err != nil {
			t.Errorf("%s %s: %v", v.Strategy, v.Name, err)
			continue
		}
		compareJSON(t, v.Name, e.SessionJSON, node["session"].(map[string]any))
		compareJSON(t, v.Name, e.UserJSON, node["user"].(map[string]any))
		if node["version"] != e.Version || node["updatedAt"] != float64(nodeNow.UnixMilli()) {
			t.Errorf("%s %s: Node found version %v of %v", v.Strategy, v.Name, node["version"], node["updatedAt"])
		}
	}
}

// ours are cookies of all strategies over contents of all kinds, with nothing random in them.
func ours(t *testing.T) (made []goMade) {
	t.Helper()
	plain := content()
	bare := content()
	bare.Session.(*model.Session).IPAddress, bare.Session.(*model.Session).UserAgent = nil, nil
	bare.User.(*model.User).Name = ""
	extra := content()
	extra.Version = `v2 "é"`
	extra.User.(*model.User).Extra = model.Extra{
		{Name: "plan", Value: "pro"}, {Name: "count", Value: int64(42)}, {Name: "since", Value: nodeNow}, {Name: "tags", Value: []string{"a", "b"}},
		{Name: "meta", Value: map[string]any{"z": 1.5, "a": []any{true, nil}}}, {Name: "note", Value: nil}, {Name: "secret", Value: "hidden", Hidden: true},
	}
	large := content()
	large.User.(*model.User).Name = strings.Repeat("長い名前", 300)
	for _, s := range strategies {
		c := codec(t, nodeSecret, s)
		for _, v := range []struct {
			name     string
			content  cache.Content
			lifetime time.Duration
		}{{"plain", plain, 5 * time.Minute}, {"bare", bare, 0}, {"extra", extra, time.Hour}, {"large", large, 400 * 24 * time.Hour}} {
			value := encode(t, c, v.content, v.lifetime)
			if s == cache.JWE { // again with nothing random
				text := claimsWithoutID(t, c, value) + `,"jti":"00000000-0000-4000-8000-000000000000"}`
				value = c.Seal([16]byte{1, 2, 3}, text)
			}
			made = append(made, goMade{s.String(), v.name, value})
		}
	}
	claims := wire.NewObject()
	claims.Set("id", "acc1")
	claims.Set("accessToken", "gho_x")
	claims.Set("accessTokenExpiresAt", nodeNow)
	c := cache.NewAccount(keyring(t, nodeSecret))
	value, err := c.Encode(claims, nodeNow, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := c.Text(value)
	text, _, _ = strings.Cut(text, `,"jti":`)
	return append(made, goMade{"account", "plain", c.Seal([16]byte{4, 5, 6}, text+`,"jti":"00000000-0000-4000-8000-000000000000"}`)})
}
