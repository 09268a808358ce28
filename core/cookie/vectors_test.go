package cookie_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/cardea-auth/cardea/core/secret"
)

// vectors are values made by better-auth 1.7.25 itself.
type vectors struct {
	SignedCookies       []struct{ Secret, Value, SignatureBase64, Cookie string }
	SignedCookieParsing []struct {
		Case, CookieHeader, Secret, Name string
		Result                           any // the value; false: bad signature; nil: absent
	}
	CookieSerialization []struct {
		Name, Value, SetCookie string
		Options                attributes
	}
	CookieHeaderParsing []struct {
		Header                                  string
		RequestContextParser, CookieUtilsParser map[string]string
	}
	CookieMaxAgeLimit struct{ MaxSeconds int64 }
	CookieNames       struct {
		Cases []nameCase
	}
}

// attributes are cookie attributes as better-auth's options spell them.
type attributes struct {
	Path, Domain, SameSite, Expires *string
	MaxAge                          *float64
	HttpOnly, Secure, Partitioned   *bool
}

type nameCase struct {
	Options struct {
		BaseURL json.RawMessage // a string, or {"protocol": …}
		Session struct {
			ExpiresIn   float64
			CookieCache struct{ MaxAge float64 }
		}
		Advanced struct {
			UseSecureCookies      *bool
			CookiePrefix          string
			CrossSubDomainCookies struct {
				Enabled bool
				Domain  string
			}
			DefaultCookieAttributes attributes
			Cookies                 map[string]struct {
				Name       string
				Attributes attributes
			}
		}
	}
	Cookies   map[string]namedCookie
	TwoFactor namedCookie
}

type namedCookie struct {
	Name       string
	Attributes attributes
}

func load(t testing.TB) *vectors {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	v := new(vectors)
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
	return v
}

// some fails the test if a list of vectors is empty, so that a renamed key cannot make it pass.
func some[T any](t *testing.T, list []T) []T {
	t.Helper()
	if len(list) == 0 {
		t.Fatal("no vectors")
	}
	return list
}

func keyring(t testing.TB, value string) *secret.Keyring {
	t.Helper()
	k, err := secret.New(value)
	if err != nil {
		t.Fatalf("secret.New: %v", err)
	}
	return k
}
