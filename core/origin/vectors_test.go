package origin_test

import (
	"encoding/json"
	"os"
	"testing"
)

// readVectors fills v, a slice, with one part of testdata/vectors.json, which holds the contract's recorded vectors.
func readVectors(t testing.TB, part string, v any) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		t.Fatal(err)
	}
	if len(parts[part]) < 20 {
		t.Fatalf("testdata/vectors.json has no %s", part)
	}
	if err := json.Unmarshal(parts[part], v); err != nil {
		t.Fatalf("%s: %v", part, err)
	}
}
