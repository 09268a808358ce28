package clientip

import (
	"net/netip"
	"strconv"
	"strings"
)

// InvalidProxies returns the entries that are neither an address nor a range of them, in order.
func InvalidProxies(entries []string) []string {
	var invalid []string
	for _, entry := range entries {
		if _, ok := parseRange(entry); !ok {
			invalid = append(invalid, entry)
		}
	}
	return invalid
}

// parseRange reads "10.0.0.0/8" or a single address. A range written in IPv4-mapped form is one of IPv4, like the
// addresses that are compared with it.
func parseRange(s string) (netip.Prefix, bool) {
	address, length, hasLength := s, "", false
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		address, length, hasLength = s[:i], s[i+1:], true
	}
	ip, ok := parseAddr(address)
	if !ok {
		return netip.Prefix{}, false
	}
	bits := ip.BitLen()
	if hasLength {
		n, err := strconv.ParseUint(length, 10, 8)
		if err != nil || int(n) > bits {
			return netip.Prefix{}, false
		}
		bits = int(n)
	}
	return netip.PrefixFrom(ip, bits).Masked(), true
}

// parseAddr reads a bare address, without brackets, port or zone. IPv4-mapped IPv6 becomes IPv4.
func parseAddr(s string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(s)
	if err != nil || ip.Zone() != "" {
		return netip.Addr{}, false
	}
	return ip.Unmap(), true
}

// parseHop reads an address as sockets and some proxies write it: it may have a port, brackets and a zone, which names
// an interface of this machine and would tell one client from itself.
func parseHop(s string) (netip.Addr, bool) {
	host, rest := s, ""
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if host, rest, ok = strings.Cut(inner, "]"); !ok {
			return netip.Addr{}, false
		}
	} else if i := strings.IndexByte(s, ':'); i >= 0 && i == strings.LastIndexByte(s, ':') {
		host, rest = s[:i], s[i:]
	}
	if rest != "" && (rest[0] != ':' || strings.Trim(rest[1:], "0123456789") != "") {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, false
	}
	return ip.WithZone("").Unmap(), true
}

// format masks IPv6 and writes it in full, as upstream does.
func (r *Resolver) format(ip netip.Addr) string {
	if ip.Is4() {
		return ip.String()
	}
	const digits = "0123456789abcdef"
	var out [39]byte
	n := 0
	for i, b := range ip.As16() {
		if i > 0 && i%2 == 0 {
			out[n] = ':'
			n++
		}
		b &= r.mask[i]
		out[n], out[n+1] = digits[b>>4], digits[b&15]
		n += 2
	}
	return string(out[:])
}

// chain reads the entries of a header from its end, without building a list of them. Several lines of one header are
// one list (RFC 9110 §5.3); empty entries do not count.
type chain struct {
	lines []string
	rest  string // of the line being read
}

func (c *chain) next() (entry string, ok bool) {
	for {
		if c.rest == "" {
			if len(c.lines) == 0 {
				return "", false
			}
			last := len(c.lines) - 1
			c.lines, c.rest = c.lines[:last], c.lines[last]
			continue
		}
		comma := strings.LastIndexByte(c.rest, ',')
		entry = strings.TrimSpace(c.rest[comma+1:])
		c.rest = c.rest[:max(comma, 0)]
		if entry != "" {
			return entry, true
		}
	}
}
