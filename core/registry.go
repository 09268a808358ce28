package core

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// route is an endpoint as one Auth serves it, with everything that New could decide in advance.
type route struct {
	endpoint AnyEndpoint
	spec     Spec
	owner    string
	before   []func(ctx context.Context, x *Exchange, in any) error
	after    []func(ctx context.Context, x *Exchange, out any, err error) (any, error)
}

// registry finds routes. It is immutable once New has built it.
type registry struct {
	static     map[methodPath]*route
	patterns   []pattern
	byID       map[string]*route
	byEndpoint map[AnyEndpoint]*route
	routes     []*route // in the order of registration
}

type methodPath struct{ method, path string }

// pattern is a route with parameters, such as /reset-password/:token.
type pattern struct {
	method   string
	segments []string
	route    *route
}

// newRegistry registers the endpoints of all owners and attaches the hooks. It reports everything that collides.
func newRegistry(owners []owner) (*registry, error) {
	r := &registry{static: map[methodPath]*route{}, byID: map[string]*route{}, byEndpoint: map[AnyEndpoint]*route{}}
	var problems []error
	for _, o := range owners {
		for _, e := range o.manifest.Endpoints {
			problems = append(problems, r.add(o.name, e)...)
		}
	}
	for _, rt := range r.routes {
		for _, o := range owners {
			for _, h := range o.manifest.Hooks {
				if h.match == nil || !h.match(rt.endpoint) {
					continue
				}
				if h.before != nil {
					rt.before = append(rt.before, h.before)
				}
				if h.after != nil {
					rt.after = append(rt.after, h.after)
				}
			}
		}
	}
	return r, errors.Join(problems...)
}

func (r *registry) add(owner string, e AnyEndpoint) (problems []error) {
	s := e.Spec()
	rt := &route{endpoint: e, spec: s, owner: owner}
	if s.ID == "" {
		problems = append(problems, fmt.Errorf("an endpoint of %s has no ID: set Spec.ID", owner))
	} else if o := r.byID[s.ID]; o != nil {
		problems = append(problems, fmt.Errorf("%s and %s both have an operation %q: give one of them another ID", o.owner, owner, s.ID))
	}
	if s.Access < Public || s.Access > ServerOnly {
		problems = append(problems, fmt.Errorf("endpoint %q of %s does not say who may call it: set Spec.Access", s.ID, owner))
	}
	r.byID[s.ID] = rt
	r.byEndpoint[e] = rt
	r.routes = append(r.routes, rt)
	if s.Access == ServerOnly {
		return problems
	}
	if err := checkPath(s.Path); err != nil {
		return append(problems, fmt.Errorf("endpoint %q of %s: %w", s.ID, owner, err))
	}
	methods := s.methods()
	if len(methods) == 0 {
		problems = append(problems, fmt.Errorf("endpoint %q of %s has no method: set Spec.Method", s.ID, owner))
	}
	for _, m := range methods {
		if m != strings.ToUpper(m) || m == "HEAD" || m == "OPTIONS" {
			problems = append(problems, fmt.Errorf("endpoint %q of %s has the method %q, which no endpoint serves", s.ID, owner, m))
			continue
		}
		if o := r.collision(m, s.Path); o != nil {
			problems = append(problems, fmt.Errorf("%s (endpoint %q) and %s (endpoint %q) both serve %s %s: remove one of the plugins or give the endpoint another path",
				o.owner, o.spec.ID, owner, s.ID, m, s.Path))
			continue
		}
		if strings.Contains(s.Path, "/:") {
			r.patterns = append(r.patterns, pattern{m, strings.Split(s.Path[1:], "/"), rt})
		} else {
			r.static[methodPath{m, s.Path}] = rt
		}
	}
	return problems
}

// collision returns the route that already answers some request that method and path would.
func (r *registry) collision(method, path string) *route {
	if rt := r.static[methodPath{method, path}]; rt != nil {
		return rt
	}
	segments := strings.Split(path[1:], "/")
	for _, p := range r.patterns {
		if p.method == method && slices.EqualFunc(p.segments, segments, func(a, b string) bool {
			return a == b || a[:1] == ":" && b[:1] == ":"
		}) {
			return p.route
		}
	}
	return nil
}

// checkPath accepts /a/b and /a/:b: the one spelling that an endpoint has.
func checkPath(p string) error {
	if !strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/") || strings.Contains(p, "//") {
		return fmt.Errorf("the path %q must begin with a slash, not end with one and have no empty segment", p)
	}
	for segment := range strings.SplitSeq(p[1:], "/") {
		name := strings.TrimPrefix(segment, ":")
		if name == "" || strings.IndexFunc(name, notPathByte) >= 0 {
			return fmt.Errorf("the path %q has a segment that is not made of letters, digits, dots, dashes and underscores", p)
		}
	}
	return nil
}

func notPathByte(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.')
}

// find returns the route for a method and an escaped path under the base path, and its parameters, each decoded once.
// Matching is by the exact bytes: another case, an encoded letter or a further slash is another path.
func (r *registry) find(method, path string) (*route, map[string]string) {
	if rt := r.static[methodPath{method, path}]; rt != nil {
		return rt, nil
	}
	for i := range r.patterns {
		p := &r.patterns[i]
		if p.method != method {
			continue
		}
		if params, ok := p.match(path); ok {
			return p.route, params
		}
	}
	return nil, nil
}

func (p *pattern) match(path string) (map[string]string, bool) {
	if strings.Count(path, "/") != len(p.segments) {
		return nil, false
	}
	params := map[string]string{}
	rest := path[1:]
	for _, want := range p.segments {
		var got string
		got, rest, _ = strings.Cut(rest, "/")
		if want[0] != ':' {
			if got != want {
				return nil, false
			}
			continue
		}
		v, err := url.PathUnescape(got)
		if err != nil || v == "" {
			return nil, false
		}
		params[want[1:]] = v
	}
	return params, true
}

// EndpointInfo describes one endpoint of an Auth.
type EndpointInfo struct {
	Spec Spec
	// Owner is "core" or "plugin <id>".
	Owner    string
	Endpoint AnyEndpoint
}

// Endpoints returns what this Auth serves, core's first, then each plugin's in order.
func (a *Auth) Endpoints() []EndpointInfo {
	out := make([]EndpointInfo, len(a.registry.routes))
	for i, rt := range a.registry.routes {
		out[i] = EndpointInfo{Spec: rt.endpoint.Spec(), Owner: rt.owner, Endpoint: rt.endpoint}
	}
	return out
}
