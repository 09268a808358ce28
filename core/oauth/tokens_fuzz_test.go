package oauth_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/oauth"
	"github.com/cardea-auth/cardea/core/wire"
)

func TestParseTokensLifetimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for answer, want := range map[string]time.Duration{
		`{"expires_in":3600}`: time.Hour, `{"expires_in":"3600"}`: time.Hour, `{"expires_in":0.5}`: 500 * time.Millisecond, `{"expires_in":-5}`: -5 * time.Second,
		`{"expires_in":0}`: -1, `{}`: -1, `{"expires_in":null}`: -1, `{"expires_in":"soon"}`: -1, `{"expires_in":1e300}`: -1, `{"expires_in":1e999}`: -1, `{"expires_in":"NaN"}`: -1, `{"expires_in":[1]}`: -1,
	} {
		v, err := wire.Parse([]byte(answer), wire.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		o, _ := v.(*wire.Object)
		got := oauth.ParseTokens(o, now).AccessTokenExpiresAt
		if want == -1 && !got.IsZero() || want != -1 && !got.Equal(now.Add(want)) {
			t.Errorf("%s: got %v, want %v", answer, got, want)
		}
	}
}

func FuzzParseTokens(f *testing.F) {
	f.Add([]byte(`{"access_token":"a","expires_in":3600,"scope":"a b","refresh_token_expires_in":"1e3"}`))
	f.Add([]byte(`{"access_token":1,"expires_in":1e308,"scope":["a",1,null]}`))
	f.Add([]byte(`null`))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := wire.Parse(data, wire.Limits{})
		if err != nil {
			return
		}
		o, _ := v.(*wire.Object)
		tokens := oauth.ParseTokens(o, now)
		if at := tokens.AccessTokenExpiresAt; !at.IsZero() && (at.Year() < 1900 || at.Year() > 2200) {
			t.Errorf("expires at %v", at)
		}
		if merged := oauth.MergeScopes("", tokens.Scopes); oauth.MergeScopes(merged, tokens.Scopes) != oauth.MergeScopes(merged, nil) && !hasComma(tokens.Scopes) {
			t.Errorf("merging %q twice changes it", tokens.Scopes)
		}
	})
}

func hasComma(scopes []string) bool {
	for _, s := range scopes {
		for _, r := range s {
			if r == ',' {
				return true
			}
		}
	}
	return false
}
