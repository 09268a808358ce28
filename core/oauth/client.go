package oauth

import (
	"net/http"
	"time"
)

// ClientOptions are what a [Client] takes from the application.
type ClientOptions struct {
	// HTTP makes the requests. The default is a client with a timeout of 10 s. Whatever it is, redirects are refused.
	HTTP *http.Client
	// Now is the clock. The default is time.Now.
	Now func() time.Time
	// Exact checks ID tokens no more than upstream does: one that came straight from the token endpoint over TLS is not
	// verified by the providers of plugin/social (OIDC Core §3.1.3.7 step 6 permits that), and azp and typ are not looked
	// at. The default checks both.
	Exact bool
}

// Client makes the requests of this package and remembers providers' keys. Make one and keep it. It is safe for
// concurrent use.
type Client struct {
	http  *http.Client
	now   func() time.Time
	exact bool
	keys  keyCache
}

// NewClient returns a client.
func NewClient(o ClientOptions) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{http: refuseRedirects(o.HTTP), now: o.Now, exact: o.Exact}
}

// Now returns the time of the client's clock.
func (c *Client) Now() time.Time { return c.now() }

// Exact reports whether ID tokens are checked no more than upstream checks them.
func (c *Client) Exact() bool { return c.exact }
