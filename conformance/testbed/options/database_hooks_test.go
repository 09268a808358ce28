package options

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

func userHooks(t *testing.T, hooks string) core.RowHooks[model.User] {
	t.Helper()
	c, err := decode(t, `{"options":{"databaseHooks":{"user":`+hooks+`}}}`, withFunctions())
	if err != nil {
		t.Fatal(err)
	}
	return c.DatabaseHooks.User
}

func ann() *model.User {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &model.User{ID: "u1", Name: "Ann", Email: "ann@example.com", CreatedAt: at, UpdatedAt: at}
}

func TestDatabaseHooksChangeRows(t *testing.T) {
	t.Parallel()
	user := ann()
	h := userHooks(t, `{"create":{"before":{"$const":{"data":{"name":"Bob","image":"/b.png","emailVerified":true,"plan":"free","createdAt":"2027-01-02T03:04:05Z"}}}}}`)
	if err := h.BeforeCreate(t.Context(), nil, user); err != nil {
		t.Fatal(err)
	}
	plan, _ := user.Extra.Get("plan")
	if user.Name != "Bob" || user.Image == nil || *user.Image != "/b.png" || !user.EmailVerified || plan != "free" || user.CreatedAt.Year() != 2027 {
		t.Errorf("got %+v, want it changed", user)
	}

	set := store.Record{"name": "Ann"}
	h = userHooks(t, `{"update":{"before":{"$const":{"data":{"name":"Bob"}}}}}`)
	if err := h.BeforeUpdate(t.Context(), nil, set); err != nil || set["name"] != "Bob" {
		t.Errorf("got %v, %v, want the name changed", set, err)
	}

	h = userHooks(t, `{"create":{"before":{"$const":{"data":{"name":5}}}}}`)
	if err := h.BeforeCreate(t.Context(), nil, user); err == nil {
		t.Error("a name that is a number: got no error")
	}
}

func TestDatabaseHooksRefuse(t *testing.T) {
	t.Parallel()
	const no = `{"before":{"$const":false}}`
	h := userHooks(t, `{"create":`+no+`,"update":`+no+`,"delete":`+no+`}`)
	for name, err := range map[string]error{
		"create": h.BeforeCreate(t.Context(), nil, ann()),
		"update": h.BeforeUpdate(t.Context(), nil, store.Record{}),
		"delete": h.BeforeDelete(t.Context(), nil, ann()),
	} {
		if !errors.Is(err, core.ErrRefused) {
			t.Errorf("%s: got %v, want ErrRefused", name, err)
		}
	}
	if h.AfterCreate != nil || h.AfterUpdate != nil || h.AfterDelete != nil {
		t.Error("there are hooks that nobody asked for")
	}
}

// TestDatabaseHookArguments: before a row is made it has no id; afterwards a hook gets all of it.
func TestDatabaseHookArguments(t *testing.T) {
	t.Parallel()
	var got any
	f := Function(func(_ context.Context, args ...any) (any, error) {
		data, err := wire.Append(nil, args)
		got = string(data)
		return nil, err
	})
	if err := beforeCreate(t.Context(), f, ann()); err != nil {
		t.Fatal(err)
	}
	const rest = `"createdAt":"2026-01-02T03:04:05.000Z","email":"ann@example.com","emailVerified":false,`
	if want := `[{` + rest + `"image":null,"name":"Ann","updatedAt":"2026-01-02T03:04:05.000Z"}]`; got != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if _, err := f(t.Context(), rowObject(ann())); err != nil {
		t.Fatal(err)
	}
	if want := `[{` + rest + `"id":"u1","image":null,"name":"Ann","updatedAt":"2026-01-02T03:04:05.000Z"}]`; got != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
