package strict

import (
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// kind names the type of a JSON value in a sentence.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}

// isForm reports whether v is one of the objects that stand for something JSON has no notation for: {"$record":true},
// {"$regexp":"…"}. Such a value is one whole.
func isForm(v any) bool {
	o, ok := v.(*wire.Object)
	if !ok {
		return false
	}
	for name := range o.All() {
		return strings.HasPrefix(name, "$")
	}
	return false
}
