package clientip_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/clientip"
)

func newResolver(t testing.TB, o clientip.Options) *clientip.Resolver {
	t.Helper()
	r, err := clientip.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// readVectors fills v, a slice, with one part of testdata/vectors.json, which holds the contract's recorded vectors.
func readVectors(t testing.TB, part string, v any) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		t.Fatal(err)
	}
	if len(parts[part]) < 20 {
		t.Fatalf("testdata/vectors.json has no %s", part)
	}
	if err := json.Unmarshal(parts[part], v); err != nil {
		t.Fatalf("%s: %v", part, err)
	}
}

func TestKeyVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		IP         string
		IPv6Subnet int
		Valid      bool
		Normalized string
	}
	readVectors(t, "ipNormalization", &rows)
	for _, row := range rows {
		subnet := row.IPv6Subnet
		if subnet == 0 {
			subnet = -1
		}
		want := row.Normalized
		if !row.Valid {
			want = "" // the reference never asks for the key of something that is no address
		}
		if got := newResolver(t, clientip.Options{IPv6Subnet: subnet}).Key(row.IP); got != want {
			t.Errorf("Key(%q) with /%d: got %q, want %q", row.IP, row.IPv6Subnet, got, want)
		}
	}
}

func TestExactVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Headers map[string]string
		Options struct {
			TrustedProxies, IPAddressHeaders []string
			IPv6Subnet                       int
			DisableIPTracking                bool
		}
		IP *string
	}
	readVectors(t, "ipExtraction", &rows)
	for _, row := range rows {
		r := newResolver(t, clientip.Options{
			Exact:          true,
			Disabled:       row.Options.DisableIPTracking,
			Headers:        row.Options.IPAddressHeaders,
			TrustedProxies: row.Options.TrustedProxies,
			IPv6Subnet:     row.Options.IPv6Subnet,
		})
		h := http.Header{}
		for name, value := range row.Headers {
			h.Set(name, value)
		}
		want := ""
		if row.IP != nil {
			want = *row.IP
		}
		if got := r.Resolve(h, "198.51.100.1:80"); got != want {
			t.Errorf("%v with %+v: got %q, want %q", row.Headers, row.Options, got, want)
		}
	}
}

func TestInvalidProxiesVectors(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Entry   string
		Invalid bool
	}
	readVectors(t, "invalidTrustedProxies", &rows)
	for _, row := range rows {
		if got := len(clientip.InvalidProxies([]string{row.Entry})) == 1; got != row.Invalid {
			t.Errorf("%q is invalid: got %v, want %v", row.Entry, got, row.Invalid)
		}
		if _, err := clientip.New(clientip.Options{TrustedProxies: []string{row.Entry}}); (err != nil) != row.Invalid {
			t.Errorf("New with proxy %q: got error %v, want one: %v", row.Entry, err, row.Invalid)
		}
	}
}

