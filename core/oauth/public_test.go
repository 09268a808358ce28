package oauth_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core/oauth"
)

// unreachable is a RoundTripper for requests that must not get so far.
type unreachable struct{ reached *bool }

func (u unreachable) RoundTrip(*http.Request) (*http.Response, error) {
	*u.reached = true
	return nil, errors.New("reached")
}

func TestPublicOnlyURLs(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"https://idp.example/":                     true,
		"https://8.8.8.8/":                         true,
		"https://[2606:4700:4700::1111]/":          true,
		"http://127.0.0.1/":                        false,
		"http://127.1.2.3:8080/":                   false,
		"http://[::1]/":                            false,
		"http://[::]/":                             false,
		"http://[::ffff:127.0.0.1]/":               false,
		"http://[::127.0.0.1]/":                    false,
		"http://[64:ff9b::7f00:1]/":                false,
		"http://[2002:7f00:1::]/":                  false,
		"http://[fd00:ec2::254]/":                  false,
		"http://[fe80::1%25eth0]/":                 false,
		"http://0.0.0.0/":                          false,
		"http://10.0.0.1/":                         false,
		"http://172.16.0.1/":                       false,
		"http://192.168.1.1/":                      false,
		"http://100.64.0.1/":                       false,
		"http://169.254.169.254/latest/meta-data/": false,
		"http://192.0.2.1/":                        false,
		"http://198.18.0.1/":                       false,
		"http://224.0.0.1/":                        false,
		"http://255.255.255.255/":                  false,
		"http://localhost/":                        false,
		"http://LOCALHOST./":                       false,
		"http://a.localhost/":                      false,
		"http://printer.local/":                    false,
		"http://metadata.google.internal/":         false,
		"http://user:password@idp.example/":        false,
		"ftp://idp.example/":                       false,
		"gopher://idp.example/":                    false,
	}
	for u, want := range tests {
		reached := false
		c := oauth.PublicOnly(&http.Client{Transport: unreachable{&reached}})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Do(req)
		if reached != want || errors.Is(err, oauth.ErrPrivateAddress) == want {
			t.Errorf("%s: reached %v (%v), want %v", u, reached, err, want)
		}
	}
}

// TestPublicOnlyJudgesConnections goes past the check of URLs, as a name does that resolves to this machine.
func TestPublicOnlyJudgesConnections(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer s.Close()
	careless := &http.Transport{
		Proxy: http.ProxyURL(must(url.Parse(s.URL))),
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", s.Listener.Addr().String())
		},
	}
	for _, transport := range []*http.Transport{nil, {}, careless} {
		c := &http.Client{Transport: oauth.PublicTransport(transport)}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		if _, err := c.Do(req); !errors.Is(err, oauth.ErrPrivateAddress) {
			t.Errorf("got %v, want ErrPrivateAddress", err)
		}
	}
	if reached.Load() != 0 {
		t.Error("the server was reached")
	}
}
