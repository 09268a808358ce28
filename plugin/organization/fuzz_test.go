package organization_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// FuzzParseRoles: what is stored of a list of roles means the same when it is read, and no name hides another.
func FuzzParseRoles(f *testing.F) {
	for _, s := range []string{"", "owner", " admin , member,", "a,,b", "own\u00a0er", "\towner\n,x", ",", "Owner"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		roles := organization.ParseRoles(s)
		for _, name := range roles {
			if name == "" || strings.Contains(name, ",") || strings.TrimFunc(name, unicode.IsSpace) != name {
				t.Errorf("%q: the name %q", s, name)
			}
		}
		if again := organization.ParseRoles(strings.Join(roles, ",")); !slices.Equal(again, roles) {
			t.Errorf("%q: got %q and then %q", s, roles, again)
		}
	})
}

// FuzzRoleNames: an input is a text or a list of them, and nothing else.
func FuzzRoleNames(f *testing.F) {
	for _, s := range []string{`"owner"`, `["a","b"]`, `[1]`, `null`, `{}`, `[]`, `[["a"]]`, `5`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := wire.Parse([]byte(text), wire.Limits{})
		if err != nil {
			return
		}
		var names organization.RoleNames
		issue := names.ReadJSON(v)
		list, isList := v.([]any)
		s, isText := v.(string)
		switch {
		case isText && (issue != "" || len(names) != 1 || names[0] != s):
			t.Errorf("%s: got %q %q", text, names, issue)
		case isList && issue == "" && len(names) != len(list):
			t.Errorf("%s: got %q", text, names)
		case !isText && !isList && issue == "":
			t.Errorf("%s was taken for roles: %q", text, names)
		}
	})
}
