package cache_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/cookie/cache"
)

func request(cookies ...string) *http.Request {
	return &http.Request{Header: http.Header{"Cookie": cookies}}
}

func TestNodeSessionToken(t *testing.T) {
	t.Parallel()
	for _, v := range some(t, loadNode(t).Tokens) {
		want := ""
		if v.Token != nil {
			want = *v.Token
		}
		if got := cache.SessionToken(request(v.Header), cache.Options{Prefix: v.Prefix, Name: v.Name}); got != want {
			t.Errorf("%q with prefix %q and name %q: got %q, want %q", v.Header, v.Prefix, v.Name, got, want)
		}
	}
	if got := cache.SessionToken(&http.Request{}, cache.Options{}); got != "" {
		t.Errorf("no headers at all: got %q", got)
	}
	if got := cache.SessionToken(request("a=b", "better-auth.session_token=t"), cache.Options{}); got != "t" {
		t.Errorf("two lines: got %q, want t", got)
	}
}

func TestFromRequest(t *testing.T) {
	t.Parallel()
	clock := func() time.Time { return nodeNow }
	for _, s := range strategies {
		c := codecs[s]
		value := encode(t, c, cache.Content{Session: cache.Raw(sessionText(t)), User: cache.Raw(userText(t)), Version: "2"}, time.Minute)
		for _, v := range []struct {
			name, cookie string
			options      cache.Options
			want         error
		}{
			{"secure", "__Secure-better-auth.session_data=" + value, cache.Options{}, nil},
			{"plain where secure is expected", "better-auth.session_data=" + value, cache.Options{}, cache.ErrAbsent},
			{"plain", "better-auth.session_data=" + value, cache.Options{Insecure: true}, nil},
			{"secure where plain is expected", "__Secure-better-auth.session_data=" + value, cache.Options{Insecure: true}, cache.ErrAbsent},
			{"prefix", "__Secure-app.session_data=" + value, cache.Options{Prefix: "app"}, nil},
			{"another prefix", "__Secure-better-auth.session_data=" + value, cache.Options{Prefix: "app"}, cache.ErrAbsent},
			{"name", "__Secure-app.data=" + value, cache.Options{Prefix: "app", Name: "data"}, nil},
			{"chunks", "__Secure-better-auth.session_data.1=" + value[50:] + "; __Secure-better-auth.session_data.0=" + value[:50], cache.Options{}, nil},
			{"version", "__Secure-better-auth.session_data=" + value, cache.Options{Version: "2"}, nil},
			{"another version", "__Secure-better-auth.session_data=" + value, cache.Options{Version: "1"}, cache.ErrInvalid},
			{"expired", "__Secure-better-auth.session_data=" + value, cache.Options{Now: func() time.Time { return nodeNow.Add(time.Minute) }}, cache.ErrExpired},
			{"altered", "__Secure-better-auth.session_data=x" + value, cache.Options{}, cache.ErrInvalid},
			{"junk before", "__Secure-better-auth.session_data=junk; __Secure-better-auth.session_data=" + value, cache.Options{}, nil},
			{"nothing", "", cache.Options{}, cache.ErrAbsent},
		} {
			if v.options.Now == nil {
				v.options.Now = clock
			}
			e, err := c.FromRequest(request(v.cookie), v.options)
			if err != v.want || (e == nil) != (err != nil) || e != nil && e.User.Email != "zoe@example.com" {
				t.Errorf("%v, %s: got %v, %v, want %v", s, v.name, e, err, v.want)
			}
		}
	}
}

// TestFromRequestTellsTheTime: without a clock of its own, the time is now.
func TestFromRequestTellsTheTime(t *testing.T) {
	t.Parallel()
	c := codecs[cache.JWE]
	in := content()
	s, _ := sample()
	s.ExpiresAt = time.Now().Add(time.Hour)
	in.Session = s
	for age, want := range map[time.Duration]error{0: nil, time.Hour: cache.ErrExpired} {
		value, err := c.Encode(in, time.Now().Add(-age), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.FromRequest(request(dataName+"="+value), cache.Options{Insecure: true}); err != want {
			t.Errorf("written %v ago: got %v, want %v", age, err, want)
		}
	}
}
