package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/conformance/testbed/options"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

// functions are one instance's functions among the options.
type functions struct {
	outbox *outbox
	client *http.Client
}

var _ options.Functions = functions{}

func (f functions) Record(callback string) options.Function { return f.outbox.recorder(callback) }

func (f functions) Webhook(url string) options.Function {
	return func(ctx context.Context, args ...any) (any, error) {
		answer, err := f.post(ctx, url, args)
		if err != nil {
			return nil, fmt.Errorf("webhook %s: %w", url, err)
		}
		if failure, ok := answer.Get("error"); ok && failure != nil {
			return nil, webhookError(failure)
		}
		result, _ := answer.Get("result")
		return result, nil
	}
}

// maxWebhookAnswer is far more than any callback returns.
const maxWebhookAnswer = 1 << 20

// post sends {"args":[…]} and returns the answer, which is an empty object where the body is empty.
func (f functions) post(ctx context.Context, url string, args []any) (*wire.Object, error) {
	var question wire.Object
	question.Set("args", args)
	body, err := wire.Append(nil, &question)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it has been read to its end, or given up
	data, err := io.ReadAll(io.LimitReader(res.Body, maxWebhookAnswer))
	if err != nil || len(data) == 0 {
		return wire.NewObject(), err
	}
	v, err := wire.Parse(data, wire.Limits{})
	if err != nil {
		return nil, err
	}
	answer, ok := v.(*wire.Object)
	if !ok {
		return nil, fmt.Errorf("the answer is not an object: %s", data)
	}
	return answer, nil
}

// webhookError is the error that the endpoint answers with: {"status","code","message"}, each of which may be absent.
func webhookError(failure any) error {
	o, _ := failure.(*wire.Object)
	status, _ := o.Get("status")
	code, _ := o.Get("code")
	text, _ := o.Get("message")
	e := core.NewError(http.StatusInternalServerError, "", "")
	switch s := status.(type) {
	case float64:
		e.Status = int(s)
	case string:
		e.Status = statuses[s]
	}
	e.Code, _ = code.(string)
	e.Message, _ = text.(string)
	if e.Status < 400 || e.Status > 599 {
		return fmt.Errorf("a webhook answered with the error status %v", status)
	}
	return e
}

// statuses are the names that better-auth has for HTTP statuses: "NOT_FOUND".
var statuses = func() map[string]int {
	// Where Go's text is an older one.
	names := map[string]int{"PAYLOAD_TOO_LARGE": 413, "URI_TOO_LONG": 414, "RANGE_NOT_SATISFIABLE": 416}
	for status := 400; status < 600; status++ {
		if text := http.StatusText(status); text != "" {
			names[strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToUpper(text))] = status
		}
	}
	return names
}()
