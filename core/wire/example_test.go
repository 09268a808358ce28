package wire_test

import (
	"fmt"
	"reflect"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

func ExampleAppend() {
	out, err := wire.Append(nil, struct {
		Name    string           `json:"name"`
		At      time.Time        `json:"at"`
		Tags    []string         `json:"tags"`
		Logo    wire.Opt[string] `json:"logo"`
		Deleted *time.Time       `json:"deleted,omitempty"`
	}{Name: "<Ada>", At: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), Logo: wire.Null[string]()})
	fmt.Println(string(out), err)
	// Output: {"name":"<Ada>","at":"2024-01-02T03:04:05.000Z","tags":[],"logo":null} <nil>
}

func ExampleParse() {
	v, err := wire.Parse([]byte(`{"role":"user","role":"owner"}`), wire.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	role, ok := v.(*wire.Object).Get("role")
	fmt.Println(role, ok)
	_, err = wire.Parse([]byte(`{} trailing`), wire.Limits{})
	fmt.Println(err)
	// Output:
	// owner true
	// invalid JSON: unexpected character at offset 3
}

func ExamplePlan_Check() {
	type input struct {
		Email string  `json:"email" check:"email"`
		Name  *string `json:"name" check:"min=1"`
		Page  int     `query:"page" coerce:"true" default:"1"`
	}
	plan, err := wire.Compile(reflect.TypeFor[input]())
	if err != nil {
		fmt.Println(err)
		return
	}
	body, err := wire.Parse([]byte(`{"email":"nobody","name":null}`), wire.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var in input
	problems := plan.Bind(&in, wire.Source{Body: body, HasBody: true})
	fmt.Println(plan.Check(&in, problems).Message())
	// A hook between the two may repair what was wrong.
	in.Email, in.Name = "ada@example.com", &in.Email
	fmt.Println(len(plan.Check(&in, problems)), in.Page)
	// Output:
	// [body.email] Invalid email address; [body.name] Invalid input: expected string, received null
	// 0 1
}
