package strict_test

import (
	"testing"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
)

func TestForm(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"a":{"$const":{"x":[1]}},"b":{"$webhook":"http://h"},"c":{"plain":1},"d":2}`)
	root := doc.Root()
	form, v, ok := root.Form("a", "record", "const")
	if !ok || form != "const" || v == nil {
		t.Errorf("a: got %q %v %v", form, v, ok)
	}
	for _, name := range []string{"b", "c", "d", "absent"} {
		if form, _, ok := root.Form(name, "record", "const"); ok {
			t.Errorf("%s: got %q, want no form", name, form)
		}
	}
	wantUnsupported(t, doc, "b", "c.plain", "d")
}

// TestFormWithMore: what else is in the object of a form has to be read, too.
func TestFormWithMore(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"a":{"$const":1,"delay":5}}`)
	doc.Root().Form("a", "const")
	wantUnsupported(t, doc, "a.delay")
}

// TestFunctionsWhereValuesAre: a function is another way to give an option, which the reader of the plain one lacks.
func TestFunctionsWhereValuesAre(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"origins":{"$const":["https://a.example"]}}`)
	var origins []string
	doc.Root().Strings("origins", &origins)
	wantUnsupported(t, doc, "origins")
}

func TestRegexp(t *testing.T) {
	t.Parallel()
	re, err := read(t, `{"$regexp":"^a.c$","flags":"isu"}`, strict.Object.Regexp)
	if err != nil || !re.MatchString("A\nC") || re.MatchString("abcd") {
		t.Errorf("got %v, %v", re, err)
	}
	for _, text := range []string{
		`{"$regexp":"(?=a)"}`, `{"$regexp":"("}`, `{"$regexp":1}`, `{"$regexp":"a","flags":"y"}`,
		`{"$regexp":"a","flags":1}`, `{"$regexp":"a","more":1}`, `"a"`, `{"$record":true}`,
	} {
		wantRefused(t, text, strict.Object.Regexp)
	}
}
