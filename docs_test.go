package cardea_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryOptionIsNamed: docs/options.md says of each of better-auth's core options what it is called here.
func TestEveryOptionIsNamed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/options.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []*regexp.Regexp
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		for _, quoted := range regexp.MustCompile("`[^`]+`").FindAllString(cells[1], -1) {
			text := regexp.QuoteMeta(strings.Trim(quoted, "`"))
			text = strings.NewReplacer(`\*\*`, `.+`, `\*`, `[^.]+`).Replace(text)
			named = append(named, regexp.MustCompile("^"+text+"$"))
		}
	}
	options, err := os.ReadFile("docs/testdata/core-options.txt")
	if err != nil {
		t.Fatal(err)
	}
	used := make([]bool, len(named))
	for option := range strings.FieldsSeq(string(options)) {
		found := false
		for i, re := range named {
			if re.MatchString(option) {
				found, used[i] = true, true
			}
		}
		if !found {
			t.Errorf("docs/options.md does not name %s", option)
		}
	}
	for i, re := range named {
		if !used[i] {
			t.Errorf("better-auth has no option %s", re)
		}
	}
}
