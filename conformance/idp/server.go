package idp

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is the provider. It is safe for concurrent use.
type Server struct {
	issuer string
	faces  []*face

	mu       sync.Mutex // guards what follows
	clock    func() time.Time
	random   io.Reader
	approve  string
	clients  map[string]*Client
	users    []*User
	keys     *keyring
	codes    map[string]*grant // by code
	access   map[string]*grant // by access token
	refresh  map[string]*grant // by refresh token
	known    map[string]bool   // client and subject that Apple has introduced to each other
	faults   []*Fault
	held     chan struct{} // closed by Release
	requests []Request
}

// New returns a server. It panics if two clients have one id, a user has no subject, or an algorithm is unknown.
func New(o Options) *Server {
	s := &Server{
		issuer: strings.TrimSuffix(o.Issuer, "/"), clock: o.Now, random: o.Random, approve: o.Approve, keys: newKeyring(),
		clients: map[string]*Client{}, codes: map[string]*grant{}, access: map[string]*grant{}, refresh: map[string]*grant{},
		known: map[string]bool{}, held: make(chan struct{}),
	}
	if s.issuer == "" {
		s.issuer = DefaultIssuer
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	for _, issuer := range append([]string{s.issuer}, o.Issuers...) {
		s.faces = append(s.faces, openIDFace(strings.TrimSuffix(issuer, "/")))
	}
	s.faces = append(s.faces, knownFaces()...)
	for _, c := range o.Clients {
		if s.clients[c.ID] != nil {
			panic("idp: two clients are called " + c.ID)
		}
		if algorithm := c.algorithm(); s.keys.signing(algorithm).Key == nil {
			panic("idp: no key for " + algorithm)
		}
		s.clients[c.ID] = &c
	}
	for _, u := range o.Users {
		s.SetUser(u)
	}
	return s
}

func (c *Client) algorithm() string {
	if c.Algorithm == "" {
		return "RS256"
	}
	return c.Algorithm
}

// SetUser adds a user, or changes the one with the same subject.
func (s *Server) SetUser(u User) {
	if u.Subject == "" {
		panic("idp: a user without a subject")
	}
	if u.ID == 0 {
		for _, c := range []byte(u.Subject) {
			u.ID = u.ID*31 + int64(c)
		}
		u.ID = 1_000_000 + u.ID%1_000_000
	}
	if u.Login == "" {
		u.Login = u.Subject
	}
	if u.Emails == nil && u.Email != "" {
		u.Emails = []Address{{Email: u.Email, Primary: true, Verified: u.verified()}}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// In place: grants hold the address.
	if i := slices.IndexFunc(s.users, func(other *User) bool { return other.Subject == u.Subject }); i >= 0 {
		*s.users[i] = u
		return
	}
	s.users = append(s.users, &u)
}

// SetNow replaces the clock.
func (s *Server) SetNow(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = now
}

// now returns the time. The caller holds the lock.
func (s *Server) now() time.Time { return s.clock() }

// token makes a code or a token. The caller holds the lock.
func (s *Server) token(prefix string) string {
	b := make([]byte, 16)
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic(err)
	}
	return prefix + "-" + hex.EncodeToString(b)
}

// user returns the user with a subject, or nil. The caller holds the lock.
func (s *Server) user(subject string) *User {
	for _, u := range s.users {
		if u.Subject == subject {
			return u
		}
	}
	return nil
}

// maxBody is more than any request here needs.
const maxBody = 1 << 20

// ServeHTTP answers as the provider that the request was meant for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, err := s.target(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	face, endpoint := s.find(u)
	q := &request{Request: r, url: u, face: face, form: url.Values{}}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if q.form, err = url.ParseQuery(string(body)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	q.client = s.clientOf(q, endpoint)
	s.record(endpoint, q, body)
	// A page that is shown takes no fault away from the decision.
	if endpoint == Authorize && s.showsPage(q) {
		s.consentPage(w, q)
		return
	}
	q.fault = s.takeFault(endpoint, q.client)
	if s.answerFault(w, r, q.fault) {
		return
	}
	switch endpoint {
	case Discovery:
		writeJSON(w, http.StatusOK, face.configuration(), q.fault)
	case JWKS:
		s.mu.Lock()
		set := s.keys.public()
		s.mu.Unlock()
		writeJSON(w, http.StatusOK, set, q.fault)
	case Authorize:
		s.authorize(w, q)
	case Token:
		s.exchange(w, q)
	case UserInfo, Emails:
		s.userInfo(w, q, endpoint)
	case EndSession:
		s.endSession(w, q)
	default:
		http.NotFound(w, r)
	}
}

// request is one that is being answered.
type request struct {
	*http.Request
	url    *url.URL   // that it was meant for
	form   url.Values // of the body
	face   *face
	client string // the id that it claims, if any
	fault  *Fault
}

// clientOf returns the id of the client that a request claims to come from.
func (s *Server) clientOf(q *request, e Endpoint) string {
	switch e {
	case Authorize:
		return q.url.Query().Get("client_id")
	case Token:
		if id, _, ok := basicCredentials(q.Request); ok {
			return id
		}
		return q.form.Get("client_id")
	case UserInfo, Emails:
		s.mu.Lock()
		defer s.mu.Unlock()
		if g := s.access[bearer(q.Request)]; g != nil {
			return g.client
		}
	}
	return ""
}

// Request is one that the server got.
type Request struct {
	// Seq numbers requests from 1.
	Seq      int         `json:"seq"`
	Endpoint Endpoint    `json:"endpoint"`
	Client   string      `json:"client"`
	Method   string      `json:"method"`
	URL      string      `json:"url"` // that it was meant for
	Header   http.Header `json:"headers"`
	Body     string      `json:"body"`
}

func (s *Server) record(e Endpoint, q *request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := maps.Clone(q.Header)
	delete(header, "X-Original-Url")
	s.requests = append(s.requests, Request{
		Seq: len(s.requests) + 1, Endpoint: e, Client: q.client, Method: q.Method, URL: q.url.String(), Header: header, Body: string(bytes.Clone(body)),
	})
}

// Requests returns what was asked of the server so far, oldest first, for all endpoints or those that are named.
func (s *Server) Requests(endpoints ...Endpoint) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool {
		return len(endpoints) > 0 && !slices.Contains(endpoints, r.Endpoint)
	})
}
