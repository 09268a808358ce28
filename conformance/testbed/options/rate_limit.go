package options

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/ratelimit"
	"github.com/cardea-auth/cardea/core/wire"
)

func (r reader) rateLimit(o strict.Object, c *core.RateLimitConfig) {
	if o.Has("enabled") {
		enabled := false
		o.Bool("enabled", &enabled)
		c.Enabled = core.Off
		if enabled {
			c.Enabled = core.On
		}
	}
	o.Seconds("window", &c.Window) // 0 is the default in both worlds
	o.Int("max", &c.Max)
	storage := ""
	o.Choice("storage", &storage, "memory", "database", "secondary-storage")
	c.Storage = map[string]core.RateLimitStorage{
		"memory": core.RateLimitMemory, "database": core.RateLimitDatabase, "secondary-storage": core.RateLimitSecondary,
	}[storage]
	if consume := r.function(o.Object("customStorage"), "consume"); consume != nil {
		c.Counter, c.Storage = functionCounter(consume), core.RateLimitDefault // the function has its way in both worlds
	}
	rules := o.Object("customRules") // the first that matches counts: the order of the document
	for _, path := range rules.Names() {
		c.Custom = append(c.Custom, r.customRule(rules, path))
	}
}

// customRule reads {"window","max"}, false, or a function (request, {"window","max"}) that returns one of them.
func (r reader) customRule(o strict.Object, path string) ratelimit.CustomRule {
	rule := ratelimit.CustomRule{Path: path}
	if f := r.function(o, path); f != nil {
		rule.Func = func(ctx context.Context, req *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool, error) {
			v, err := f(ctx, request(req), ruleArgument(current))
			if err != nil {
				return ratelimit.Rule{}, false, err
			}
			return ruleResult(v, current)
		}
		return rule
	}
	if !o.IsObject(path) {
		on := true
		o.Bool(path, &on)
		rule.Off = !on
		return rule
	}
	limits := o.Object(path)
	limits.Seconds("window", &rule.Rule.Window)
	limits.Int("max", &rule.Rule.Max)
	return rule
}

// ruleResult reads what a function of a custom rule returned: nothing stands for the rule there is, false for none.
func ruleResult(v any, current ratelimit.Rule) (rule ratelimit.Rule, off bool, err error) {
	switch v := v.(type) {
	case nil:
		return current, false, nil
	case bool:
		if !v {
			return current, true, nil
		}
	case *wire.Object:
		window, _ := v.Get("window")
		most, _ := v.Get("max")
		seconds, ok1 := window.(float64)
		n, ok2 := most.(float64)
		if ok1 && ok2 {
			return ratelimit.Rule{Window: time.Duration(seconds * float64(time.Second)), Max: int(n)}, false, nil
		}
	}
	return ratelimit.Rule{}, false, fmt.Errorf("a function of rateLimit.customRules returned %v instead of a rule or false", v)
}

func ruleArgument(rule ratelimit.Rule) *wire.Object {
	var o wire.Object
	o.Set("window", rule.Window.Seconds())
	o.Set("max", float64(rule.Max))
	return &o
}

// functionCounter counts with rateLimit.customStorage.consume.
type functionCounter Function

func (f functionCounter) Consume(ctx context.Context, key string, rule ratelimit.Rule) (time.Duration, bool, error) {
	v, err := f(ctx, key, ruleArgument(rule))
	if err != nil {
		return 0, false, err
	}
	o, ok := v.(*wire.Object)
	if !ok {
		return 0, false, fmt.Errorf("rateLimit.customStorage.consume returned %T instead of an object", v)
	}
	allowed, _ := o.Get("allowed")
	retryAfter, _ := o.Get("retryAfter")
	seconds, _ := retryAfter.(float64) // null is the whole window
	return time.Duration(seconds * float64(time.Second)), allowed == true, nil
}
