package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/secret"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if k, err := secret.New(""); err == nil {
		t.Errorf("New of nothing: got %v, want an error", k)
	}
	for _, c := range []struct {
		name string
		keys []secret.Key
		want string
	}{
		{"none", nil, "no secrets"},
		{"negative", []secret.Key{{Version: -1, Value: "a"}}, "version -1"},
		{"empty", []secret.Key{{Version: 2, Value: "a"}, {Version: 1}}, "version 1"},
		{"twice", []secret.Key{{Version: 3, Value: "a"}, {Version: 3, Value: "b"}}, "version 3"},
	} {
		if _, err := secret.NewRotating(c.keys, ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one that says %q", c.name, err, c.want)
		}
	}
}

func TestDefaultIsNoLegacySecret(t *testing.T) {
	t.Parallel()
	old := keyring(t, secret.Default).Encrypt("text")
	k, err := secret.NewRotating([]secret.Key{{Version: 1, Value: "a"}}, secret.Default)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Decrypt(old); err == nil {
		t.Errorf("got %q, want an error: everybody could have made that ciphertext", got)
	}
}

func TestCurrent(t *testing.T) {
	t.Parallel()
	v := load(t)
	if got, want := rotating(t, v).Current(), v.SecretRotation.Config.Secrets[0].Value; got != want {
		t.Errorf("got %q, want the first one, %q", got, want)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	const value = "do-not-print-me"
	k := keyring(t, value)
	key := secret.Key{Version: 7, Value: value}
	holder := struct {
		Keys *secret.Keyring
		Key  secret.Key
		List []secret.Key
	}{k, key, []secret.Key{key}}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", k)
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", holder)
		fmt.Fprintf(&out, verb+"\n", &holder)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "keys", k, "key", key, "holder", holder)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "keys", k, "key", key, "holder", holder)
	if err := json.NewEncoder(&out).Encode(holder); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{value, fmt.Sprintf("%x", value)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("output contains %q:\n%s", leak, &out)
		}
	}
	if want := "Version:7"; !strings.Contains(out.String(), want) {
		t.Errorf("output does not contain %q:\n%s", want, &out)
	}
}
