package password

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nfkc returns the Unicode normal form NFKC of s (UAX #15), as JavaScript's normalize does.
//
// x/text departs from it in one case: it breaks up more than 30 combining marks in a row with U+034F, which would make
// such a password a different one. Nothing else adds that character, so its count tells.
func nfkc(s string) string {
	const joiner = "\u034f"
	n := norm.NFKC.String(s)
	if strings.Count(n, joiner) == strings.Count(s, joiner) {
		return n
	}
	return nfkcUnlimited(s)
}

// nfkcUnlimited is NFKC step by step (The Unicode Standard §3.11), which is slow: decompose every character, sort runs
// of combining marks by their class, compose. x/text serves for single characters and pairs, where it breaks up nothing.
func nfkcUnlimited(s string) string {
	var runes []rune
	for _, r := range s {
		runes = append(runes, []rune(norm.NFKD.String(string(r)))...)
	}
	for i := 0; i < len(runes); {
		end := i + 1
		for end < len(runes) && class(runes[end]) != 0 {
			end++
		}
		if class(runes[i]) != 0 { // marks at the start of the text have no base
			slices.SortStableFunc(runes[i:end], byClass)
		} else {
			slices.SortStableFunc(runes[i+1:end], byClass)
		}
		i = end
	}

	out := make([]rune, 0, len(runes))
	base, last := -1, -1 // the index of the base in out, and the class of what follows it there
	for _, r := range runes {
		c := class(r)
		if base >= 0 && last < c { // otherwise something of the same class stands between them
			if composed, ok := compose(out[base], r); ok {
				out[base] = composed
				continue
			}
		}
		if c == 0 {
			base, last = len(out), -1
		} else {
			last = c
		}
		out = append(out, r)
	}
	return string(out)
}

// class is the canonical combining class of r, 0 for a character that starts a sequence.
func class(r rune) int { return int(norm.NFD.PropertiesString(string(r)).CCC()) }

func byClass(a, b rune) int { return class(a) - class(b) }

// compose returns the character that is canonically equivalent to a followed by b, if there is one.
func compose(a, b rune) (rune, bool) {
	pair := norm.NFC.String(string([]rune{a, b}))
	r, size := utf8.DecodeRuneInString(pair)
	return r, size == len(pair)
}
