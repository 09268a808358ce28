package cache_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/secret"
)

// vectors are values made by better-auth 1.7.25 itself, its clock standing at GeneratedAt.
type vectors struct {
	GeneratedAt        time.Time
	SessionDataCookies []struct {
		Secret, Strategy, Variant string
		CookieNames, SetCookie    []string
		JoinedValue               string
		ExpiresAt                 int64
		GetSessionFromCache       *struct{ Session, User map[string]any }
	}
	AccountDataCookies []struct {
		Secret, CookieName, JWE string
		Claims                  map[string]any
	}
	JWEKeys        []struct{ Secret, Salt, Kid string }
	CookieChunking struct {
		MaxCookieBytes, MaxChunks int
		Examples                  []struct {
			Name       string
			Attributes struct {
				Secure bool
				MaxAge *int
				Domain string
			}
			ChunkSize int
			Counts    []struct {
				ValueLength int
				Chunks      any // a number, or words
			}
		}
	}
	Base64LenientDecoding []struct{ Input, DecodedHex string }
	Base64Forms           []struct{ Hex, Base64, Base64url, Base64urlNoPad string }
}

// nodeTable is testdata/node.json, which testdata/node.mjs writes.
type nodeTable struct {
	// Email is that of the user Node finds in the cookie, nil if Node refuses it.
	Judged []struct {
		Strategy, Name, Value string
		Email                 *string
	}
	Rotated []struct {
		Name, Value string
		Opens       bool
	}
	Accounts []struct {
		Name, Value string
		Node        map[string]any
	}
	Spread []struct {
		Length  int
		Header  string
		Cookies []struct {
			Name           string
			Length, MaxAge int
		}
	}
	Tokens []struct {
		Header, Prefix, Name string
		Token                *string
	}
	Ours []struct {
		Strategy, Name, Value string
		Node                  json.RawMessage
	}
}

// nodeNow is where node.mjs and the vectors stop the clock.
var nodeNow = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

const nodeSecret = "contract-vector-secret-0123456789-abcdefghijklmnop"

func read[T any](t testing.TB, file string) *T {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	v := new(T)
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
	return v
}

func loadVectors(t testing.TB) *vectors {
	t.Helper()
	v := read[vectors](t, "testdata/vectors.json")
	if !v.GeneratedAt.Equal(nodeNow) {
		t.Fatalf("the vectors are of %v, want %v", v.GeneratedAt, nodeNow)
	}
	return v
}

func loadNode(t testing.TB) *nodeTable {
	t.Helper()
	return read[nodeTable](t, "testdata/node.json")
}

// some fails the test if a list is empty, so that a renamed key cannot make it pass.
func some[T any](t testing.TB, list []T) []T {
	t.Helper()
	if len(list) == 0 {
		t.Fatal("no vectors")
	}
	return list
}

func keyring(t testing.TB, value string) *secret.Keyring {
	t.Helper()
	k, err := secret.New(value)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var strategies = []cache.Strategy{cache.Compact, cache.JWT, cache.JWE}

func strategy(t testing.TB, name string) cache.Strategy {
	t.Helper()
	i := slices.IndexFunc(strategies, func(s cache.Strategy) bool { return s.String() == name })
	if i < 0 {
		t.Fatalf("there is no strategy %q", name)
	}
	return strategies[i]
}

func codec(t testing.TB, value string, s cache.Strategy) *cache.Codec {
	t.Helper()
	return codecOf(t, keyring(t, value), cache.Config{Strategy: s})
}

func codecOf(t testing.TB, keys *secret.Keyring, config cache.Config) *cache.Codec {
	t.Helper()
	c, err := cache.New(keys, config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// codecs are those of nodeSecret without a schema. They are shared, as an installation shares its own.
var codecs = func() map[cache.Strategy]*cache.Codec {
	keys, err := secret.New(nodeSecret)
	if err != nil {
		panic(err)
	}
	m := map[cache.Strategy]*cache.Codec{}
	for _, s := range strategies {
		if m[s], err = cache.New(keys, cache.Config{Strategy: s}); err != nil {
			panic(err)
		}
	}
	return m
}()

// tables returns core's schema with columns added to session and user.
func tables(t testing.TB, extra ...schema.Extension) *schema.Schema {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "core", Extensions: model.Schema()}, schema.Source{Owner: "test", Extensions: extra})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a session and its user as a store has them.
func sample() (*model.Session, *model.User) {
	ip, agent := "203.0.113.7", `Mozilla/5.0 "quoted" (X11; Linux x86_64)`
	s := &model.Session{
		ID: "Nl0GbXUChXLqocX2XiYEzDk9CxpZW4l3", Token: "gNflukrk4fVAaphCu7JRfm5nYTLvcmvo", UserID: "wFylLhWUFVoYTlKt705qT7HDRtRq66zk",
		ExpiresAt: nodeNow.AddDate(0, 0, 7), CreatedAt: nodeNow, UpdatedAt: nodeNow, IPAddress: &ip, UserAgent: &agent,
	}
	u := &model.User{ID: s.UserID, Name: "Zoë <b> \u2028 😀", Email: "zoe@example.com", EmailVerified: true, CreatedAt: nodeNow, UpdatedAt: nodeNow}
	return s, u
}

func content() cache.Content {
	s, u := sample()
	return cache.Content{Session: s, User: u}
}

func encode(t testing.TB, c *cache.Codec, content cache.Content, lifetime time.Duration) string {
	t.Helper()
	value, err := c.Encode(content, nodeNow, lifetime)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
