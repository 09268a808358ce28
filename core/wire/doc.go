// Package wire reads and writes JSON as JavaScript does, and binds request input to Go structs with zod's words.
//
// It is the one codec of the library: what a client sends goes through [Parse] once, and that one value serves hooks,
// validation and handler; what a client gets is written by [Append]. Keys match case-sensitively, of duplicate keys the
// last wins, nothing may follow the value, a nil slice is [], a time has three digits of milliseconds. Use encoding/json
// for files and for protocols that are not better-auth's; it differs in every one of these.
//
//	v, err := wire.Parse(body, wire.Limits{})
//	out, err := wire.Append(nil, map[string]any{"ok": true})
//
// # Binding
//
// A struct describes the input of an endpoint. The tag that names a field says where it comes from; a field without one
// is never bound:
//
//	type Input struct {
//		Email    string           `json:"email" check:"email"`     // from the body, required
//		Name     *string          `json:"name" check:"min=1"`      // optional: nil if absent; null is refused
//		Logo     wire.Opt[string] `json:"logo"`                    // optional, and may be null
//		Remember bool             `json:"remember" default:"true"` // optional, true if absent
//		Scopes   []string         `json:"scopes" optional:"true"`  // optional: the zero value means absent
//		Limit    *int             `query:"limit" coerce:"true"`    // from the query, as Number(text)
//		Token    string           `path:"token"`                   // from the path
//		Rest     *wire.Object     `json:",extra"`                  // the body's other members, otherwise dropped
//		_        struct{}         `wire:"optional-body"`           // no body at all is fine too
//	}
//
//	plan, err := wire.Compile(reflect.TypeFor[Input]())
//	problems := plan.Bind(&in, source)  // fills what fits
//	issues := plan.Check(&in, problems) // what is left, after hooks had their say
//
// Fields are string, bool, float64, int, int64, time.Time, any, *Object, slices and string-keyed maps of these, structs,
// named types of them, pointers to them, [Opt] of them, and types with a ReadJSON method ([Reader]). Structs embedded
// by value count as their fields. The other tags:
//
//   - check: a comma-separated list of email; min=N and max=N (code points of a string, items of a list, or the number
//     itself); oneof=a b c (one value reads as zod's literal); and each, after which the list is about the elements.
//   - message: replaces the text of a failed check (not of a wrong type).
//   - coerce: converts as JavaScript's String(), Boolean() or Number() do.
//   - wire, on a blank field: strict (unknown body members are refused), strict-query, optional-body.
package wire