func TestInvalidProxies(t *testing.T) {
	t.Parallel()
	entries := []string{"10.0.0.0/8", "10.0.0.1:80", "[::1]", "fe80::1%eth0", "::ffff:10.0.0.0/8", "::ffff:10.0.0.0/104", "0.0.0.0/0", "10.0.0.0/8/8", "", "/8", "10.0.0.0/+8"}
	want := []string{"10.0.0.1:80", "[::1]", "fe80::1%eth0", "::ffff:10.0.0.0/104", "10.0.0.0/8/8", "", "/8", "10.0.0.0/+8"}
	if got := clientip.InvalidProxies(entries); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o    clientip.Options
		says string
	}{
		"subnet": {clientip.Options{IPv6Subnet: 129}, "128 bits"},
		"header": {clientip.Options{Headers: []string{"X-Real-IP", ""}}, "empty name"},
		"proxy":  {clientip.Options{TrustedProxies: []string{"10.0.0.0/8", "10.0.0.0/33"}}, `"10.0.0.0/33"`},
	} {
		if _, err := clientip.New(tt.o); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got error %v, want one that says %q", name, err, tt.says)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	none := clientip.Options{}
	proxies := clientip.Options{TrustedProxies: []string{"10.0.0.0/8", "fd00::/8"}}
	cloud := clientip.Options{TrustedProxies: proxies.TrustedProxies, Headers: []string{"cf-connecting-ip", "x-forwarded-for"}}
	for _, tt := range []struct {
		name    string
		o       clientip.Options
		remote  string
		headers []string // name: value
		want    string
	}{
		{"connection", none, "203.0.113.5:4711", nil, "203.0.113.5"},
		{"connection without port", none, "203.0.113.5", nil, "203.0.113.5"},
		{"connection over IPv6", none, "[2001:db8:1:2:3:4:5:6]:4711", nil, "2001:0db8:0001:0002:0000:0000:0000:0000"},
		{"connection over IPv6 without port", none, "2001:db8::1", nil, "2001:0db8:0000:0000:0000:0000:0000:0000"},
		{"brackets without port", none, "[2001:db8::1]", nil, "2001:0db8:0000:0000:0000:0000:0000:0000"},
		{"zone", none, "[fe80::1%eth0]:80", nil, "fe80:0000:0000:0000:0000:0000:0000:0000"},
		{"mapped", none, "[::ffff:203.0.113.5]:80", nil, "203.0.113.5"},
		{"Unix socket", none, "@", nil, ""},
		{"no connection", none, "", nil, ""},
		{"nonsense", none, "203.0.113.5:80:80", nil, ""},
		{"nonsense after brackets", none, "[::1]x", nil, ""},
		{"open bracket", none, "[::1", nil, ""},
		{"nonsense port", none, "203.0.113.5:x", nil, ""},

		{"header without proxies", none, "203.0.113.5:80", []string{"X-Forwarded-For: 1.2.3.4"}, "203.0.113.5"},
		{"named header without proxies", clientip.Options{Headers: []string{"cf-connecting-ip"}}, "203.0.113.5:80", []string{"Cf-Connecting-Ip: 1.2.3.4"}, "203.0.113.5"},
		{"header from a stranger", proxies, "203.0.113.5:80", []string{"X-Forwarded-For: 1.2.3.4"}, "203.0.113.5"},
		{"header from a Unix socket", proxies, "@", []string{"X-Forwarded-For: 1.2.3.4"}, ""},

		{"one proxy", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 203.0.113.5"}, "203.0.113.5"},
		{"mapped proxy", proxies, "[::ffff:10.0.0.1]:80", []string{"X-Forwarded-For: 203.0.113.5"}, "203.0.113.5"},
		{"proxy over IPv6", proxies, "[fd00::1]:80", []string{"X-Forwarded-For: 2001:db8::5"}, "2001:0db8:0000:0000:0000:0000:0000:0000"},
		{"forged entry in front", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, 203.0.113.5"}, "203.0.113.5"},
		{"forged proxy in front", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 10.9.9.9, 203.0.113.5"}, "203.0.113.5"},
		{"forged line in front", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 203.0.113.5"}, "203.0.113.5"},
		{"two proxies", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, 203.0.113.5, 10.0.0.2"}, "203.0.113.5"},
		{"two proxies, a line each", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, 203.0.113.5", "X-Forwarded-For: 10.0.0.2"}, "203.0.113.5"},
		{"entry with port", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 203.0.113.5:4711"}, "203.0.113.5"},
		{"entry in brackets", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: [2001:db8::5]:4711"}, "2001:0db8:0000:0000:0000:0000:0000:0000"},
		{"empty entries", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: , 203.0.113.5 ,, ", "X-Forwarded-For: "}, "203.0.113.5"},
		{"no header", proxies, "10.0.0.1:80", nil, "10.0.0.1"},
		{"nothing readable", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, unknown"}, "10.0.0.1"},
		{"unreadable further on", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 1.2.3.4, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"proxies all the way", proxies, "10.0.0.1:80", []string{"X-Forwarded-For: 10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"header that is not named", proxies, "10.0.0.1:80", []string{"X-Real-Ip: 1.2.3.4", "Forwarded: for=1.2.3.4", "Cf-Connecting-Ip: 1.2.3.4"}, "10.0.0.1"},

		{"named header first", cloud, "10.0.0.1:80", []string{"Cf-Connecting-Ip: 203.0.113.5", "X-Forwarded-For: 1.2.3.4"}, "203.0.113.5"},
		{"next header if unreadable", cloud, "10.0.0.1:80", []string{"Cf-Connecting-Ip: bad", "X-Forwarded-For: 203.0.113.5"}, "203.0.113.5"},
		{"named header from a stranger", cloud, "203.0.113.5:80", []string{"Cf-Connecting-Ip: 1.2.3.4"}, "203.0.113.5"},

		{"disabled", clientip.Options{Disabled: true, Development: true}, "203.0.113.5:80", nil, ""},
		{"development", clientip.Options{Development: true}, "@", nil, "127.0.0.1"},
		{"development, exact", clientip.Options{Development: true, Exact: true}, "203.0.113.5:80", nil, "127.0.0.1"},
		{"exact takes no port", clientip.Options{Exact: true}, "", []string{"X-Forwarded-For: 203.0.113.5:80"}, ""},
		{"exact takes no second line", clientip.Options{Exact: true}, "", []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 203.0.113.5"}, ""},
		{"exact ignores the connection", clientip.Options{Exact: true}, "203.0.113.5:80", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for _, line := range tt.headers {
				name, value, _ := strings.Cut(line, ": ")
				h.Add(name, value)
			}
			if got := newResolver(t, tt.o).Resolve(h, tt.remote); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzResolve: what comes out is "" or its own key, and a header from a stranger changes nothing.
func FuzzResolve(f *testing.F) {
	f.Add("203.0.113.5:80", "1.2.3.4, 10.0.0.1", "::1")
	f.Add("10.0.0.1", "[2001:db8::1]:80,,x", "")
	f.Add("[fe80::1%eth0]:80", "fe80::1%eth0", "::ffff:1.2.3.4")
	f.Add("@", ",", "010.0.0.1")
	proxied := newResolver(f, clientip.Options{TrustedProxies: []string{"10.0.0.0/8", "fd00::/8"}})
	direct := newResolver(f, clientip.Options{})
	exact := newResolver(f, clientip.Options{Exact: true, IPv6Subnet: 49})
	exactProxied := newResolver(f, clientip.Options{Exact: true, TrustedProxies: []string{"10.0.0.0/8"}})
	f.Fuzz(func(t *testing.T, remote, line1, line2 string) {
		h := http.Header{"X-Forwarded-For": {line1, line2}}
		for i, r := range []*clientip.Resolver{proxied, direct, exact, exactProxied} {
			if got := r.Resolve(h, remote); got != "" && r.Key(got) != got {
				t.Errorf("resolver %d: %q, %q, %q: got %q, whose key is %q", i, remote, line1, line2, got, r.Key(got))
			}
		}
		peer := direct.Resolve(nil, remote)
		if got := direct.Resolve(h, remote); got != peer {
			t.Errorf("headers %q, %q moved %q to %q", line1, line2, remote, got)
		}
		trusted := strings.HasPrefix(peer, "10.") || strings.HasPrefix(peer, "fd")
		if got := proxied.Resolve(h, remote); !trusted && got != peer {
			t.Errorf("headers %q, %q from %q moved it to %q", line1, line2, remote, got)
		} else if trusted && got == "" {
			t.Errorf("headers %q, %q from %q lost the client", line1, line2, remote)
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	for name, bb := range map[string]struct {
		o clientip.Options
		h http.Header
	}{
		"direct":  {clientip.Options{}, nil},
		"proxied": {clientip.Options{TrustedProxies: []string{"203.0.113.0/24", "10.0.0.0/8"}}, http.Header{"X-Forwarded-For": {"2001:db8::1, 10.0.0.1"}}},
		"exact":   {clientip.Options{Exact: true}, http.Header{"X-Forwarded-For": {"198.51.100.7"}}},
	} {
		r := newResolver(b, bb.o)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Resolve(bb.h, "203.0.113.5:4711")
			}
		})
	}
}
