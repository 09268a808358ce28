package main

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// newSession signs Ann in and returns when her session began, as the clock of the instance has it.
func (i *testInstance) newSession() (created time.Time, cookie string) {
	i.t.Helper()
	res := i.request("POST", "/api/auth/sign-in/email", signInAnn)
	if res.status != http.StatusOK {
		i.t.Fatalf("sign-in: got %d %s", res.status, res.body)
	}
	cookie = cookieHeader(res.header["Set-Cookie"])
	var s struct{ Session struct{ CreatedAt time.Time } }
	decodeJSON(i.t, i.request("GET", "/api/auth/get-session", "", "Cookie", cookie).body, &s)
	return s.Session.CreatedAt, cookie
}

func wantAbout(t *testing.T, got, want time.Time) {
	t.Helper()
	if d := got.Sub(want); d < -time.Second || d > time.Minute {
		t.Errorf("got %v, want %v or a little later", got, want)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	b := newTestbed(t)
	i := b.open(map[string]any{"options": enabled()})
	other := b.open(map[string]any{"options": enabled()})
	i.signUp("ann@example.com")
	other.signUp("ann@example.com")

	at, _ := i.newSession()
	wantAbout(t, at, time.Now())

	past := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	i.moveClock(`{"now":` + strconv.FormatInt(past.UnixMilli(), 10) + `}`)
	at, cookie := i.newSession()
	wantAbout(t, at, past)
	at, _ = other.newSession()
	wantAbout(t, at, time.Now()) // each instance has a clock of its own

	i.moveClock(`{"advanceMs":3600000}`)
	at, _ = i.newSession()
	wantAbout(t, at, past.Add(time.Hour))
	i.moveClock(`{"advanceMs":691200000}`) // eight days: the session has lived its seven
	wantBody(t, i.request("GET", "/api/auth/get-session", "", "Cookie", cookie), 200, "null")

	i.moveClock(`{"reset":true}`)
	at, _ = i.newSession()
	wantAbout(t, at, time.Now())
}

func TestClockFreezes(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(map[string]any{"options": enabled()})
	i.signUp("ann@example.com")
	i.moveClock(`{"now":1600000000123,"freeze":true}`)
	for range 2 {
		if at, _ := i.newSession(); at.UnixMilli() != 1600000000123 {
			t.Errorf("got %v, want the very millisecond", at)
		}
	}
	i.moveClock(`{"advanceMs":1,"freeze":true}`)
	if at, _ := i.newSession(); at.UnixMilli() != 1600000000124 {
		t.Errorf("got %v, want one millisecond later", at)
	}
	i.moveClock(`{"reset":true}`)
	at, _ := i.newSession()
	wantAbout(t, at, time.Now())
}

func TestClockRefuses(t *testing.T) {
	t.Parallel()
	i := newTestbed(t).open(nil)
	for body, status := range map[string]int{
		`{"now":1,"advanceMs":1}`: 400, `{"now":1,"reset":true}`: 400, `{"advanceMs":1,"reset":true}`: 400,
		`{"now":"today"}`: 400, `{`: 400, `[]`: 400, `{"later":1}`: 422,
	} {
		i.wantStatus(status, "POST", "/instances/"+i.id+"/clock", body)
	}
}
