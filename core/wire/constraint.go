package wire

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// rule is a kind of constraint.
type rule uint8

const (
	ruleEmail rule = iota
	ruleMin
	ruleMax
)

// check is a constraint on a value.
type check struct {
	rule    rule
	n       float64
	message string
	// custom is whether the message is the program's own.
	custom bool
}

// sizeMessage is zod's text about a value of a kind that is too small or too big.
func (ch *check) sizeMessage(k Kind) string {
	word, sign := "Too small", ">="
	if ch.rule == ruleMax {
		word, sign = "Too big", "<="
	}
	return word + ": expected " + strings.Replace(k.measure(), "N", sign+string(AppendNumber(nil, ch.n)), 1)
}

// measure is how zod's texts about size go on for a kind, N being the bound; "" if the kind has no size.
func (k Kind) measure() string {
	switch k {
	case KindString:
		return "string to have N characters"
	case KindArray:
		return "array to have N items"
	case KindNumber, KindInteger:
		return "number to be N"
	}
	return ""
}

// constraints reads the check and message tags of a field.
func (c *compiler) constraints(n *node, sf reflect.StructField, where string) {
	tag, ok := sf.Tag.Lookup("check")
	message, hasMessage := sf.Tag.Lookup("message")
	if !ok {
		if hasMessage {
			c.errorf(where, "has a message but no check")
		}
		return
	}
	nodes := []*node{n}
	for word := range strings.SplitSeq(tag, ",") {
		name, arg, _ := strings.Cut(word, "=")
		if name == "each" {
			if n = n.elem; n == nil {
				c.errorf(where, "has no elements to check")
				return
			}
			nodes = append(nodes, n)
			continue
		}
		if problem := n.constrain(name, arg, message); problem != "" {
			c.errorf(where, "check %q: %s", word, problem)
		}
	}
	for _, n := range nodes {
		n.constrained = true
	}
}

// constrain adds one check. message, if not empty, replaces zod's. It returns what is wrong with the tag, or "".
func (n *node) constrain(name, arg, message string) (problem string) {
	ch := check{message: message, custom: message != ""}
	switch {
	case n.reader:
		return "a type that reads itself checks itself (Checker)"
	case name == "email" && n.kind == KindString:
		ch.rule = ruleEmail
		if ch.message == "" {
			ch.message = "Invalid email address"
		}
	case (name == "min" || name == "max") && n.kind.measure() != "":
		f, err := strconv.ParseFloat(arg, 64)
		if err != nil {
			return "needs a number"
		}
		ch.n, ch.rule = f, ruleMin
		if name == "max" {
			ch.rule = ruleMax
		}
		if ch.message == "" {
			ch.message = ch.sizeMessage(n.kind)
		}
	case name == "oneof" && n.kind == KindString && strings.TrimSpace(arg) != "":
		n.oneOf = strings.Fields(arg)
		n.oneOfMessage = "Invalid input: expected "
		if len(n.oneOf) > 1 {
			n.oneOfMessage = "Invalid option: expected one of "
		}
		n.oneOfMessage += `"` + strings.Join(n.oneOf, `"|"`) + `"`
		return ""
	default:
		return "unknown, or not for a " + string(n.kind)
	}
	n.checks = append(n.checks, ch)
	return ""
}

// checkString returns false if s is none of the values allowed, after which zod stops.
func (c *collector) checkString(n *node, s string) bool {
	if n.oneOf != nil && !slices.Contains(n.oneOf, s) {
		c.add(n.oneOfMessage)
		return false
	}
	for i := range n.checks {
		ch := &n.checks[i]
		switch {
		case ch.rule == ruleEmail && !IsEmail(s),
			ch.rule == ruleMin && stringLen(s) < ch.n,
			ch.rule == ruleMax && stringLen(s) > ch.n:
			c.add(ch.message)
		}
	}
	return true
}

func (c *collector) checkNumber(n *node, f float64) {
	for i := range n.checks {
		ch := &n.checks[i]
		if ch.rule == ruleMin && f < ch.n || ch.rule == ruleMax && f > ch.n {
			c.add(ch.message)
		}
	}
}

// checkList checks how many items there are at least; tooLong came before.
func (c *collector) checkList(n *node, length int) {
	for i := range n.checks {
		if ch := &n.checks[i]; ch.rule == ruleMin && float64(length) < ch.n {
			c.add(ch.message)
		}
	}
}

// tooLong returns the text about a list with more items than allowed, or "".
func (n *node) tooLong(length int) string {
	for i := range n.checks {
		if ch := &n.checks[i]; ch.rule == ruleMax && float64(length) > ch.n {
			return ch.message
		}
	}
	return ""
}

// checkWrongSize adds what zod says besides about a string where a list belongs, and the other way round: whatever has a
// length is measured, even if it is not what was expected.
func (c *collector) checkWrongSize(n *node, raw any) {
	var length float64
	var kind Kind
	switch raw := raw.(type) {
	case string:
		length, kind = stringLen(raw), KindString
	case []any:
		length, kind = float64(len(raw)), KindArray
	default:
		return
	}
	for i := range n.checks {
		ch := &n.checks[i]
		switch {
		case ch.rule == ruleMin && length < ch.n, ch.rule == ruleMax && length > ch.n:
			if ch.custom {
				c.add(ch.message)
			} else {
				c.add(ch.sizeMessage(kind))
			}
		}
	}
}

// stringLen is the length that zod 4 gives a string: its code points, not UTF-16 units as in zod 3.
func stringLen(s string) float64 { return float64(utf8.RuneCountInString(s)) }
