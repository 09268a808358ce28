package main

import (
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core/wire"
)

// maxControlBody is far more than any description or call has.
const maxControlBody = 8 << 20

// readDocument reads the body of a control request.
func readDocument(w http.ResponseWriter, r *http.Request) (*strict.Document, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	if err != nil {
		return nil, err
	}
	return strict.Parse(data)
}

// reply answers with JSON, or without a body where v is nil.
func reply(w http.ResponseWriter, status int, v any) {
	if v == nil {
		w.WriteHeader(status)
		return
	}
	body, err := wire.Append(nil, v)
	if err != nil {
		slog.Error("answer cannot be encoded", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the client has gone
}

// failure is the body of control requests that failed.
type failure struct {
	Error string `json:"error"`
}

var (
	errNoInstance = errors.New("no such instance")
	errNoRequest  = errors.New("no such request")
)

// replyError answers 404 for what is not there, 422 for options that are not implemented and 400 for the rest.
func replyError(w http.ResponseWriter, err error) {
	var unsupported *strict.UnsupportedError
	switch {
	case errors.Is(err, errNoInstance), errors.Is(err, errNoRequest):
		reply(w, http.StatusNotFound, failure{err.Error()})
	case errors.As(err, &unsupported):
		reply(w, http.StatusUnprocessableEntity, struct {
			Unsupported []string `json:"unsupported"`
		}{unsupported.Paths})
	default:
		reply(w, http.StatusBadRequest, failure{err.Error()})
	}
}
