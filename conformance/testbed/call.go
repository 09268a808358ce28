package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/cookie"
)

// callAnswer is what a server-side call gives back, also where the call itself failed.
type callAnswer struct {
	Status  int        `json:"status"`
	Headers [][]string `json:"headers"` // [name, value], sorted by lower-case name
	Body    any        `json:"body"`
}

// call runs an operation in process and describes the outcome.
func call(ctx context.Context, auth *core.Auth, operation string, in core.CallInput) (callAnswer, error) {
	res, err := auth.Call(ctx, operation, in)
	answer := callAnswer{Status: http.StatusOK, Body: res.Value}
	var failure *core.Error
	var challenge *core.Challenge
	switch {
	case err == nil:
	case errors.Is(err, core.ErrNoOperation):
		answer.Status = http.StatusNotFound
		answer.Body = struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}{"NO_SUCH_OPERATION", operation}
	case errors.As(err, &challenge): // over HTTP it is an ordinary answer
		answer.Body = challenge.Body
	case errors.As(err, &failure):
		answer.Status, answer.Body = failure.Status, any(failure)
		if failure.Code == "" && failure.Message == "" {
			answer.Body = nil
		}
	default: // over HTTP it is a 500 without detail
		slog.ErrorContext(ctx, "call failed", "operation", operation, "error", err)
		return callAnswer{Status: http.StatusInternalServerError, Headers: [][]string{}}, nil
	}
	header := res.Header
	if page, ok := answer.Body.(*core.Content); ok {
		answer.Body = string(page.Data)
		header = header.Clone()
		if header == nil {
			header = http.Header{}
		}
		header.Set("Content-Type", page.Type)
	}
	answer.Headers, err = headerPairs(header, res.Cookies)
	return answer, err
}

func headerPairs(header http.Header, cookies []cookie.Cookie) ([][]string, error) {
	var pairs [][]string
	for name, values := range header {
		for _, v := range values {
			pairs = append(pairs, []string{strings.ToLower(name), v})
		}
	}
	for _, c := range cookies {
		line, err := c.SetCookie()
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, []string{"set-cookie", line})
	}
	slices.SortStableFunc(pairs, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return pairs, nil
}
