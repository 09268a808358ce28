package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Get returns the field's value in a struct as a record has it: of the Go type of the column's kind, also where the field
// has a named type over it; nil for a nil pointer, slice, map or interface.
func (f *Field) Get(structure reflect.Value) any {
	v := structure.FieldByIndex(f.Index)
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
	}
	switch f.Column.Kind {
	case String:
		return v.String()
	case Boolean:
		return v.Bool()
	case Number:
		return v.Int()
	case StringArray:
		return v.Convert(reflect.TypeFor[[]string]()).Interface()
	case NumberArray:
		return v.Convert(reflect.TypeFor[[]float64]()).Interface()
	default:
		return v.Interface()
	}
}

// Set puts a value, as [Column.Read] returns it, into the field of a struct that is settable. Null leaves the field as it
// is, so that in a new struct the zero value stands for it. A value that does not fit the field's type is an error.
func (f *Field) Set(structure reflect.Value, value any) error {
	if value == nil {
		return nil
	}
	to := structure.FieldByIndex(f.Index)
	if to.Kind() == reflect.Pointer {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	v := reflect.ValueOf(value)
	switch {
	case f.Column.Kind == JSON && !v.Type().AssignableTo(to.Type()):
		// A JSON value goes into a field that has a type of its own, such as map[string][]string.
		text, err := json.Marshal(value)
		if err == nil {
			err = json.Unmarshal(text, to.Addr().Interface())
		}
		if err != nil {
			return fmt.Errorf("column %q: %w", f.Column.Name, err)
		}
	case !convertible(v.Type(), to.Type()):
		return fmt.Errorf("column %q holds %T, which does not fit %v", f.Column.Name, value, to.Type())
	default:
		to.Set(v.Convert(to.Type()))
	}
	return nil
}

// convertible is reflect's, without what Go makes of a number where a text is wanted.
func convertible(from, to reflect.Type) bool {
	return from.ConvertibleTo(to) && (to.Kind() != reflect.String || from.Kind() == reflect.String)
}
