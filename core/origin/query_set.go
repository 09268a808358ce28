package origin

import "strings"

// SetQuery returns u with one query parameter set, as searchParams.set of a browser's URL does (URL Standard §6.2): an earlier
// value takes the new one, further ones go, and the whole query is written anew, in the form that URLSearchParams has. The
// result leads to the same origin as u.
func (u URL) SetQuery(name, value string) URL {
	out := []byte{'?'}
	add := func(name, value string) {
		if len(out) > 1 {
			out = append(out, '&')
		}
		out = append(appendForm(out, name), '=')
		out = appendForm(out, value)
	}
	set := false
	for pair := range strings.SplitSeq(strings.TrimPrefix(u.Query, "?"), "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		if k = formText(k); k != name {
			add(k, formText(v))
		} else if !set {
			add(name, value)
			set = true
		}
	}
	if !set {
		add(name, value)
	}
	u.Query = string(out)
	return u
}

// formText decodes a name or value of a query (URL Standard §5.1). What is no UTF-8 becomes U+FFFD.
func formText(s string) string {
	return strings.ToValidUTF8(percentDecode(strings.ReplaceAll(s, "+", " ")), "\ufffd")
}
