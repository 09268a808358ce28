// Package clientip finds the address of the client behind a request, in the form in which sessions store it and rate
// limits count it.
//
// Anyone can write "X-Forwarded-For: 1.2.3.4". A header is worth as much as the hop that added it, so a [Resolver]
// begins at the connection and believes a header only as far as trusted proxies vouch for it. Use it for what may be
// wrong at worst: session lists and rate limits. It is no means of authentication.
//
//	r, err := clientip.New(clientip.Options{TrustedProxies: []string{"10.0.0.0/8"}})
//	ip := r.Resolve(req.Header, req.RemoteAddr) // "203.0.113.5", "2001:0db8:0001:0002:0000:0000:0000:0000" or ""
package clientip

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
)

// Options says where addresses come from. The zero value takes the address of the connection.
type Options struct {
	// Disabled makes every address unknown.
	Disabled bool
	// Exact takes the address from the headers alone, as better-auth does: see [Resolver.Resolve]. The default is to
	// believe no header that a trusted proxy did not send.
	Exact bool
	// Headers carry the address, or the list of addresses that a request came by, and are tried in order. Name only
	// headers that your proxies set or append to. The default is X-Forwarded-For.
	Headers []string
	// TrustedProxies are addresses ("10.0.0.1") and ranges ("10.0.0.0/8", "fd00::/8") of the proxies in front of this
	// server. The default is none.
	TrustedProxies []string
	// IPv6Subnet is how many leading bits of an IPv6 address make a client, at most 128; whoever has one address usually
	// has the whole subnet. Negative means none: all IPv6 clients are one. The default is 64.
	IPv6Subnet int
	// Development answers 127.0.0.1 where the address is unknown. The default is "".
	Development bool
}

// Resolver finds client addresses. It is immutable and safe for concurrent use; make one with [New].
type Resolver struct {
	disabled, exact bool
	headers         []string // in canonical form
	proxies         []netip.Prefix
	mask            [16]byte // for IPv6
	unknown         string
}

// New checks the options. In Exact mode entries of TrustedProxies that cannot be read are skipped, as upstream does,
// for [InvalidProxies] to name; otherwise they are errors, because a typing mistake there would move the trust.
func New(o Options) (*Resolver, error) {
	if o.IPv6Subnet > 128 {
		return nil, fmt.Errorf("clientip: IPv6Subnet is %d: an IPv6 address has 128 bits, leave it out for 64", o.IPv6Subnet)
	}
	if o.IPv6Subnet == 0 {
		o.IPv6Subnet = 64
	}
	if len(o.Headers) == 0 {
		o.Headers = []string{"X-Forwarded-For"}
	}
	r := &Resolver{disabled: o.Disabled, exact: o.Exact}
	for bit := range o.IPv6Subnet {
		r.mask[bit/8] |= 0x80 >> (bit % 8)
	}
	for _, name := range o.Headers {
		if name == "" {
			return nil, errors.New("clientip: Headers has an empty name: remove it")
		}
		r.headers = append(r.headers, http.CanonicalHeaderKey(name))
	}
	for _, entry := range o.TrustedProxies {
		proxy, ok := parseRange(entry)
		if !ok && !o.Exact {
			return nil, fmt.Errorf("clientip: TrustedProxies has %q: write an address such as 10.0.0.1 or a range such as 10.0.0.0/8", entry)
		}
		if ok {
			r.proxies = append(r.proxies, proxy)
		}
	}
	if o.Development {
		r.unknown = "127.0.0.1"
	}
	return r, nil
}

// Resolve returns the address of the client in the form of [Resolver.Key], or "" if it is unknown. A caller that limits
// by address must then use one bucket for all such requests rather than none.
//
// h has canonical keys; remote is the address of the connection, with or without a port ("192.0.2.1:4711",
// "[2001:db8::1]:4711", "192.0.2.1"). If remote is not a trusted proxy, it is the client. Otherwise the first header
// that says something is read from its end, where the nearest proxy wrote: the first address there that is no trusted
// proxy is the client. A list that ends, or has something other than an address in it, before one is found yields the
// last address that a trusted proxy vouched for.
//
// In Exact mode remote does not count (formats.md §7.5). Without trusted proxies a header must hold a single address;
// with them it is read from its end in the same way, but is passed over if it ends or cannot be read before an untrusted
// address is found. Ports are not accepted.
func (r *Resolver) Resolve(h http.Header, remote string) string {
	var ip netip.Addr
	switch {
	case r.disabled:
		return ""
	case r.exact:
		ip = r.fromHeaders(h)
	default:
		ip = r.fromConnection(h, remote)
	}
	if !ip.IsValid() {
		return r.unknown
	}
	return r.format(ip)
}

// Trusts reports whether remote, the address of a connection, is one of Options.TrustedProxies.
func (r *Resolver) Trusts(remote string) bool {
	ip, ok := parseHop(remote)
	return ok && r.trusts(ip)
}

// Key returns the form of an address in which sessions and rate limits have it, or "" if ip is not a bare address.
// IPv4, and IPv4 mapped into IPv6, is in dotted decimal; IPv6 is in full, lower case, with zeros beyond the subnet.
func (r *Resolver) Key(ip string) string {
	addr, ok := parseAddr(ip)
	if !ok {
		return ""
	}
	return r.format(addr)
}

// fromConnection believes headers as far as trusted proxies reach. It returns the zero Addr if the peer is not an IP
// address, as on a Unix socket.
func (r *Resolver) fromConnection(h http.Header, remote string) netip.Addr {
	peer, ok := parseHop(remote)
	if !ok || !r.trusts(peer) {
		return peer
	}
	for _, name := range r.headers {
		if client := r.walk(peer, h[name]); client != peer {
			return client
		}
	}
	return peer
}

// walk goes from the peer towards the client for as long as the hop it stands on is trusted to name the next one.
func (r *Resolver) walk(peer netip.Addr, lines []string) netip.Addr {
	hops := chain{lines: lines}
	client := peer
	for r.trusts(client) {
		entry, ok := hops.next()
		if !ok {
			break
		}
		hop, ok := parseHop(entry)
		if !ok {
			break
		}
		client = hop
	}
	return client
}

// fromHeaders is the contract's way; it returns the zero Addr if no header has an acceptable address.
func (r *Resolver) fromHeaders(h http.Header) netip.Addr {
	for _, name := range r.headers {
		if ip := r.fromHeader(h[name]); ip.IsValid() {
			return ip
		}
	}
	return netip.Addr{}
}

func (r *Resolver) fromHeader(lines []string) netip.Addr {
	hops := chain{lines: lines}
	for {
		entry, ok := hops.next()
		if !ok {
			return netip.Addr{}
		}
		ip, ok := parseAddr(entry)
		if !ok {
			return netip.Addr{}
		}
		if len(r.proxies) == 0 {
			if _, more := hops.next(); more {
				return netip.Addr{} // nobody vouches for any of them
			}
			return ip
		}
		if !r.trusts(ip) {
			return ip
		}
	}
}

func (r *Resolver) trusts(ip netip.Addr) bool {
	for _, p := range r.proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
