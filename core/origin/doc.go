// Package origin decides which URLs and origins an application trusts.
//
// A browser follows the WHATWG URL Standard, net/url follows RFC 3986, and an attacker lives in the difference:
// backslashes, tabs, "https:evil.example", "https://trusted@evil.example", 0x7f.1. This package therefore brings its
// own small parser ([Parse]) that reads a URL as a browser does, and a [List] of trusted patterns that additionally
// refuses every spelling on which two parsers could disagree. Use it for Origin and Referer headers, for redirect
// targets that came from a client, and for the URLs of the configuration. To call other servers use net/url as usual.
//
//	trusted, err := origin.NewList("https://app.example.com", "https://*.preview.example.com", "myapp://")
//	ok := trusted.TrustedRedirect(callbackURL) // "/dashboard" or an absolute URL of a trusted origin
//
// Everything here is a pure function or immutable after construction, and safe for concurrent use.
package origin
