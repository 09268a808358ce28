package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/internal/authtest"
)

func rule(seconds, most int) ratelimit.Rule {
	return ratelimit.Rule{Window: time.Duration(seconds) * time.Second, Max: most}
}

// pluginRules are in the order of two plugins.
var pluginRules = []ratelimit.PathRule{
	{Rule: rule(60, 5), Prefixes: []string{"/sign-in/magic-link", "/magic-link/verify"}},
	{Rule: rule(60, 10), Prefixes: []string{"/sign-in/m", "/phone-number"}, Paths: []string{"/one"}},
	{Rule: rule(60, 11), Paths: []string{"/phone-number/verify", "/two"}},
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	global := rule(20, 200)
	custom := []ratelimit.CustomRule{
		{Path: "/custom", Rule: rule(1, 1)},
		{Path: "/sign-up/*", Rule: rule(2, 2)},
		{Path: "/sign-up/**", Rule: rule(3, 3)},
		{Path: "/sign-up/email", Rule: rule(4, 4)},
		{Path: "/two", Rule: rule(5, 5)},
		{Path: "/a?c", Rule: rule(6, 6)},
		{Path: "/user/:id/*", Rule: rule(7, 7)},
		{Path: "*", Rule: rule(8, 8)},
	}
	for path, want := range map[string]ratelimit.Rule{
		"/ok":                              global,
		"/sign-in":                         rule(10, 3),
		"/sign-in/email":                   rule(10, 3),
		"/sign-inside":                     rule(10, 3),
		"/xsign-in":                        global,
		"/change-password":                 rule(10, 3),
		"/change-email":                    rule(10, 3),
		"/change-emails/x":                 rule(10, 3),
		"/request-password-reset":          rule(60, 3),
		"/request-password-reset/x":        global,
		"/send-verification-email":         rule(60, 3),
		"/forget-password/email-otp":       rule(60, 3),
		"/email-otp/send-verification-otp": rule(60, 3),
		"/email-otp/verify-email":          global,
		"/sign-in/magic-link":              rule(60, 5),  // the first plugin with a rule for it
		"/sign-in/magic":                   rule(60, 10), // a plugin over the built-in rule
		"/phone-number/verify":             rule(60, 10), // the first rule
		"/one":                             rule(60, 10),
		"/ones":                            global,
		"/custom":                          rule(1, 1),
		"/Custom":                          global,
		"/custom/":                         global,
		"/sign-up/email":                   rule(2, 2), // the first that matches, not the closest
		"/sign-up/email/x":                 rule(3, 3),
		"/sign-up":                         rule(3, 3),
		"/two":                             rule(5, 5), // custom over plugin
		"/abc":                             global,     // without an asterisk it is no pattern
		"/a?c":                             rule(6, 6),
		"/user/:id/x":                      rule(7, 7),
		"":                                 rule(8, 8), // no route
	} {
		for name, routes := range map[string][]string{"known": {path}, "unknown": nil} {
			rules := compile(t, ratelimit.Config{Default: global, Plugins: pluginRules, Custom: custom, Routes: routes})
			var seen recorder
			limiter := ratelimit.New(rules, &seen, ratelimit.Options{})
			if _, ok, err := limiter.Allow(t.Context(), ratelimit.Request{IP: "192.0.2.1", Route: path}); !ok || err != nil {
				t.Fatalf("%s: got allowed %v, %v", path, ok, err)
			}
			if seen.rule != want {
				t.Errorf("%q as an %s route: got %+v, want %+v", path, name, seen.rule, want)
			}
		}
	}
}

// TestBuiltInIsACopy: whoever changes what he got changes no limits.
func TestBuiltInIsACopy(t *testing.T) {
	t.Parallel()
	ratelimit.BuiltIn()[0].Prefixes[0] = "/nothing"
	if got := ratelimit.BuiltIn()[0].Prefixes[0]; got != "/sign-in" {
		t.Errorf("got %q, want /sign-in", got)
	}
}

func TestOff(t *testing.T) {
	t.Parallel()
	rules := compile(t, ratelimit.Config{
		Default: rule(10, 1),
		Custom:  []ratelimit.CustomRule{{Path: "/get-session", Off: true}},
		Routes:  []string{"/get-session", "/ok"},
	})
	limiter := ratelimit.New(rules, newMemory(t, authtest.NewClock()), ratelimit.Options{})
	for i := range 3 {
		_, ok, err := limiter.Allow(t.Context(), ratelimit.Request{IP: "192.0.2.1", Route: "/get-session"})
		if !ok || err != nil {
			t.Errorf("request %d without a limit: got allowed %v, %v", i, ok, err)
		}
		_, ok, err = limiter.Allow(t.Context(), ratelimit.Request{IP: "192.0.2.1", Route: "/ok"})
		if ok != (i == 0) || err != nil {
			t.Errorf("request %d of at most 1: got allowed %v, %v", i, ok, err)
		}
	}
}

