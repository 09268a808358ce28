package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/cardea-auth/cardea/conformance/testbed/options"
)

// control answers the control requests. It is safe for concurrent use.
type control struct {
	mu        sync.Mutex
	created   int
	instances map[string]*instance
}

func newControl() *control { return &control{instances: map[string]*instance{}} }

// routes are the control requests of the protocol.
func (c *control) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /capabilities", respond(capabilities))
	mux.HandleFunc("POST /instances", respond(c.create))
	mux.HandleFunc("DELETE /instances/{id}", respond(c.remove))
	mux.HandleFunc("GET /instances/{id}/outbox", respond(c.of(readOutbox)))
	mux.HandleFunc("POST /instances/{id}/clock", respond(c.of(moveClock)))
	mux.HandleFunc("POST /instances/{id}/call", respond(c.of(callOperation)))
	mux.HandleFunc("/", respond(func(http.ResponseWriter, *http.Request) (int, any, error) { return 0, nil, errNoRequest }))
	return mux
}

// action answers a control request; a nil body is none.
type action func(w http.ResponseWriter, r *http.Request) (status int, body any, err error)

func respond(act action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, body, err := act(w, r)
		if err != nil {
			replyError(w, err)
			return
		}
		reply(w, status, body)
	}
}

// of makes an action of one on the instance that the path names.
func (c *control) of(act func(*instance, http.ResponseWriter, *http.Request) (int, any, error)) action {
	return func(w http.ResponseWriter, r *http.Request) (int, any, error) {
		c.mu.Lock()
		inst := c.instances[r.PathValue("id")]
		c.mu.Unlock()
		if inst == nil {
			return 0, nil, errNoInstance
		}
		return act(inst, w, r)
	}
}

func capabilities(http.ResponseWriter, *http.Request) (int, any, error) {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	return http.StatusOK, struct {
		Implementation string   `json:"implementation"`
		Version        string   `json:"version"`
		Adapters       []string `json:"adapters"`
		Databases      []string `json:"databases"`
		Plugins        []string `json:"plugins"`
		Clock          []string `json:"clock"` // what it understands beyond the protocol
	}{"cardea", version, adapterNames(), databaseKinds(), options.Plugins(), []string{"freeze"}}, nil
}

func (c *control) create(w http.ResponseWriter, r *http.Request) (int, any, error) {
	doc, err := readDocument(w, r)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	c.created++
	id := "i" + strconv.Itoa(c.created)
	c.mu.Unlock()
	inst, err := openInstance(r.Context(), id, doc)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	c.instances[id] = inst
	c.mu.Unlock()
	return http.StatusCreated, struct {
		ID  string `json:"id"`
		URL string `json:"url"`
	}{inst.id, inst.url}, nil
}

func (c *control) remove(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	id := r.PathValue("id")
	c.mu.Lock()
	inst := c.instances[id]
	delete(c.instances, id)
	c.mu.Unlock()
	if inst == nil {
		return 0, nil, errNoInstance
	}
	return http.StatusNoContent, nil, inst.close(r.Context())
}

func readOutbox(inst *instance, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	seq := 0
	if after := r.URL.Query().Get("after"); after != "" {
		var err error
		if seq, err = strconv.Atoi(after); err != nil {
			return 0, nil, fmt.Errorf("after: %w", err)
		}
	}
	return http.StatusOK, inst.outbox.after(seq), nil
}

func moveClock(inst *instance, w http.ResponseWriter, r *http.Request) (int, any, error) {
	doc, err := readDocument(w, r)
	if err != nil {
		return 0, nil, err
	}
	move, err := readMove(doc)
	if err != nil {
		return 0, nil, err
	}
	inst.clock.move(move)
	return http.StatusNoContent, nil, nil
}

func callOperation(inst *instance, w http.ResponseWriter, r *http.Request) (int, any, error) {
	doc, err := readDocument(w, r)
	if err != nil {
		return 0, nil, err
	}
	operation := ""
	doc.Root().String("operation", &operation)
	if operation == "" {
		doc.Root().Fail("operation", "missing")
	}
	input := callInput(doc.Root().Object("input"))
	if err := doc.Err(); err != nil {
		return 0, nil, err
	}
	answer, err := call(r.Context(), inst.auth, operation, input)
	return http.StatusOK, answer, err
}

// closeAll closes the instances, all at once.
func (c *control) closeAll(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var wg sync.WaitGroup
	problems := make([]error, len(c.instances))
	i := 0
	for _, inst := range c.instances {
		slot := &problems[i]
		i++
		wg.Go(func() { *slot = inst.close(ctx) })
	}
	wg.Wait()
	clear(c.instances)
	return errors.Join(problems...)
}
