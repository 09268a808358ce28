package strict

import (
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/core/wire"
)

// Form reads a member that stands for something JSON has no notation for: an object whose first member is named with a
// dollar sign, such as {"$record":true}. It returns that name without the dollar and its value; ok is false, and nothing
// read, if the member is no such object or the name is not among those given.
func (o Object) Form(name string, forms ...string) (form string, value any, ok bool) {
	n := o.member(name)
	if n == nil || !isForm(n.value) {
		return "", nil, false
	}
	for _, form := range forms {
		if n.names[0] == "$"+form {
			n.read = true
			n.members[0].markAll()
			return form, n.members[0].value, true
		}
	}
	return "", nil, false
}

// Regexp reads a regular expression, {"$regexp":"source","flags":"i"}. Go's syntax lacks look-around and back-references:
// an expression that has one is a problem. Of the flags, i, m and s mean the same in both languages; u is how Go matches
// anyway.
func (o Object) Regexp(name string, to **regexp.Regexp) {
	_, source, ok := o.Form(name, "regexp")
	if !ok {
		return // no form at all, or another one, stays unread
	}
	text, ok := source.(string)
	if !ok {
		o.Fail(name, "expected the source of a regular expression as a string, got "+describe(source))
		return
	}
	flags := ""
	Object{o.doc, o.member(name)}.String("flags", &flags)
	flags = strings.ReplaceAll(flags, "u", "")
	if strings.Trim(flags, "ims") != "" {
		o.Fail(name, "expected flags of i, m, s and u, got "+flags)
		return
	}
	if flags != "" {
		text = "(?" + flags + ")" + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		o.Fail(name, err.Error())
		return
	}
	*to = re
}

// describe names a value in a sentence, with the value itself where that is short and cannot be a secret.
func describe(v any) string {
	switch v := v.(type) {
	case bool, float64:
		text, err := wire.Append(nil, v)
		if err == nil {
			return kind(v) + " (" + string(text) + ")"
		}
	}
	return kind(v)
}
