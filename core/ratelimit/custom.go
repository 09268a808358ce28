package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/origin"
)

// CustomRule is a rule of the app for one path, or for all that a pattern matches. Exactly one of Rule, Off and Func is
// set.
type CustomRule struct {
	// Path is without the base path: "/sign-in/email", or, if it has an asterisk, a pattern as in [origin.Glob]:
	// "/sign-in/*", "/**". For endpoints with parameters it is compared with the registered path,
	// "/reset-password/:token", unless [Options.Exact] is set. The pattern "*" is for requests that no endpoint takes.
	Path string
	// Rule takes the place of the rule that would apply otherwise.
	Rule Rule
	// Off lets every request pass, and counts none.
	Off bool
	// Func decides from case to case.
	Func RuleFunc
}

// RuleFunc decides about a rule when a request comes, before anything else has looked at it. current is the rule that
// would apply otherwise; it, another rule, or off to not limit the request is the answer. An error, and a rule that
// [Compile] would refuse, denies the request, also where [Options.FailOpen] is set.
//
// It is called at the same time by many requests, and must leave the body of r alone. r is [Request.HTTP].
type RuleFunc func(ctx context.Context, r *http.Request, current Rule) (rule Rule, off bool, err error)

type customRule struct {
	CustomRule
	pattern bool
	glob    origin.Glob // if pattern is set
}

func (c CustomRule) compile() (compiled customRule, err error) {
	set := 0
	for _, b := range []bool{c.Rule != Rule{}, c.Off, c.Func != nil} {
		if b {
			set++
		}
	}
	if set != 1 {
		return compiled, errors.New("set exactly one of Rule, Off and Func")
	}
	if c.Rule != (Rule{}) {
		if err := c.Rule.validate(); err != nil {
			return compiled, err
		}
	}
	compiled = customRule{CustomRule: c, pattern: strings.Contains(c.Path, "*")}
	if !compiled.pattern && !strings.HasPrefix(c.Path, "/") {
		return compiled, errors.New("paths begin with a slash and leave the base path out")
	}
	if compiled.pattern {
		if compiled.glob, err = origin.NewGlob(c.Path); err != nil {
			return compiled, fmt.Errorf("the pattern cannot be read: %w", err)
		}
	}
	return compiled, nil
}

func (c *customRule) matches(path string) bool {
	if c.pattern {
		return c.glob.Match(path)
	}
	return c.Path == path
}
