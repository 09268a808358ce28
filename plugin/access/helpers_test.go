package access_test

import (
	"encoding/json"
	"testing"

	"github.com/cardea-auth/cardea/plugin/access"
)

func token(dec *json.Decoder) error {
	_, err := dec.Token()
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func connectorOf(s string) access.Connector {
	if s == "OR" {
		return access.Or
	}
	return access.And
}
