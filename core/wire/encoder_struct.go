package wire

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// structField is a field of a struct as Append sees it.
type structField struct {
	name   string
	index  []int
	tagged bool
	// prefix is the member up to its value: `"name":`.
	prefix    string
	omitEmpty bool
	opt       bool
	extra     bool // writes members itself
	encode    encoder
}

// MemberAppender is the type of a struct field with the tag `json:",extra"`: it appends members to the JSON object that the
// struct becomes, each with a leading comma, or nothing.
type MemberAppender interface {
	AppendMembers(dst []byte) ([]byte, error)
}

var memberAppenderType = reflect.TypeFor[MemberAppender]()

func appendMembers(dst []byte, v reflect.Value, first bool) ([]byte, error) {
	mark := len(dst)
	dst, err := v.Interface().(MemberAppender).AppendMembers(dst)
	if first && err == nil && len(dst) > mark {
		dst = slices.Delete(dst, mark, mark+1)
	}
	return dst, err
}

func (c encoderCompiler) structEncoder(t reflect.Type) encoder {
	fields, err := structFields(t)
	if err != nil {
		return failing(err)
	}
	for i := range fields {
		f := &fields[i]
		ft := t.FieldByIndex(f.index).Type
		f.prefix = string(AppendString(nil, f.name)) + ":"
		f.opt = reflect.PointerTo(ft).Implements(optionalType)
		if !f.extra {
			f.encode = c.encoder(ft)
		}
	}
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if depth == 0 {
			return nil, errAppendDepth
		}
		open := len(dst)
		dst = append(dst, '{')
		for i := range fields {
			f := &fields[i]
			fv, ok := fieldOf(v, f.index)
			if !ok || f.omitEmpty && fv.IsZero() || f.opt && isAbsent(fv) {
				continue
			}
			var err error
			if f.extra {
				if dst, err = appendMembers(dst, fv, len(dst) == open+1); err != nil {
					return nil, err
				}
				continue
			}
			if len(dst) > open+1 {
				dst = append(dst, ',')
			}
			dst = append(dst, f.prefix...)
			if dst, err = f.encode(dst, fv, depth-1); err != nil {
				return nil, fmt.Errorf("%s: %w", f.name, err)
			}
		}
		return append(dst, '}'), nil
	}
}

func isAbsent(v reflect.Value) bool {
	_, state := v.Addr().Interface().(optional).parts()
	return *state == optAbsent
}

// fieldOf is v.FieldByIndex that does not panic: ok is false where an embedded pointer on the way is nil.
func fieldOf(v reflect.Value, index []int) (field reflect.Value, ok bool) {
	if len(index) == 1 {
		return v.Field(index[0]), true
	}
	for n, i := range index {
		if n > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// structFields lists the fields to write, those of embedded structs included, in the order of the source. Of fields with
// one name the least embedded counts, then the tagged one; if two are left, none is written (as in encoding/json).
func structFields(t reflect.Type) ([]structField, error) {
	all, err := collectFields(nil, t, nil, nil)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b structField) int {
		return cmp.Or(strings.Compare(a.name, b.name), len(a.index)-len(b.index), compareBool(b.tagged, a.tagged))
	})
	kept := all[:0]
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].name == all[0].name {
			n++
		}
		if n == 1 || len(all[0].index) != len(all[1].index) || all[0].tagged != all[1].tagged {
			kept = append(kept, all[0])
		}
		all = all[n:]
	}
	slices.SortFunc(kept, func(a, b structField) int { return slices.Compare(a.index, b.index) })
	return kept, nil
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// collectFields appends the fields of t, which is embedded at index inside of the types in path.
func collectFields(all []structField, t reflect.Type, index []int, path []reflect.Type) ([]structField, error) {
	if slices.Contains(path, t) {
		return all, nil
	}
	path = append(slices.Clip(path), t)
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("json")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		at := append(slices.Clip(index), i)
		if sf.Anonymous && name == "" {
			et := sf.Type
			if et.Kind() == reflect.Pointer {
				et = et.Elem()
			}
			if et.Kind() == reflect.Struct {
				var err error
				if all, err = collectFields(all, et, at, path); err != nil {
					return nil, err
				}
				continue
			}
		}
		if !sf.IsExported() {
			if sf.Anonymous && tagged && sf.Type.Kind() == reflect.Struct {
				return nil, fmt.Errorf("wire: %s.%s has a name in JSON but is not exported", t, sf.Name)
			}
			continue
		}
		f := structField{name: name, index: at, tagged: tagged && name != ""}
		if name == "" {
			f.name = sf.Name
		}
		for option := range strings.SplitSeq(options, ",") {
			switch option {
			case "":
			case "omitempty", "omitzero":
				f.omitEmpty = true
			case "extra":
				if !sf.Type.Implements(memberAppenderType) {
					return nil, fmt.Errorf("wire: %s.%s: %s does not append members", t, sf.Name, sf.Type)
				}
				f.extra = true
			default:
				return nil, fmt.Errorf("wire: %s.%s: unknown option %q in its json tag", t, sf.Name, option)
			}
		}
		all = append(all, f)
	}
	return all, nil
}
