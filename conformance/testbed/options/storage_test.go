package options

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core/storage"
)

// cabinet is Functions over a map, by the last part of a URL.
type cabinet struct {
	values map[string]any
	calls  []string
}

func (*cabinet) Record(string) Function { return nil }

func (c *cabinet) Webhook(url string) Function {
	return func(_ context.Context, args ...any) (any, error) {
		c.calls = append(c.calls, url+fmt.Sprint(args))
		key := args[0].(string)
		switch url {
		case "set":
			c.values[key] = args[1]
		case "delete":
			delete(c.values, key)
		case "increment":
			return float64(7), nil
		default:
			return c.values[key], nil
		}
		return nil, nil
	}
}

func openCabinet(t *testing.T, text string) (storage.Storage, *cabinet) {
	t.Helper()
	doc, err := strict.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := &cabinet{values: map[string]any{}}
	s := SecondaryStorage(doc.Root(), c)
	if err := doc.Err(); err != nil {
		t.Fatal(err)
	}
	return s, c
}

const threeOperations = `"get":{"$webhook":"get"},"set":{"$webhook":"set"},"delete":{"$webhook":"delete"}`

func TestSecondaryStorage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{` + threeOperations + `}`,
		`{` + threeOperations + `,"getAndDelete":{"$webhook":"getAndDelete"},"increment":{"$webhook":"increment"}}`,
	} {
		s, c := openCabinet(t, text)
		ctx := t.Context()
		err := errors.Join(s.Set(ctx, "a", "1", 1500*time.Millisecond), s.Set(ctx, "b", "2", storage.Forever), s.Set(ctx, "c", "3", time.Millisecond))
		if want := []string{"set[a 1 1]", "set[b 2]"}; err != nil || !slices.Equal(c.calls, want) {
			t.Errorf("%s: got %v, %v, want %v", text, c.calls, err, want)
		}
		if v, err := s.Get(ctx, "a"); v != "1" || err != nil {
			t.Errorf("%s: got %q, %v, want 1", text, v, err)
		}
		if v, err := s.GetAndDelete(ctx, "b"); v != "2" || err != nil {
			t.Errorf("%s: got %q, %v, want 2", text, v, err)
		}
		if _, err := s.Get(ctx, "nothing"); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", text, err)
		}
		n, err := s.Increment(ctx, "a", time.Minute)
		if want := map[bool]int64{true: 7, false: 2}[len(text) > len(threeOperations)+2]; n != want || err != nil {
			t.Errorf("%s: got %d, %v, want %d", text, n, err, want)
		}
	}
}

func TestSecondaryStorageLacks(t *testing.T) {
	t.Parallel()
	doc, err := strict.Parse([]byte(`{"get":{"$webhook":"get"},"set":{"$webhook":"set"}}`))
	if err != nil {
		t.Fatal(err)
	}
	SecondaryStorage(doc.Root(), &cabinet{})
	if doc.Err() == nil {
		t.Error("without delete: got no error")
	}
}
