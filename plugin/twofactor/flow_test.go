package twofactor_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

// flowStep is a step of the recorded flow.
type flowStep struct {
	Step                string
	Status              int
	Body                json.RawMessage
	Failed, LockSecs, N *int
	Cleared             []string
	Identifier, Value   string
	Lifetime            int
	LockedUntil         any
	Rows                []struct{ Identifier, Value string }
}

// TestFlow plays what better-auth was asked, with its counters.
func TestFlow(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct{ TwoFactorFlow []flowStep }
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, twofactor.Options{}, exact)
	first := r.signUp("ann@example.com")
	app := first.enrol()
	b := first
	for _, s := range recorded.TwoFactorFlow {
		var got answer
		switch {
		case s.Step == "verify-totp to enable":
			got = first.post("/two-factor/verify-totp", app.input())
		case s.Step == "enable again":
			got = first.post("/two-factor/enable", `{"password":"`+password+`"}`)
		case strings.Contains(s.Step, "sign-in"):
			b = r.browser()
			got = b.signIn()
		case s.Step == "right totp after lock elapsed":
			r.clock.Advance(901 * time.Second)
			b = r.challenged()
			got = b.post("/two-factor/verify-totp", app.input())
		case s.Step == "right totp while locked":
			got = b.post("/two-factor/verify-totp", app.input())
		case strings.Contains(s.Step, "wrong totp"):
			got = b.post("/two-factor/verify-totp", wrong)
		case s.Step == "backup while locked":
			got = b.post("/two-factor/verify-backup-code", code(app.backupCodes[0]))
		case s.Step == "send-otp while locked":
			got = b.post("/two-factor/send-otp", `{}`)
		case s.Step == "otp while locked":
			got = b.post("/two-factor/verify-otp", code(r.lastSent()))
		case s.Step == "otp row":
			b = r.challenged()
			b.want(200, "", "/two-factor/send-otp", "")
			if n := r.count("verification", store.StartsWith("identifier", "2fa-otp-2fa-"), store.Eq("value", r.lastSent()+":0")); n != 1 {
				t.Errorf("%s: got %d rows", s.Step, n)
			}
		case strings.HasPrefix(s.Step, "wrong otp"):
			got = b.post("/two-factor/verify-otp", wrong)
		case s.Step == "disable":
			got = first.post("/two-factor/disable", `{"password":"`+password+`"}`)
		case s.Step == "two factor rows":
			if n := r.count(twofactor.Table); n != int64(*s.N) {
				t.Errorf("%d rows are left", n)
			}
		}
		if s.Status != 0 && got.status != s.Status {
			t.Errorf("%s: got %d %s, want %d", s.Step, got.status, got.body, s.Status)
		}
		if want := compact(t, s.Body); strings.HasPrefix(want, "{") && got.body != want {
			t.Errorf("%s: got %s, want %s", s.Step, got.body, want)
		}
		if s.Failed != nil {
			want := fmt.Sprint(*s.Failed, time.Duration(orZero(s.LockSecs))*time.Second)
			if failed, locked := r.row(); fmt.Sprint(failed, locked) != want {
				t.Errorf("%s: got %d %v, want %s", s.Step, failed, locked, want)
			}
		}
		if _, pending := b.cookies["better-auth.two_factor"]; len(s.Cleared) > 0 && pending {
			t.Errorf("%s: the challenge's cookie stays", s.Step)
		}
	}
	if r.told("account-locked") != 1 {
		t.Errorf("told %d times of the lock", r.told("account-locked"))
	}
}

func orZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func compact(t *testing.T, text json.RawMessage) string {
	t.Helper()
	var b bytes.Buffer
	if len(text) == 0 {
		return ""
	}
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
