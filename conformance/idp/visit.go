package idp

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// Callback is what a browser brings to an application's redirect URI.
type Callback struct {
	// URL is the redirect URI with the response's parameters, or without them if they are in a form.
	URL string `json:"url"`
	// Form is what is posted to it, for response_mode=form_post; else nil.
	Form url.Values `json:"form,omitempty"`
}

// Visit opens an authorization URL in the place of a browser, as the user with this subject, who approves. It returns an
// error where the provider shows one and sends nobody back.
func (s *Server) Visit(authorizationURL, subject string) (*Callback, error) {
	return s.visit(authorizationURL, url.Values{"decision": {"approve"}, "user": {subject}})
}

// Cancel opens an authorization URL in the place of a browser whose user does not approve.
func (s *Server) Cancel(authorizationURL string) (*Callback, error) {
	return s.visit(authorizationURL, url.Values{"decision": {"cancel"}})
}

func (s *Server) visit(authorizationURL string, decision url.Values) (*Callback, error) {
	r := httptest.NewRequest(http.MethodPost, authorizationURL, strings.NewReader(decision.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Original-Url", authorizationURL)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	back := new(Callback)
	if err := json.Unmarshal(w.Body.Bytes(), back); err != nil || back.URL == "" {
		return nil, fmt.Errorf("idp: %s answers %d %s", authorizationURL, w.Code, w.Body)
	}
	return back, nil
}

// HTTPClient returns a client whose requests the server answers in process, whatever their URL says. It follows no
// redirects.
func (s *Server) HTTPClient() *http.Client {
	return &http.Client{
		Transport:     transport{s},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type transport struct{ s *Server }

// RoundTrip answers as soon as the handler has, or when the request's context ends.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	type result struct {
		response *http.Response
		err      error
	}
	served := r.Clone(r.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	done := make(chan result, 1)
	go func() {
		w := httptest.NewRecorder()
		defer func() {
			switch recovered := recover(); recovered {
			case nil:
				done <- result{response: w.Result()}
			case http.ErrAbortHandler:
				done <- result{err: io.ErrUnexpectedEOF}
			default:
				panic(recovered)
			}
		}()
		t.s.ServeHTTP(w, served)
	}()
	select {
	case res := <-done:
		if res.response != nil {
			res.response.Request = r
		}
		return res.response, res.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}
