package provider_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/plugin/internal/recorded"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// FuzzProfiles lets every provider answer anything, in its user info and in its ID token: there is a subject or
// ErrNoUserInfo, and no panic.
func FuzzProfiles(f *testing.F) {
	providers := recorded.Child(record(), "providers")
	all := map[string]*provider.Provider{}
	for id := range providers.All() {
		row := recorded.Child(providers, id)
		all[id] = build(id, usual(row))
		for _, c := range recorded.Cases(row, "people") {
			for _, a := range recorded.Cases(c, "answers") {
				f.Add([]byte(recorded.JSON(recorded.Value(a, "body"))))
			}
		}
	}
	for _, seed := range []string{`null`, `[]`, `{"data":[]}`, `{"data":[null]}`, `{"data":{"user":null}}`, `{"id":1e999}`, `{"id":{}}`, `{"user":{}}`, `{"response":1}`, `{"images":[1]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		token := "e30." + base64.RawURLEncoding.EncodeToString(data) + "."
		for id, p := range all {
			for _, tokens := range []*oauth.Tokens{{AccessToken: "AT", Raw: recorded.Child(record())}, {IDToken: token}, {AccessToken: "AT", IDToken: token}} {
				n := &recorded.Network{Answers: []any{recorded.Answer(200, string(data))}}
				i, err := p.UserInfo(t.Context(), recorded.Client(n, true), provider.UserInfoRequest{Tokens: tokens})
				if err != nil && !errors.Is(err, provider.ErrNoUserInfo) {
					t.Errorf("%s: %v", id, err)
				}
				if err == nil && (i.Subject == "" || i.User == nil || i.Profile == nil) {
					t.Errorf("%s: got %+v", id, i)
				}
			}
		}
	})
}
