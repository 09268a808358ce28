// Package oauth is the client's half of OAuth 2.0 and OpenID Connect: authorization URLs, PKCE, token requests, refresh,
// and the verification of ID tokens.
//
// It writes exactly the requests that better-auth writes, down to the order of parameters, and nothing that a provider
// answers is trusted to be small, quick or well formed. Use it to make a provider of your own for plugin/social; to call
// an API with a token that you have, golang.org/x/oauth2 does.
//
//	c := oauth.NewClient(oauth.ClientOptions{})
//	tokens, err := c.Token(ctx, oauth.TokenRequest{URL: tokenURL, Grant: oauth.AuthorizationCode{Code: code, ...}, Credentials: creds})
//
// It depends on nothing of core but its leaf tools, reads no configuration and starts no goroutine.
package oauth
