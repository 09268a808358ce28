package origin

import (
	"net/netip"
	"strings"
)

// Loopback reports whether host names this machine: localhost and names below it (RFC 6761 §6.3), 127.0.0.0/8, ::1,
// and their IPv4-mapped forms. 0.0.0.0 is not loopback.
//
// host may be the Host header or a part of a URL: it may have a port, brackets, a zone or a dot at its end. Loopback
// looks nothing up and must not guard redirect URIs, where RFC 8252 §8.3 wants addresses only.
func Loopback(host string) bool {
	host = strings.ToLower(strings.TrimRight(hostname(host), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// hostname takes port and brackets off. An IPv6 address without brackets has no port.
func hostname(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, _, _ = strings.Cut(inner, "]")
		return inner
	}
	if name, port, ok := strings.Cut(host, ":"); ok && !strings.Contains(port, ":") {
		return name
	}
	return host
}
