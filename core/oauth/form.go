package oauth

import "slices"

// Param is a parameter of a query or a form.
type Param struct{ Name, Value string }

// Form is a list of parameters in order, as JavaScript's URLSearchParams is one.
type Form []Param

// Set gives name one value: at its first place if it is there, else last.
func (f *Form) Set(name, value string) {
	i := slices.IndexFunc(*f, func(p Param) bool { return p.Name == name })
	if i < 0 {
		*f = append(*f, Param{name, value})
		return
	}
	(*f)[i].Value = value
	rest := slices.DeleteFunc((*f)[i+1:], func(p Param) bool { return p.Name == name })
	*f = (*f)[:i+1+len(rest)]
}

// Add appends a parameter.
func (f *Form) Add(name, value string) { *f = append(*f, Param{name, value}) }

// Has reports whether there is a parameter of that name.
func (f Form) Has(name string) bool {
	return slices.ContainsFunc(f, func(p Param) bool { return p.Name == name })
}

// Get returns the first value of name, or "".
func (f Form) Get(name string) string {
	for _, p := range f {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Encode returns f as application/x-www-form-urlencoded, in order (URL Standard §5.2; url.Values sorts, and differs in
// "*" and "~").
func (f Form) Encode() string {
	out := make([]byte, 0, 512)
	for i, p := range f {
		if i > 0 {
			out = append(out, '&')
		}
		out = append(appendForm(out, p.Name), '=')
		out = appendForm(out, p.Value)
	}
	return string(out)
}

func appendForm(out []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '*', c == '-', c == '.', c == '_':
			out = append(out, c)
		case c == ' ':
			out = append(out, '+')
		default:
			out = append(out, '%', hex[c>>4], hex[c&15])
		}
	}
	return out
}
