package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/conformance/idp"
)

// control answers the control requests.
type control struct {
	mu        sync.Mutex
	made      int
	providers map[string]*provider
}

// provider is an idp.Server behind a listener.
type provider struct {
	*idp.Server
	http  *http.Server
	mu    sync.Mutex
	clock time.Time // stands still unless it is zero
}

func newControl() *control { return &control{providers: map[string]*provider{}} }

func (c *control) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /providers", answer(c.open))
	mux.HandleFunc("DELETE /providers/{id}", answer(c.remove))
	each := map[string]func(*provider, *http.Request) (any, error){
		"GET /providers/{id}/requests": requests, "POST /providers/{id}/faults": addFault, "DELETE /providers/{id}/faults": clearFaults,
		"POST /providers/{id}/release": release, "POST /providers/{id}/rotate": rotate, "POST /providers/{id}/clock": moveClock,
		"POST /providers/{id}/users": setUser, "POST /providers/{id}/id-token": idToken,
	}
	for pattern, do := range each {
		mux.HandleFunc(pattern, answer(func(r *http.Request) (any, error) {
			c.mu.Lock()
			p := c.providers[r.PathValue("id")]
			c.mu.Unlock()
			if p == nil {
				return nil, fmt.Errorf("no such provider: %s", r.PathValue("id"))
			}
			return do(p, r)
		}))
	}
	return mux
}

// answer writes what a function returns: nothing, JSON, or an error. Package idp panics at what a test gets wrong.
func answer(do func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := guarded(do, r)
		switch {
		case err != nil:
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		case v == nil:
			w.WriteHeader(http.StatusNoContent)
		case r.Pattern == "POST /providers":
			writeJSON(w, http.StatusCreated, v)
		default:
			writeJSON(w, http.StatusOK, v)
		}
	}
}

func guarded(do func(*http.Request) (any, error), r *http.Request) (v any, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("%v", recovered)
		}
	}()
	return do(r)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"the answer is no JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the test has gone
}

// decode reads a body; a member that is not known is an error, as it would not do what the test hopes.
func decode(r *http.Request, v any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	return decoder.Decode(v)
}

func (c *control) open(r *http.Request) (any, error) {
	var o struct {
		idp.Options
		Seed *uint64 `json:"seed"`
		Now  int64   `json:"now"`
	}
	if err := decode(r, &o); err != nil {
		return nil, err
	}
	if o.Seed != nil {
		var seed [32]byte
		binary.BigEndian.PutUint64(seed[:], *o.Seed)
		o.Random = rand.NewChaCha8(seed)
	}
	p := new(provider)
	if o.Now != 0 {
		p.clock = time.UnixMilli(o.Now)
	}
	o.Options.Now = p.now
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	url := "http://" + listener.Addr().String()
	if o.Issuer == "" {
		o.Issuer = url
	}
	opened := false
	defer func() {
		if !opened { // idp.New has panicked
			_ = listener.Close()
		}
	}()
	p.Server = idp.New(o.Options)
	p.http = &http.Server{Handler: p.Server}
	go func() { _ = p.http.Serve(listener) }() // ends with Close
	opened = true

	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	id := "p" + strconv.Itoa(c.made)
	c.providers[id] = p
	return map[string]string{"id": id, "url": url, "issuer": o.Issuer}, nil
}

func (c *control) remove(r *http.Request) (any, error) {
	c.mu.Lock()
	p := c.providers[r.PathValue("id")]
	delete(c.providers, r.PathValue("id"))
	c.mu.Unlock()
	if p == nil {
		return nil, errors.New("no such provider")
	}
	return nil, p.http.Close()
}

func (c *control) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.providers {
		_ = p.http.Close()
	}
}

func (p *provider) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clock.IsZero() {
		return time.Now()
	}
	return p.clock
}

func requests(p *provider, r *http.Request) (any, error) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	list := p.Requests()
	if after > len(list) {
		after = len(list)
	}
	return append([]idp.Request{}, list[max(0, after):]...), nil
}

func addFault(p *provider, r *http.Request) (any, error) {
	var f idp.Fault
	if err := decode(r, &f); err != nil {
		return nil, err
	}
	p.AddFault(f)
	return nil, nil
}

func clearFaults(p *provider, _ *http.Request) (any, error) {
	p.ClearFaults()
	return nil, nil
}

func release(p *provider, _ *http.Request) (any, error) {
	p.Release()
	return nil, nil
}

func rotate(p *provider, r *http.Request) (any, error) {
	var in struct {
		Retire bool `json:"retire"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	p.Rotate(in.Retire)
	return nil, nil
}

func moveClock(p *provider, r *http.Request) (any, error) {
	var in struct {
		Now       int64 `json:"now"`
		AdvanceMs int64 `json:"advanceMs"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	to := time.UnixMilli(in.Now)
	if in.Now == 0 {
		to = p.now().Add(time.Duration(in.AdvanceMs) * time.Millisecond)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clock = to
	return nil, nil
}

func setUser(p *provider, r *http.Request) (any, error) {
	var u idp.User
	if err := decode(r, &u); err != nil {
		return nil, err
	}
	p.SetUser(u)
	return nil, nil
}

func idToken(p *provider, r *http.Request) (any, error) {
	var in struct {
		Issuer string    `json:"issuer"`
		Client string    `json:"client"`
		User   string    `json:"user"`
		Nonce  string    `json:"nonce"`
		Fault  idp.Fault `json:"fault"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return map[string]string{"token": p.IDToken(in.Issuer, in.Client, in.User, in.Nonce, in.Fault)}, nil
}
