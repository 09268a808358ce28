package wire

import (
	"iter"
	"slices"
)

// Object is a JSON object: members in wire order, each key once. The zero value is empty and ready to use; a nil *Object
// reads as empty. It is safe for concurrent reading.
type Object struct {
	members []member
	// index finds a key's position once there are more than linearMembers, so that a body of a hundred thousand keys
	// costs what its bytes cost.
	index map[string]int
}

type member struct {
	key   string
	value any
}

// linearMembers is up to how many members are searched one by one, which for few is the fastest.
const linearMembers = 16

// NewObject returns an empty object.
func NewObject() *Object { return new(Object) }

// Len returns the number of members.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.members)
}

// Get returns the value of a key. ok tells a member that is null from one that is absent.
func (o *Object) Get(key string) (value any, ok bool) {
	if i := o.find(key); i >= 0 {
		return o.members[i].value, true
	}
	return nil, false
}

// Set gives a key a value. A key that is there keeps its place, a new one goes last.
func (o *Object) Set(key string, value any) {
	if i := o.find(key); i >= 0 {
		o.members[i].value = value
		return
	}
	o.members = append(o.members, member{key, value})
	switch {
	case o.index != nil:
		o.index[key] = len(o.members) - 1
	case len(o.members) > linearMembers:
		o.reindex()
	}
}

// Delete removes a key, if it is there.
func (o *Object) Delete(key string) {
	i := o.find(key)
	if i < 0 {
		return
	}
	o.members = slices.Delete(o.members, i, i+1)
	if o.index != nil {
		o.reindex()
	}
}

// All yields the members in order. The object must not be changed meanwhile.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if o == nil {
			return
		}
		for i := range o.members {
			if !yield(o.members[i].key, o.members[i].value) {
				return
			}
		}
	}
}

func (o *Object) find(key string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.members {
		if o.members[i].key == key {
			return i
		}
	}
	return -1
}

func (o *Object) reindex() {
	o.index = make(map[string]int, 2*len(o.members))
	for i := range o.members {
		o.index[o.members[i].key] = i
	}
}
