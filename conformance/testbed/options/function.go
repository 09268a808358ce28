package options

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
)

// Function is a function among the options. Arguments are whatever package wire encodes; the result is as wire.Parse
// returns it, nil for none. An error may be a [core.Error] to answer the client with.
type Function func(ctx context.Context, args ...any) (result any, err error)

// Functions makes functions of what stands for them in the options.
type Functions interface {
	// Record makes {"$record":true}: each call is noted under the name of the callback, such as
	// "emailAndPassword.sendResetPassword", and returns nothing.
	Record(callback string) Function
	// Webhook makes {"$webhook":"https://…"}: each call asks there.
	Webhook(url string) Function
}

// function reads a member that is a function. Of the forms, {"$const":…} is always supported. It is nil if there is no
// such member, and if it is nothing that is supported.
func (r reader) function(o strict.Object, name string) Function {
	forms := []string{"const"}
	if r.functions != nil {
		forms = append(forms, "record", "webhook")
	}
	form, v, ok := o.Form(name, forms...)
	if !ok {
		return nil
	}
	switch form {
	case "record":
		if v == true {
			return r.functions.Record(r.callback(o, name))
		}
		o.Fail(name, "expected {\"$record\": true}")
	case "webhook":
		if url, ok := v.(string); ok {
			return r.functions.Webhook(url)
		}
		o.Fail(name, "expected {\"$webhook\": URL}")
	default:
		return func(context.Context, ...any) (any, error) { return v, nil }
	}
	return nil
}

// callback names a function as its author would: by its path from the options of better-auth or of the plugin.
func (r reader) callback(o strict.Object, name string) string {
	return r.prefix + strings.TrimPrefix(o.Path()+"."+name, r.strip)
}
