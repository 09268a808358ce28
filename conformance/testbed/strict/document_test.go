package strict_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
)

func parse(t *testing.T, text string) *strict.Document {
	t.Helper()
	doc, err := strict.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func wantUnsupported(t *testing.T, doc *strict.Document, paths ...string) {
	t.Helper()
	err := doc.Err()
	var unsupported *strict.UnsupportedError
	if !errors.As(err, &unsupported) || !slices.Equal(unsupported.Paths, paths) {
		t.Errorf("got %v, want unsupported %q", err, paths)
	}
}

func wantMalformed(t *testing.T, doc *strict.Document, path string) {
	t.Helper()
	err := doc.Err()
	var malformed *strict.MalformedError
	if !errors.As(err, &malformed) || malformed.Path != path {
		t.Errorf("got %v, want a problem with %q", err, path)
	}
}

func wantNoError(t *testing.T, doc *strict.Document) {
	t.Helper()
	if err := doc.Err(); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

// TestUnreadIsUnsupported is what the package is for: whatever the shape of what nobody read, its path is reported.
func TestUnreadIsUnsupported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"scalar":           {`{"a":1}`, []string{"a"}},
		"null":             {`{"a":null}`, []string{"a"}},
		"members":          {`{"a":{"b":{"c":1},"d":2}}`, []string{"a.b.c", "a.d"}},
		"empty object":     {`{"a":{"b":{}}}`, []string{"a.b"}},
		"list":             {`{"a":[1,2]}`, []string{"a"}},
		"list of objects":  {`{"a":[{"b":1}]}`, []string{"a"}},
		"function":         {`{"a":{"f":{"$record":true}}}`, []string{"a.f"}},
		"document's order": {`{"z":1,"a":2,"m":3}`, []string{"z", "a", "m"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantUnsupported(t, parse(t, c.text), c.want...)
		})
	}
}

func TestReadIsSupported(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"name":"x","on":true,"inner":{"list":["a","b"]},"items":[{"id":"1"},{"id":"2"}],"any":{"deep":[{"er":1}]},"no":null}`)
	root := doc.Root()
	var name string
	var on bool
	var list []string
	root.String("name", &name)
	root.Bool("on", &on)
	root.Object("inner").Strings("list", &list)
	var ids []string
	for _, item := range root.Objects("items") {
		var id string
		item.String("id", &id)
		ids = append(ids, item.Path()+"="+id)
	}
	if _, ok := root.Any("any"); !ok {
		t.Error("Any found nothing")
	}
	if !root.Null("no") || root.Null("name") || root.Null("absent") {
		t.Error("Null mistakes what is null")
	}
	wantNoError(t, doc)
	if name != "x" || !on || !slices.Equal(list, []string{"a", "b"}) || !slices.Equal(ids, []string{"items[0]=1", "items[1]=2"}) {
		t.Errorf("got %q %v %q %q", name, on, list, ids)
	}
}

// TestOpenedIsNotRead: opening an object says nothing about what is in it.
func TestOpenedIsNotRead(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"a":{"b":1,"c":2},"l":[{"x":1},{}]}`)
	var b int
	doc.Root().Object("a").Int("b", &b)
	doc.Root().Objects("l")
	wantUnsupported(t, doc, "a.c", "l[0].x")
}

func TestAbsentObjectHasNothing(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{}`)
	o := doc.Root().Object("no").Object("nothing")
	text := "as before"
	o.String("text", &text)
	o.Off("feature")
	o.Skip()
	o.Fail("text", "unheard")
	if text != "as before" || o.Has("text") || o.Names() != nil || o.Objects("list") != nil || o.Path() != "" {
		t.Errorf("an absent object has something: %q", text)
	}
	wantNoError(t, doc)
}

func TestSkipReadsAll(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"a":{"b":{"c":[{"d":1}]}}}`)
	doc.Root().Object("a").Skip()
	wantNoError(t, doc)
}

func TestFailNamesAbsentMembers(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"list":[{}]}`)
	doc.Root().Objects("list")[0].Fail("id", "missing")
	wantMalformed(t, doc, "list[0].id")
	if got, want := doc.Err().Error(), "list[0].id: missing"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMalformedComesFirst: who reads something wrong cannot say what else is unsupported.
func TestMalformedComesFirst(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"unread":1,"a":"x","b":"y"}`)
	var n int
	doc.Root().Int("a", &n)
	doc.Root().Int("b", &n)
	wantMalformed(t, doc, "a")
	if got := doc.Err().Error(); !strings.Contains(got, "b: ") {
		t.Errorf("got %q, want both problems", got)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", "1", "null", `"x"`, "{", `{"a":1} x`} {
		_, err := strict.Parse([]byte(text))
		var malformed *strict.MalformedError
		if !errors.As(err, &malformed) {
			t.Errorf("%q: got %v, want a problem", text, err)
		}
	}
}

func TestWrongContainers(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(strict.Object){
		"object": func(o strict.Object) { o.Object("a") },
		"list":   func(o strict.Object) { o.Objects("a") },
	} {
		doc := parse(t, `{"a":"text"}`)
		read(doc.Root())
		if doc.Root().IsObject("a") || doc.Root().IsList("a") {
			t.Errorf("%s: a text is taken for one", name)
		}
		wantMalformed(t, doc, "a")
	}
	doc := parse(t, `{"a":[{"b":1},2]}`)
	if !doc.Root().IsList("a") {
		t.Error("IsList does not see a list")
	}
	doc.Root().Objects("a")
	wantMalformed(t, doc, "a[1]")
}
