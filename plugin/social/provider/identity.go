package provider

import (
	"iter"

	"github.com/cardea-auth/cardea/core/wire"
)

// Name returns the person's name, or "".
func (i *Identity) Name() string { return Text(i.User, "name") }

// Email returns the person's address as the provider spells it, or "".
func (i *Identity) Email() string { return Text(i.User, "email") }

// Image returns the URL of a picture, or nil.
func (i *Identity) Image() *string {
	v, _ := i.User.Get("image")
	s, ok := v.(string)
	if !ok {
		return nil
	}
	return &s
}

// EmailVerified reports whether the provider vouches for the address: the boolean true or the string "true", nothing
// else that JavaScript would take for true.
func (i *Identity) EmailVerified() bool {
	v, _ := i.User.Get("emailVerified")
	return v == true || v == "true"
}

// Extra yields the further fields of the user that the provider or MapProfile set, in order. Which of them are columns,
// and whether they may be written, is for the schema to say.
func (i *Identity) Extra() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for k, v := range i.User.All() {
			switch k {
			case "id", "name", "email", "image", "emailVerified":
				continue
			}
			if !yield(k, v) {
				return
			}
		}
	}
}

// Value returns what path leads to in a profile: the names of members, from the outside in. ok is false if any of them is
// absent.
func Value(profile *wire.Object, path ...string) (v any, ok bool) {
	v = profile
	for _, name := range path {
		o, isObject := v.(*wire.Object)
		if !isObject {
			return nil, false
		}
		if v, ok = o.Get(name); !ok {
			return nil, false
		}
	}
	return v, ok
}

// Text returns the string that path leads to in a profile, or "" if there is none.
func Text(profile *wire.Object, path ...string) string {
	v, _ := Value(profile, path...)
	s, _ := v.(string)
	return s
}
