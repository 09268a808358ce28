package core_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
)

// auditLog writes a line for each event. It has a logger of its own: who did what from where is what it is for.
func auditLog(log *slog.Logger) core.Hook {
	return core.OnAnyEvent(func(ctx context.Context, x *core.Exchange, e core.Event) {
		attrs := []any{"address", x.ClientIP()}
		switch e := e.(type) {
		case core.SignedIn:
			attrs = append(attrs, "user", e.User.ID, "method", e.Method)
		case core.SignInFailed:
			attrs = append(attrs, "user", e.UserID, "method", e.Method, "reason", e.Reason)
		case core.UserDeleted:
			attrs = append(attrs, "user", e.UserID)
		}
		log.InfoContext(ctx, e.EventName(), attrs...)
	})
}

func ExampleOnAnyEvent() {
	closeAccount := core.Define(core.Spec{ID: "closeAccount", Access: core.ServerOnly},
		func(ctx context.Context, x *core.Exchange, _ core.None) (core.StatusOutput, error) {
			x.Emit(ctx, core.UserDeleted{UserID: "u1"})
			return core.StatusOutput{Status: true}, nil
		})
	audit := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(), // an app takes memorystore.New() or bunstore.New(db)
		Plugins: []core.Plugin{endpoints{closeAccount}},
		Hooks:   []core.Hook{auditLog(audit)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = closeAccount.Call(context.Background(), auth, core.None{})
	fmt.Println(err)
	// Output:
	// level=INFO msg=user-deleted address="" user=u1
	// <nil>
}

// endpoints is a plugin that has nothing else.
type endpoints []core.AnyEndpoint

func (e endpoints) Manifest() core.Manifest { return core.Manifest{ID: "endpoints", Endpoints: e} }

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// stopwatch is a plugin that says how long each call took.
type stopwatch struct{ log *slog.Logger }

func (s stopwatch) Manifest() core.Manifest {
	return core.Manifest{ID: "stopwatch", Observe: func(ctx context.Context, x *core.Exchange) (context.Context, func(core.Outcome)) {
		begin := time.Now()
		return ctx, func(o core.Outcome) {
			if e := x.Endpoint(); e != nil {
				s.log.InfoContext(ctx, e.Spec().ID, "status", o.Status, "code", o.Code, "took", time.Since(begin).Round(time.Hour))
			}
		}
	}}
}

func ExampleObserver() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	auth, err := core.New(core.Config{
		BaseURL: "http://localhost:8080",
		Secret:  "example-secret-0123456789-0123456789",
		Store:   memdb.New(),
		Plugins: []core.Plugin{stopwatch{log}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = core.OK.Call(context.Background(), auth, core.None{})
	// Output: level=INFO msg=ok status=200 code="" took=0s
}
