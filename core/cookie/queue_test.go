package cookie_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie"
)

// wire returns what the queue writes.
func wire(t *testing.T, q *cookie.Queue) []string {
	t.Helper()
	lines, err := q.AppendHeader(nil)
	if err != nil {
		t.Fatalf("AppendHeader: %v", err)
	}
	return lines
}

func TestQueueOrder(t *testing.T) {
	t.Parallel()
	var q cookie.Queue
	for _, name := range []string{"b", "a", "b"} {
		q.Set(cookie.Cookie{Name: name, Value: name})
	}
	if got, want := wire(t, &q), []string{"b=b", "a=a", "b=b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var names []string
	for c := range q.All() {
		names = append(names, c.Name)
	}
	if want := []string{"b", "a", "b"}; !slices.Equal(names, want) || q.Len() != 3 {
		t.Errorf("All: got %q (Len %d), want %q", names, q.Len(), want)
	}
}

func TestQueueExpire(t *testing.T) {
	t.Parallel()
	data := cookie.Cookie{Name: "data", Value: "x", Attributes: cookie.Attributes{
		Path: "/", Domain: "example.com", HttpOnly: true, Secure: true, SameSite: cookie.Lax,
		MaxAge: cookie.For(time.Hour), Expires: time.Unix(2e9, 0),
	}}
	var q cookie.Queue
	for _, name := range []string{"data", "data.0", "data.17", "other", "database", "data.x", "data.01", "data.", "data.1.2"} {
		c := data
		c.Name, c.Attributes = name, cookie.Attributes{}
		q.Set(c)
	}
	q.Expire(data)
	want := []string{"other=x", "database=x", "data.x=x", "data.01=x", "data.=x", "data.1.2=x",
		"data=; Max-Age=0; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax"}
	if got := wire(t, &q); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	q.Expire(data)
	if got := wire(t, &q); !slices.Equal(got, want) {
		t.Errorf("expired twice: got %q\nwant %q", got, want)
	}
	q.Set(data)
	if got, want := q.Len(), len(want)+1; got != want {
		t.Errorf("set after expiring: %d cookies, want %d", got, want)
	}
}

func TestQueueLookup(t *testing.T) {
	t.Parallel()
	var q cookie.Queue
	if _, ok := q.Get("a"); ok || q.Has("a") {
		t.Error("an empty queue has a cookie")
	}
	q.Set(cookie.Cookie{Name: "a", Value: "1"})
	q.Set(cookie.Cookie{Name: "a", Value: "2"})
	q.Set(cookie.Cookie{Name: "b.0", Value: "3"})
	if c, ok := q.Get("a"); !ok || c.Value != "2" {
		t.Errorf("Get: got %q, %v, want the last one, 2", c.Value, ok)
	}
	if _, ok := q.Get("b"); ok {
		t.Error("Get found a chunk")
	}
	if !q.Has("a") || !q.Has("b") || q.Has("c") {
		t.Errorf("Has: got a %v, b %v, c %v, want true, true, false", q.Has("a"), q.Has("b"), q.Has("c"))
	}
}

func TestQueueRefusesAsAWhole(t *testing.T) {
	t.Parallel()
	var q cookie.Queue
	q.Set(cookie.Cookie{Name: "a"})
	q.Set(cookie.Cookie{Name: "a b"})
	got, err := q.AppendHeader([]string{"x"})
	if !errors.Is(err, cookie.ErrInvalid) || !slices.Equal(got, []string{"x"}) {
		t.Errorf("got %q, %v, want ErrInvalid and nothing appended", got, err)
	}
}
