package origin

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

const (
	// forbiddenHost may stand in no host at all (URL Standard §3.1).
	forbiddenHost = "\x00\t\n\r #/:<>?@[\\]^|"
	// forbiddenName may, besides controls, not stand in a domain name either.
	forbiddenName = forbiddenHost + "%\x7f"
)

// parseHost returns the normal form of a host (URL Standard §3.5): brackets mean IPv6, special schemes have domain
// names and IPv4 addresses, others have opaque text.
func parseHost(s string, special bool) (string, error) {
	if strings.HasPrefix(s, "[") {
		return parseIPv6(s)
	}
	if !special {
		if strings.ContainsAny(s, forbiddenHost) {
			return "", errHost
		}
		return percentEncode(s, opaqueUnsafe), nil
	}
	name := percentDecode(s)
	for i := range len(name) {
		if name[i] >= 0x80 {
			// Mapping Unicode to a name needs IDNA tables, and a different version of them is a different host. This
			// comes before lowering the case, which would make an ASCII k of the Kelvin sign.
			return "", errNonASCIIHost
		}
		if name[i] < ' ' || strings.IndexByte(forbiddenName, name[i]) >= 0 {
			return "", errHost
		}
	}
	name = strings.ToLower(name)
	if endsInNumber(name) {
		return parseIPv4(name)
	}
	return name, nil
}

func parseIPv6(s string) (string, error) {
	inner, ok := strings.CutSuffix(s[1:], "]")
	if !ok {
		return "", errHost
	}
	ip, err := netip.ParseAddr(inner)
	if err != nil || !ip.Is6() || ip.Zone() != "" {
		return "", errHost
	}
	if ip.Is4In6() {
		// Browsers write mapped addresses in hexadecimal, netip writes the IPv4 part in decimal.
		b := ip.As16()
		return fmt.Sprintf("[::ffff:%x:%x]", uint(b[12])<<8|uint(b[13]), uint(b[14])<<8|uint(b[15])), nil
	}
	return "[" + ip.String() + "]", nil
}

// endsInNumber reports whether a name has to be an IPv4 address because its last label is a number (URL Standard
// §3.5, the ends-in-a-number checker). It may end with one dot.
func endsInNumber(name string) bool {
	name = strings.TrimSuffix(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return allDigits(last)
}

// parseIPv4 reads one to four numbers, each decimal, octal (0 in front) or hexadecimal (0x), the last of which fills
// the remaining bytes: 127.0.0.1 is also 0x7f.1 and 2130706433 (URL Standard §3.5, the IPv4 parser).
func parseIPv4(name string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(name, "."), ".")
	if len(parts) > 4 {
		return "", errHost
	}
	var ip uint64
	for i, part := range parts {
		n, err := parseIPv4Number(part)
		if err != nil {
			return "", errHost
		}
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		if n >= 1<<bits {
			return "", errHost
		}
		ip = ip<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}).String(), nil
}

func parseIPv4Number(s string) (uint64, error) {
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		if hex == "" {
			return 0, nil
		}
		return strconv.ParseUint(hex, 16, 64)
	}
	if len(s) > 1 && s[0] == '0' {
		return strconv.ParseUint(s[1:], 8, 64)
	}
	return strconv.ParseUint(s, 10, 64)
}
