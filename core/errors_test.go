package core_test

import (
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

func TestErrorWithBody(t *testing.T) {
	t.Parallel()
	template := core.NewError(403, "NO", "No")
	e := template.WithBody(map[string]any{"message": "No", "missing": []string{"a"}})
	for want, err := range map[string]*core.Error{
		`{"message":"No","code":"NO"}`:     template,
		`{"message":"No","missing":["a"]}`: e,
	} {
		if got, encodeErr := wire.Append(nil, err); encodeErr != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, encodeErr, want)
		}
	}
	if !errors.Is(e, template) {
		t.Error("an error with a body of its own is not the error that it was made of any more")
	}
}
