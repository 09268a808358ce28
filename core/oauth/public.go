package oauth

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// ErrPrivateAddress says that a request would have gone to an address that is not on the public internet. It comes wrapped.
var ErrPrivateAddress = errors.New("oauth: the address is not public")

// PublicOnly returns a copy of c for URLs that came from a user: it refuses addresses that are not on the public internet,
// such as those of this machine, its network and a cloud's metadata service, with [ErrPrivateAddress]. What a name resolves
// to is judged when the connection is made, so that a name cannot change its mind in between. Proxies are not used and
// redirects not followed.
//
// That takes c's transport to be an [http.Transport] or nil. Another one makes its own connections: of it only host names
// and literal addresses are checked beforehand.
func PublicOnly(c *http.Client) *http.Client {
	out := refuseRedirects(c)
	switch t := out.Transport.(type) {
	case nil:
		out.Transport = publicTransport(nil)
	case *http.Transport:
		out.Transport = publicTransport(t)
	}
	out.Transport = publicURLs{out.Transport}
	return out
}

func publicTransport(t *http.Transport) *http.Transport {
	if t == nil {
		t, _ = http.DefaultTransport.(*http.Transport)
	}
	if t == nil {
		t = &http.Transport{TLSHandshakeTimeout: 5 * time.Second}
	}
	t = t.Clone()
	t.Proxy = nil
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrPrivateAddress, address)
		}
		return checkPublic(ap.Addr())
	}}
	t.DialContext = dialer.DialContext
	t.DialTLSContext = nil
	return t
}

// publicURLs refuses what can be refused before a connection.
type publicURLs struct{ next http.RoundTripper }

func (p publicURLs) RoundTrip(r *http.Request) (*http.Response, error) {
	host := strings.TrimSuffix(strings.ToLower(r.URL.Hostname()), ".")
	if r.URL.Scheme != "https" && r.URL.Scheme != "http" || r.URL.User != nil {
		return nil, fmt.Errorf("%w: not a plain http or https URL", ErrPrivateAddress)
	}
	if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") {
		return nil, fmt.Errorf("%w: %s", ErrPrivateAddress, host)
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if err := checkPublic(addr); err != nil {
			return nil, err
		}
	}
	return p.next.RoundTrip(r)
}

// special are the blocks of the IANA special-purpose registries that netip does not know, and those that carry an IPv4
// address within an IPv6 one.
var special = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
		"2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "::/96",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

func checkPublic(addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	refuse := !addr.IsGlobalUnicast() || addr.IsPrivate()
	for _, p := range special {
		refuse = refuse || p.Contains(addr)
	}
	if refuse {
		return fmt.Errorf("%w: %s", ErrPrivateAddress, addr)
	}
	return nil
}
