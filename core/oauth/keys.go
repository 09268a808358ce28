package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keysFresh is how long fetched keys are used: a key that the provider withdraws is refused no later than that.
	keysFresh = 10 * time.Minute
	// keysCooldown is the least time between two fetches of one URL that unknown key ids cause, so that made-up ones
	// cannot make us hammer a provider.
	keysCooldown = 30 * time.Second
	// keysTimeout limits a fetch, which outlives the request that began it.
	keysTimeout = 5 * time.Second
	// maxKeySets bounds the memory for providers whose URL depends on data, as with single sign-on.
	maxKeySets = 256
)

// ErrKeys says that a provider's keys could not be had: the fault is not the token's. It comes wrapped.
var ErrKeys = errors.New("oauth: fetching the provider's keys")

// keyCache holds key sets by URL. The zero value is ready.
type keyCache struct {
	mu   sync.Mutex
	sets map[string]*keySet
}

// keySet is one provider's keys. A fetch in flight is shared by all who wait for it.
type keySet struct {
	mu       sync.Mutex
	keys     []jose.JSONWebKey
	fetched  time.Time
	tried    time.Time     // of the last fetch for an unknown key id
	inFlight chan struct{} // closed when the fetch ends; nil if there is none
	err      error         // of the last fetch
}

// find returns the keys at url that kid names and that fit alg. Without a kid it returns the only one that fits.
func (k *keyCache) find(ctx context.Context, c *Client, url string, header map[string]string, kid, alg string) ([]jose.JSONWebKey, error) {
	set := k.set(url)
	keys, fetchedNow, err := set.get(ctx, c, url, header, false)
	if err != nil {
		return nil, err
	}
	found := matching(keys, kid, alg)
	if len(found) == 0 && !fetchedNow {
		// The provider may have a new key.
		if keys, _, err = set.get(ctx, c, url, header, true); err != nil {
			return nil, err
		}
		found = matching(keys, kid, alg)
	}
	if len(found) == 0 || kid == "" && len(found) > 1 {
		return nil, fmt.Errorf("%w: the provider has no key of that id and algorithm", ErrIDToken)
	}
	return found, nil
}

func (k *keyCache) set(url string) *keySet {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sets[url]
	if s == nil {
		if k.sets == nil || len(k.sets) >= maxKeySets {
			k.sets = make(map[string]*keySet)
		}
		s = new(keySet)
		k.sets[url] = s
	}
	return s
}

// get returns the keys, fetching them if they are old or, with renew, unless that was tried lately. fetchedNow reports
// that they are no older than this call.
func (s *keySet) get(ctx context.Context, c *Client, url string, header map[string]string, renew bool) (keys []jose.JSONWebKey, fetchedNow bool, err error) {
	s.mu.Lock()
	now := c.now()
	fresh := s.keys != nil && now.Sub(s.fetched) < keysFresh
	if fresh && (!renew || now.Sub(s.tried) < keysCooldown) {
		defer s.mu.Unlock()
		return s.keys, false, nil
	}
	if wait := s.inFlight; wait != nil {
		s.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, false, fmt.Errorf("%w: %w", ErrKeys, ctx.Err())
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.keys, true, s.err
	}
	done := make(chan struct{})
	s.inFlight = done
	if renew {
		s.tried = now
	}
	s.mu.Unlock()

	// Others wait for this fetch: it must not end with the request that happened to come first.
	fetchCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysTimeout)
	defer cancel()
	keys, err = fetchKeys(fetchCtx, c, url, header)

	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.keys, s.fetched = keys, now
	}
	s.err, s.inFlight = err, nil
	close(done)
	return keys, true, err
}

func fetchKeys(ctx context.Context, c *Client, url string, header map[string]string) ([]jose.JSONWebKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL", ErrKeys)
	}
	req.Header.Set("Accept", "application/json")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	body, err := c.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("%w: not a JWK set", ErrKeys)
	}
	keys := make([]jose.JSONWebKey, 0, len(set.Keys))
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		// A key of a kind that we do not know is no reason to refuse the others (RFC 7517 §5).
		if json.Unmarshal(raw, &key) == nil && key.IsPublic() && key.Use != "enc" {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// matching returns the keys that kid names, or all without one, and that fit alg.
func matching(keys []jose.JSONWebKey, kid, alg string) []jose.JSONWebKey {
	var out []jose.JSONWebKey
	for _, key := range keys {
		if (kid == "" || key.KeyID == kid) && (key.Algorithm == "" || key.Algorithm == alg) && fits(key, alg) {
			out = append(out, key)
		}
	}
	return out
}