func TestRuleFunc(t *testing.T) {
	t.Parallel()
	errAsked := errors.New("asked too much")
	rules := compile(t, ratelimit.Config{Custom: []ratelimit.CustomRule{{
		Path: "/sign-in/*",
		Func: func(_ context.Context, r *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool, error) {
			switch r.Header.Get("Case") {
			case "off":
				return ratelimit.Rule{}, true, nil
			case "error":
				return current, false, errAsked
			case "error and off":
				return current, true, errAsked
			case "empty":
				return ratelimit.Rule{}, false, nil
			case "double":
				current.Max *= 2
			}
			return current, false, nil
		},
	}}})
	for name, want := range map[string]struct {
		rule    ratelimit.Rule
		allowed bool
		err     string
	}{
		"off":           {ratelimit.Rule{}, true, ""},
		"error":         {ratelimit.Rule{}, false, "asked too much"},
		"error and off": {ratelimit.Rule{}, false, "asked too much"},
		"empty":         {ratelimit.Rule{}, false, "the window is 0s"},
		"double":        {rule(10, 6), true, ""},
		"current":       {rule(10, 3), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen recorder
			limiter := ratelimit.New(rules, &seen, ratelimit.Options{FailOpen: true})
			r := httptest.NewRequest(http.MethodPost, "/api/auth/sign-in/email", nil)
			r.Header.Set("Case", name)
			_, ok, err := limiter.Allow(t.Context(), ratelimit.Request{IP: "192.0.2.1", Route: "/sign-in/email", HTTP: r})
			if ok != want.allowed || (err == nil) != (want.err == "") || err != nil && !strings.Contains(err.Error(), want.err) {
				t.Errorf("got allowed %v, %v, want %v, %q", ok, err, want.allowed, want.err)
			}
			if seen.rule != want.rule {
				t.Errorf("got counted by %+v, want %+v", seen.rule, want.rule)
			}
		})
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	noFunc := ratelimit.RuleFunc(func(_ context.Context, _ *http.Request, r ratelimit.Rule) (ratelimit.Rule, bool, error) {
		return r, false, nil
	})
	good := rule(1, 1)
	for want, c := range map[string]ratelimit.Config{
		"Config.Default: the window is -1s":              {Default: ratelimit.Rule{Window: -time.Second}},
		"Config.Default: the window is 1.0005s":          {Default: ratelimit.Rule{Window: 1_000_500 * time.Microsecond}},
		"Config.Default: the window is 87600h0m1s":       {Default: ratelimit.Rule{Window: 87600*time.Hour + time.Second}},
		"Config.Default: the maximum is -1":              {Default: ratelimit.Rule{Max: -1}},
		"Config.Default: the maximum is 2147483648":      {Default: ratelimit.Rule{Max: 1 << 31}},
		"Config.Plugins[1]: it has neither":              {Plugins: []ratelimit.PathRule{{Rule: good, Paths: []string{"/x"}}, {Rule: good}}},
		`Config.Plugins[0]: it has the path "sign"`:      {Plugins: []ratelimit.PathRule{{Rule: good, Prefixes: []string{"sign"}}}},
		`Config.Plugins[0]: it has the path ""`:          {Plugins: []ratelimit.PathRule{{Rule: good, Paths: []string{""}}}},
		"Config.Plugins[0]: the maximum is 0":            {Plugins: []ratelimit.PathRule{{Rule: rule(1, 0), Paths: []string{"/x"}}}},
		`Config.Custom[0], "/x": set exactly one`:        {Custom: []ratelimit.CustomRule{{Path: "/x"}}},
		`Config.Custom[0], "/y": set exactly one`:        {Custom: []ratelimit.CustomRule{{Path: "/y", Rule: good, Off: true}}},
		`Config.Custom[0], "/z": set exactly one`:        {Custom: []ratelimit.CustomRule{{Path: "/z", Rule: good, Func: noFunc}}},
		`Config.Custom[0], "/x": the maximum is 0`:       {Custom: []ratelimit.CustomRule{{Path: "/x", Rule: rule(1, 0)}}},
		`Config.Custom[1], "x": paths begin`:             {Custom: []ratelimit.CustomRule{{Path: "/x", Off: true}, {Path: "x", Off: true}}},
		`Config.Custom[0], "*\xff": the pattern cannot`:  {Custom: []ratelimit.CustomRule{{Path: "*\xff", Off: true}}},
		`Config.Custom[0], "": paths begin with a slash`: {Custom: []ratelimit.CustomRule{{Off: true}}},
	} {
		rules, err := ratelimit.Compile(c)
		if err == nil || rules != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v, want an error with %q", rules, err, want)
		}
	}
	_, err := ratelimit.Compile(ratelimit.Config{
		Default: ratelimit.Rule{Max: -1}, Plugins: []ratelimit.PathRule{{}}, Custom: []ratelimit.CustomRule{{}},
	})
	for _, want := range []string{"Default", "Plugins", "Custom"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("three mistakes: got %v, want one about %s among them", err, want)
		}
	}
}
