package oauth_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/cardea-auth/cardea/core/oauth"
)

// TestKeyRotation follows a provider that changes its keys: a new one is fetched when it is first seen, one that went is
// refused when the set is fetched anew, and made-up ids cause one fetch in half a minute.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	c := p.client(false)
	verify := func(kid string, key any) error {
		_, err := c.VerifyIDToken(t.Context(), p.sign(t, key, jose.RS256, map[string]any{"kid": kid}, nil), policy(), "")
		return err
	}
	step := func(what string, err, want error, fetches int32) {
		t.Helper()
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
		if got := p.fetches.Load(); got != fetches {
			t.Errorf("%s: %d fetches, want %d", what, got, fetches)
		}
	}
	step("first", verify("k1", key1()), nil, 1)
	step("again", verify("k1", key1()), nil, 1)
	p.set(func(p *idp) { p.keys = []jose.JSONWebKey{public(key2().Public(), "k2", jose.RS256)} })
	step("old key, still fresh", verify("k1", key1()), nil, 1)
	step("new key", verify("k2", key2()), nil, 2)
	step("old key, gone", verify("k1", key1()), oauth.ErrIDToken, 2)
	for range 5 {
		step("made-up id", verify("k3", key1()), oauth.ErrIDToken, 2)
	}
	p.set(func(p *idp) { p.now = p.now.Add(30 * time.Second) })
	step("made-up id, later", verify("k3", key1()), oauth.ErrIDToken, 3)
	step("made-up id, at once", verify("k4", key1()), oauth.ErrIDToken, 3)
	p.set(func(p *idp) { p.now = p.now.Add(10 * time.Minute) })
	step("old set", verify("k2", key2()), nil, 4)
}

// TestKeysFail: a provider whose keys cannot be had is not the token's fault, and no reason to accept it.
func TestKeysFail(t *testing.T) {
	t.Parallel()
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	p.status = 503
	c := p.client(false)
	token := p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1"}, nil)
	if _, err := c.VerifyIDToken(t.Context(), token, policy(), ""); !errors.Is(err, oauth.ErrKeys) || errors.Is(err, oauth.ErrIDToken) {
		t.Errorf("got %v, want ErrKeys", err)
	}
	p.set(func(p *idp) { p.status = 200 })
	if _, err := c.VerifyIDToken(t.Context(), token, policy(), ""); err != nil {
		t.Errorf("after recovery: %v", err)
	}
	p.set(func(p *idp) { p.status, p.now = 500, p.now.Add(10*time.Minute) })
	if _, err := c.VerifyIDToken(t.Context(), p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1"}, nil), policy(), ""); !errors.Is(err, oauth.ErrKeys) {
		t.Errorf("with an old set: got %v, want ErrKeys", err)
	}
}

// TestKeysAreFetchedOnce lets 50 verifications wait for one fetch, whose first caller gives up.
func TestKeysAreFetchedOnce(t *testing.T) {
	t.Parallel()
	p := newIDP(public(key1().Public(), "k1", jose.RS256))
	p.delay = make(chan struct{})
	c := p.client(false)
	token := p.sign(t, key1(), jose.RS256, map[string]any{"kid": "k1"}, nil)
	first, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 50 {
		ctx := t.Context()
		if i == 0 {
			ctx = first
		}
		wg.Go(func() {
			if _, err := c.VerifyIDToken(ctx, token, policy(), ""); err != nil && ctx != first {
				t.Error(err)
			}
		})
	}
	cancel()
	close(p.delay)
	wg.Wait()
	if n := p.fetches.Load(); n != 1 {
		t.Errorf("%d fetches, want 1", n)
	}
}
