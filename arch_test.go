// Package cardea_test holds the arrows between the packages of this repository.
package cardea_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/cardea-auth/cardea/"

// allowed says which of our packages a package may import outside of its tests. A key that ends with /... stands for
// the folder and all below it; the longest key counts. An entry does the same. Add a line when you add a package; think
// twice before you add an arrow.
var allowed = map[string][]string{
	"core/schema":       {},
	"core/wire":         {},
	"core/secret":       {},
	"core/password":     {},
	"core/origin":       {},
	"core/clientip":     {},
	"core/cookie":       {"core/secret"},
	"core/cookie/cache": {"core/cookie", "core/model", "core/schema", "core/secret", "core/wire"},
	"core/model":        {"core/schema", "core/wire"},
	"core/store":        {"core/model", "core/schema"},
	"core/storage":      {},
	"core/oauth":        {"core/origin", "core/wire"},
	"core/ratelimit":    {"core/schema", "core/secret", "core/origin", "core/store"},
	"core":              {"core/..."},

	"internal/authtest":   {},
	"internal/memdb":      {"core/schema", "core/store"},
	"internal/memstorage": {"core/storage"},
	"internal/services":   {},
	"internal/fuzzall":    {},

	"plugin":     {"core"},
	"plugin/...": {"core", "core/...", "plugin/..."},

	"adapters/...":            {"core"},
	"stores/memory":           {"core/schema", "core/store", "core/storage", "internal/memdb", "internal/memstorage"},
	"stores/bun/...":          {"core/schema", "core/store", "stores/bun/..."},
	"stores/redis":            {"core/storage"},
	"stores/scs":              {"core", "core/storage"},
	"otel":                    {"core", "core/..."},
	"conformance/...":         {"core", "core/...", "plugin/...", "internal/memdb", "conformance/..."},
	"conformance/testbed/...": {"core", "core/...", "plugin/...", "adapters/...", "stores/...", "conformance/..."},
	"examples/...":            {"core", "core/...", "plugin", "plugin/...", "adapters/...", "stores/..."},
	"bench/...":               {"core", "core/...", "plugin/...", "adapters/...", "stores/...", "internal/memdb"},
}

// TestArrows parses the files itself: a test that asked the go command would be cached although files had changed.
func TestArrows(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		seen++
		checkFile(t, filepath.ToSlash(file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Errorf("saw %d files: the walk begins in the wrong place", seen)
	}
}

func checkFile(t *testing.T, file string) {
	t.Helper()
	pkg := path.Dir(file)
	rule, ok := ruleFor(pkg)
	if !ok {
		t.Errorf("%s: no rule for package %s: add it to the table in arch_test.go", file, pkg)
		return
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		ours, ok := strings.CutPrefix(imported, module)
		if !ok || matches(rule, ours) {
			continue
		}
		t.Errorf("%s imports %s, which package %s may not", file, ours, pkg)
	}
}

func ruleFor(pkg string) ([]string, bool) {
	if rule, ok := allowed[pkg]; ok {
		return rule, true
	}
	for dir := pkg; dir != "."; dir = path.Dir(dir) {
		if rule, ok := allowed[dir+"/..."]; ok {
			return rule, true
		}
	}
	return nil, false
}

func matches(rule []string, pkg string) bool {
	for _, r := range rule {
		prefix, tree := strings.CutSuffix(r, "/...")
		if pkg == r || tree && (pkg == prefix || strings.HasPrefix(pkg, prefix+"/")) {
			return true
		}
	}
	return false
}

// TestAdaptersKnowOnlyCore guards the arrow that costs users most: an adapter must not bring a store or a plugin along.
func TestAdaptersKnowOnlyCore(t *testing.T) {
	t.Parallel()
	rule, _ := ruleFor("adapters/echo")
	for _, forbidden := range []string{"stores/bun", "plugin/emailpassword", "adapters/gin", "core/store"} {
		if matches(rule, forbidden) {
			t.Errorf("the table lets adapters import %s", forbidden)
		}
	}
}
