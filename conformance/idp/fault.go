package idp

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
)

// Endpoint names what a request asked for, in faults and in records.
type Endpoint string

// The endpoints. Elsewhere is every URL that the server has nothing at, where a redirect that was followed shows.
const (
	Discovery  Endpoint = "discovery"
	JWKS       Endpoint = "jwks"
	Authorize  Endpoint = "authorize"
	Token      Endpoint = "token"
	UserInfo   Endpoint = "userinfo" // GitHub's /user too
	Emails     Endpoint = "emails"   // GitHub's /user/emails
	EndSession Endpoint = "end-session"
	Elsewhere  Endpoint = "elsewhere"
)

// Fault is misbehaviour at one endpoint. Its first group of fields says where and how often, the others what happens; of
// those any number can be combined where they make sense together.
type Fault struct {
	// Endpoint is where. It is never empty.
	Endpoint Endpoint `json:"endpoint"`
	// Client limits the fault to the requests of one client; those for discovery documents and keys have none.
	Client string `json:"client"`
	// Times is how many requests it is for. 0: all of them until [Server.ClearFaults].
	Times int `json:"times"`

	// Hold keeps the request waiting until [Server.Release].
	Hold bool `json:"hold"`
	// Hang never answers. It ends with the request.
	Hang bool `json:"hang"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop"`
	// Redirect answers 302 with this Location.
	Redirect string `json:"redirect"`
	// Status and Body replace the answer. Status alone empties it, Body alone is sent with 200, as JSON.
	Status int    `json:"status"`
	Body   string `json:"body"`
	// Error and Description make an error in OAuth's shape (RFC 6749 §5.2; at the authorization endpoint §4.1.2.1), as
	// the provider has it: GitHub answers its errors with 200.
	Error       string `json:"error"`
	Description string `json:"description"`

	// Set replaces members of the answer, a JSON object, or parameters of the authorization response; null removes.
	Set map[string]any `json:"set"`
	// Pad makes the answer, a JSON object, longer by that many bytes. It stays what it was to whoever reads all of it.
	Pad int `json:"pad"`

	// IDToken spoils the ID token in one of the ways of [IDTokenFaults].
	IDToken string `json:"idToken"`
	// Claims replaces claims of the ID token before it is signed; null removes.
	Claims map[string]any `json:"claims"`
}

// AddFault makes the server misbehave. It panics if there is no such endpoint or no such way to spoil an ID token.
func (s *Server) AddFault(f Fault) {
	if err := f.check(); err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults ends all misbehaviour, and releases what is held.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	s.faults = nil
	s.mu.Unlock()
	s.Release()
}

// Release lets the requests go on that a fault holds.
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.held)
	s.held = make(chan struct{})
}

// takeFault returns the first fault for a request, and counts it.
func (s *Server) takeFault(e Endpoint, client string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Endpoint != e || f.Client != "" && f.Client != client {
			continue
		}
		taken := *f
		if f.Times == 1 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		} else if f.Times > 1 {
			f.Times--
		}
		return &taken
	}
	return &Fault{}
}

// answerFault delays the request, and answers it if the fault replaces the whole answer. It reports whether it did.
func (s *Server) answerFault(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	if f.Hold {
		s.mu.Lock()
		held := s.held
		s.mu.Unlock()
		select {
		case <-held:
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case f.Hang:
		<-r.Context().Done()
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Redirect != "":
		w.Header().Set("Location", f.Redirect)
		w.WriteHeader(http.StatusFound)
	case f.Status != 0 && f.Error == "" || f.Body != "":
		if f.Body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		if f.Status != 0 {
			w.WriteHeader(f.Status)
		}
		_, _ = io.WriteString(w, f.Body)
	default:
		return false
	}
	return true
}

// writeJSON answers with a JSON value, spoiled as the fault says if it is an object.
func writeJSON(w http.ResponseWriter, status int, v any, f *Fault) {
	body := encode(v)
	if f != nil && (len(f.Set) > 0 || f.Pad > 0) && bytes.HasPrefix(body, []byte("{")) {
		body = spoil(body, f)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func spoil(body []byte, f *Fault) []byte {
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		panic(err)
	}
	override(members, f.Set)
	if f.Pad > 0 {
		members["padding"] = strings.Repeat("x", f.Pad)
	}
	return encode(members)
}

// override puts the values of changes into members; null removes.
func override(members, changes map[string]any) {
	maps.Copy(members, changes)
	for name, v := range changes {
		if v == nil {
			delete(members, name)
		}
	}
}

func encode(v any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // a test has put into it what JSON has no words for
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
