package origin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// HostsOptions say under which hosts clients reach a server that has several.
type HostsOptions struct {
	// Allowed are the hosts: "example.com", "localhost:3000", or with wildcards as in [Glob], "*.example.com",
	// "preview-*.example.com", "localhost:*". Case does not matter, the port does. A host of digits, dots and wildcards
	// admits IPv4 addresses only. A scheme in front, and a path, are ignored when hosts are compared. At least one.
	Allowed []string
	// Protocol is the scheme of base URLs, "http" or "https". With "auto" it is that of the request. "" is "auto", but
	// for which origins are trusted, and unless Strict is set.
	Protocol string
	// Fallback is the base URL for requests to any other host, without a path. The default is that they have none.
	Fallback string
	// BasePath is as in [NewBase].
	BasePath string
	// Strict takes "" as Protocol for "https", but for hosts that are this machine.
	Strict bool
}

// Hosts finds the base URL for a request (formats.md §7.4). It is immutable and safe for concurrent use; make one with
// [NewHosts].
type Hosts struct {
	patterns []hostPattern
	protocol string
	strict   bool
	basePath string
	fallback Base // without an origin if there is none
	trusted  []string
}

// hostPattern is one allowed host, in lower case.
type hostPattern struct {
	text     string
	wildcard bool
	ipv4Only bool
	glob     Glob // if wildcard is set
}

// NewHosts checks the options. The error names the one to change.
func NewHosts(o HostsOptions) (*Hosts, error) {
	switch o.Protocol {
	case "", "auto", "http", "https":
	default:
		return nil, fmt.Errorf("the protocol %q is none of http, https and auto", o.Protocol)
	}
	if len(o.Allowed) == 0 {
		return nil, errors.New("there are no allowed hosts: name at least one, such as *.example.com")
	}
	h := &Hosts{protocol: o.Protocol, strict: o.Strict}
	for _, text := range o.Allowed {
		p, err := newHostPattern(text)
		if err != nil {
			return nil, err
		}
		h.patterns = append(h.patterns, p)
		h.trusted = append(h.trusted, h.originsOf(text)...)
	}
	path, err := NewBase("", o.BasePath)
	if err != nil {
		return nil, err
	}
	h.basePath = path.Path()
	if o.Fallback != "" {
		if h.fallback, err = NewBase(o.Fallback, o.BasePath); err != nil {
			return nil, fmt.Errorf("the fallback: %w", err)
		}
		if h.fallback.Path() != h.basePath {
			return nil, fmt.Errorf("the fallback %q has a path: leave it out, all hosts have the same base path", o.Fallback)
		}
		h.trusted = append(h.trusted, h.fallback.Origin())
	}
	return h, nil
}

func newHostPattern(text string) (p hostPattern, err error) {
	host := strings.ToLower(text)
	host = strings.TrimPrefix(strings.TrimPrefix(host, "https://"), "http://")
	host, _, _ = strings.Cut(host, "/")
	if host == "" || hasControl(host) || strings.ContainsAny(host, " @") {
		return p, fmt.Errorf("%q is no host: write it as in %q", text, "*.example.com")
	}
	p = hostPattern{text: host, wildcard: strings.ContainsAny(host, "*?"), ipv4Only: isNumericHost(host)}
	if p.wildcard {
		p.glob, err = NewGlob(host)
	}
	return p, err
}

// originsOf returns the trusted origins that an allowed host stands for (formats.md §7.3).
func (h *Hosts) originsOf(text string) []string {
	if strings.Contains(text, "://") {
		return []string{text}
	}
	var origins []string
	if h.protocol != "http" {
		origins = append(origins, "https://"+text)
	}
	if h.protocol == "http" || h.protocol == "auto" || Loopback(text) {
		origins = append(origins, "http://"+text)
	}
	return origins
}

// TrustedOrigins returns the patterns of the origins that the allowed hosts and the fallback stand for, for [NewList].
func (h *Hosts) TrustedOrigins() []string { return slices.Clone(h.trusted) }

// Fallback returns the base URL for requests to other hosts, or one without an origin if there is none.
func (h *Hosts) Fallback() Base { return h.fallback }

// Base returns the base URL for a request to host, "example.com" or "localhost:3000", that came by scheme, "http" or
// "https". It is the fallback if the host is not allowed, or empty. ok is false if there is no fallback either.
func (h *Hosts) Base(scheme, host string) (b Base, ok bool) {
	if !h.allows(host) {
		return h.fallback, h.fallback.Scheme() != ""
	}
	switch {
	case h.protocol == "http" || h.protocol == "https":
		scheme = h.protocol
	case h.strict && h.protocol == "" && !Loopback(host):
		scheme = "https"
	}
	u, err := Parse(scheme + "://" + host)
	if err != nil || u.repaired || u.Userinfo { // another parser might see another host in it
		return h.fallback, h.fallback.Scheme() != ""
	}
	u.Path = h.basePath
	return Base{url: u, path: h.basePath}, true
}

func (h *Hosts) allows(host string) bool {
	if host == "" || hasControl(host) || strings.ContainsAny(host, `/\?#@ `) {
		return false
	}
	host = strings.ToLower(host)
	return slices.ContainsFunc(h.patterns, func(p hostPattern) bool { return p.match(host) })
}

func (p *hostPattern) match(host string) bool {
	if !p.wildcard {
		return p.text == host
	}
	return p.glob.Match(host) && (!p.ipv4Only || isIPv4(hostname(host)))
}

// ForwardedHost reports whether the value of an X-Forwarded-Host header is one host, with or without a port, as a proxy
// writes it.
func ForwardedHost(value string) bool {
	if value == "" || strings.Contains(value, "..") || value[0] == '.' {
		return false
	}
	if inner, ok := strings.CutPrefix(value, "["); ok {
		inner, port, ok := strings.Cut(inner, "]")
		_, err := parseIPv6("[" + inner + "]")
		return ok && err == nil && (port == "" || isPort(port))
	}
	name, port, found := strings.Cut(value, ":")
	if found && !isPort(":"+port) {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

// isPort reports whether s is a colon and up to five digits.
func isPort(s string) bool { return len(s) <= 6 && s[0] == ':' && allDigits(s[1:]) }
