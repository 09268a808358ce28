package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Config is what rules are compiled from. The zero value has upstream's defaults. Where several rules apply to a path, a
// later field of this struct overrides the earlier ones.
type Config struct {
	// Default applies to paths that no other rule matches. The default is 100 requests in 10 s.
	Default Rule
	// Plugins are the rules of all plugins, in the order of the plugins; the first that matches a path applies. They
	// override [BuiltIn].
	Plugins []PathRule
	// Custom are the app's own; the first that matches a path applies.
	Custom []CustomRule
	// Routes are paths that requests will come for, as their endpoints are registered. The rule of each is found in
	// advance; other paths are compared with all rules when they come.
	Routes []string
}

// PathRule is a rule for some paths, which are without the base path and begin with a slash.
type PathRule struct {
	Rule
	// Paths are matched exactly.
	Paths []string
	// Prefixes match every path that begins with one of them: "/sign-in" matches "/sign-in/email" and "/sign-ins".
	Prefixes []string
}

// BuiltIn returns the rules that every installation has besides [Config.Default]: ways to sign in or up and what
// changes an account's credentials, and what sends mail. Each call returns a new slice.
func BuiltIn() []PathRule {
	return []PathRule{
		{
			Rule:     Rule{Window: 10 * time.Second, Max: 3},
			Prefixes: []string{"/sign-in", "/sign-up", "/change-password", "/change-email"},
		},
		{
			Rule: Rule{Window: time.Minute, Max: 3},
			Paths: []string{
				"/request-password-reset", "/send-verification-email",
				"/email-otp/send-verification-otp", "/email-otp/request-password-reset",
			},
			Prefixes: []string{"/forget-password"},
		},
	}
}

func (r *PathRule) matches(path string) bool {
	return slices.Contains(r.Paths, path) ||
		slices.ContainsFunc(r.Prefixes, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

func (r *PathRule) validate() error {
	if len(r.Paths)+len(r.Prefixes) == 0 {
		return errors.New("it has neither Paths nor Prefixes")
	}
	for _, p := range slices.Concat(r.Paths, r.Prefixes) {
		if !strings.HasPrefix(p, "/") {
			return fmt.Errorf("it has the path %q: paths begin with a slash and leave the base path out", p)
		}
	}
	return r.Rule.validate()
}

// Rules find the rule for a path. They are immutable and safe for concurrent use; make them with [Compile].
type Rules struct {
	fallback Rule
	paths    [][]PathRule // a later list overrides an earlier one
	custom   []customRule
	known    map[string]policy // by route
	longest  time.Duration     // window of them all, but for those that a RuleFunc makes up
}

// Compile checks a configuration and prepares it. It reports everything that is wrong.
func Compile(c Config) (*Rules, error) {
	if c.Default.Window == 0 {
		c.Default.Window = 10 * time.Second
	}
	if c.Default.Max == 0 {
		c.Default.Max = 100
	}
	var problems []error
	if err := c.Default.validate(); err != nil {
		problems = append(problems, fmt.Errorf("ratelimit: Config.Default: %w", err))
	}
	r := &Rules{fallback: c.Default, longest: c.Default.Window, known: make(map[string]policy, len(c.Routes)+1)}
	for i := range c.Plugins {
		if err := c.Plugins[i].validate(); err != nil {
			problems = append(problems, fmt.Errorf("ratelimit: Config.Plugins[%d]: %w", i, err))
		}
	}
	r.paths = [][]PathRule{BuiltIn(), slices.Clone(c.Plugins)}
	for i := range c.Custom {
		compiled, err := c.Custom[i].compile()
		if err != nil {
			problems = append(problems, fmt.Errorf("ratelimit: Config.Custom[%d], %q: %w", i, c.Custom[i].Path, err))
			continue
		}
		r.custom = append(r.custom, compiled)
		r.longest = max(r.longest, compiled.Rule.Window)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	for _, list := range r.paths {
		for i := range list {
			r.longest = max(r.longest, list[i].Window)
		}
	}
	for _, route := range c.Routes {
		r.known[route] = r.choose(route)
	}
	r.known[unmatched] = r.choose(unmatched)
	return r, nil
}

// policy is what is to be done about a path.
type policy struct {
	rule   Rule
	off    bool
	adjust RuleFunc // nil if the rule does not depend on the request
}

// lookup returns the policy for a path, without comparing it with anything if it is a route.
func (r *Rules) lookup(path string) policy {
	if p, ok := r.known[path]; ok {
		return p
	}
	return r.choose(path)
}

// choose goes through the rules in the order of precedence: formats.md §8.
func (r *Rules) choose(path string) policy {
	p := policy{rule: r.fallback}
	for _, list := range r.paths {
		if i := slices.IndexFunc(list, func(rule PathRule) bool { return rule.matches(path) }); i >= 0 {
			p.rule = list[i].Rule
		}
	}
	for i := range r.custom {
		if !r.custom[i].matches(path) {
			continue
		}
		switch c := &r.custom[i]; {
		case c.Off:
			p.off = true
		case c.Func != nil:
			p.adjust = c.Func
		default:
			p.rule = c.Rule
		}
		break
	}
	return p
}

// resolve returns the rule for one request.
func (p *policy) resolve(ctx context.Context, req *http.Request) (rule Rule, off bool, err error) {
	if p.off || p.adjust == nil {
		return p.rule, p.off, nil
	}
	rule, off, err = p.adjust(ctx, req, p.rule)
	if err == nil && !off {
		err = rule.validate()
	}
	if err != nil {
		return Rule{}, false, fmt.Errorf("ratelimit: the function of a custom rule: %w", err)
	}
	return rule, off, nil
}
