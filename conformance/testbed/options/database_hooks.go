package options

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

func (r reader) databaseHooks(o strict.Object, c *core.DatabaseHooks) {
	readHooks(r, o.Object("user"), &c.User)
	readHooks(r, o.Object("session"), &c.Session)
	readHooks(r, o.Object("account"), &c.Account)
	readHooks(r, o.Object("verification"), &c.Verification)
}

func readHooks[T any](r reader, o strict.Object, c *core.RowHooks[T]) {
	create, update, deletion := o.Object("create"), o.Object("update"), o.Object("delete")
	if f := r.function(create, "before"); f != nil {
		c.BeforeCreate = func(ctx context.Context, _ *core.Exchange, row *T) error { return beforeCreate(ctx, f, row) }
	}
	if f := r.function(update, "before"); f != nil {
		c.BeforeUpdate = func(ctx context.Context, _ *core.Exchange, set store.Record) error { return beforeUpdate(ctx, f, set) }
	}
	if f := r.function(deletion, "before"); f != nil {
		c.BeforeDelete = func(ctx context.Context, _ *core.Exchange, row *T) error {
			v, err := f(ctx, rowObject(row))
			if err == nil && v == false {
				return core.ErrRefused
			}
			return err
		}
	}
	after := func(operation strict.Object) func(context.Context, *core.Exchange, *T) error {
		f := r.function(operation, "after")
		if f == nil {
			return nil
		}
		return func(ctx context.Context, _ *core.Exchange, row *T) error {
			_, err := f(ctx, rowObject(row))
			return err
		}
	}
	c.AfterCreate, c.AfterUpdate, c.AfterDelete = after(create), after(update), after(deletion)
}

// beforeCreate asks for a row that has no id yet. The answer is false, {"data": what to change}, or nothing.
func beforeCreate[T any](ctx context.Context, f Function, row *T) error {
	argument := rowObject(row)
	argument.Delete("id")
	data, err := changes(f(ctx, argument))
	if err != nil || data == nil {
		return err
	}
	for name, value := range data.All() {
		if err := setField(row, name, value); err != nil {
			return err
		}
	}
	return nil
}

func beforeUpdate(ctx context.Context, f Function, set store.Record) error {
	var argument wire.Object
	for _, name := range slices.Sorted(maps.Keys(set)) {
		argument.Set(name, set[name])
	}
	data, err := changes(f(ctx, &argument))
	if err != nil || data == nil {
		return err
	}
	for name, value := range data.All() {
		set[name] = value
	}
	return nil
}

// changes reads what a hook before a write has returned.
func changes(v any, err error) (*wire.Object, error) {
	if err != nil {
		return nil, err
	}
	if v == false {
		return nil, core.ErrRefused
	}
	answer, ok := v.(*wire.Object)
	if !ok {
		return nil, nil
	}
	data, _ := answer.Get("data")
	object, _ := data.(*wire.Object)
	return object, nil
}

// rowObject is a row as an app's hook gets it, with what clients never see. Its members are in alphabetical order.
func rowObject(row any) *wire.Object {
	values := map[string]any{}
	v := reflect.ValueOf(row).Elem()
	for i := range v.NumField() {
		if extra, ok := v.Field(i).Interface().(model.Extra); ok {
			for _, e := range extra {
				values[e.Name] = e.Value
			}
			continue
		}
		values[memberName(v.Type().Field(i).Name)] = plain(v.Field(i))
	}
	var o wire.Object
	for _, name := range slices.Sorted(maps.Keys(values)) {
		o.Set(name, values[name])
	}
	return &o
}

// plain is a field's value without its pointer.
func plain(v reflect.Value) any {
	if v.Kind() != reflect.Pointer {
		return v.Interface()
	}
	if v.IsNil() {
		return nil
	}
	return v.Elem().Interface()
}

// setField changes a field of a row from JSON.
func setField(row any, name string, value any) error {
	v := reflect.ValueOf(row).Elem()
	at := v.FieldByNameFunc(func(field string) bool { return memberName(field) == name })
	if !at.IsValid() {
		extra := v.FieldByName("Extra")
		if !extra.IsValid() {
			return fmt.Errorf("a hook changed %s, which %T does not have", name, row)
		}
		extra.Addr().Interface().(*model.Extra).Set(name, value)
		return nil
	}
	if value == nil {
		at.SetZero()
		return nil
	}
	target := at
	if at.Kind() == reflect.Pointer {
		target = reflect.New(at.Type().Elem()).Elem()
	}
	if text, ok := value.(string); ok && target.Type() == reflect.TypeFor[time.Time]() {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return fmt.Errorf("a hook changed %s: %w", name, err)
		}
		value = t
	}
	if !reflect.TypeOf(value).AssignableTo(target.Type()) {
		return fmt.Errorf("a hook changed %s to %T", name, value)
	}
	target.Set(reflect.ValueOf(value))
	if at.Kind() == reflect.Pointer {
		at.Set(target.Addr())
	}
	return nil
}

// memberName is the name of a field in JSON: UserID is userId, IPAddress ipAddress.
func memberName(field string) string {
	field = strings.NewReplacer("ID", "Id", "IP", "Ip").Replace(field)
	return strings.ToLower(field[:1]) + field[1:]
}
