package options

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/wire"
)

// spy is Functions whose functions return what they are and were called with, as a text.
type spy struct{}

func (spy) Record(callback string) Function { return told("record " + callback) }
func (spy) Webhook(url string) Function     { return told("webhook " + url) }

func told(what string) Function {
	return func(_ context.Context, args ...any) (any, error) {
		data, err := wire.Append(nil, args)
		return what + " " + string(data), err
	}
}

func withFunctions() reader {
	r := standard()
	r.functions = spy{}
	return r
}

func hash(t *testing.T, r reader, function string) (string, error) {
	t.Helper()
	c, err := decode(t, `{"options":{"emailAndPassword":{"password":{"hash":`+function+`}}}}`, r)
	if err != nil {
		return "", err
	}
	return c.Password.Hasher.Hash(t.Context(), "pw")
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	for function, want := range map[string]string{
		`{"$record":true}`:        `record emailAndPassword.password.hash ["pw"]`,
		`{"$webhook":"http://h"}`: `webhook http://h ["pw"]`,
		`{"$const":"always"}`:     `always`,
	} {
		if got, err := hash(t, withFunctions(), function); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", function, got, err, want)
		}
	}
}

func TestFunctionsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, function := range []string{`{"$record":false}`, `{"$webhook":1}`, `{"$record":true,"more":1}`, `{"$regexp":"a"}`, `"text"`, `1`} {
		if got, err := hash(t, withFunctions(), function); err == nil {
			t.Errorf("%s: got %q, want an error", function, got)
		}
	}
	_, err := hash(t, standard(), `{"$record":true}`)
	wantUnsupported(t, err, "options.emailAndPassword.password.hash")
}

func TestPasswordFunctions(t *testing.T) {
	t.Parallel()
	verify := func(function string) (bool, error) {
		c, err := decode(t, `{"options":{"emailAndPassword":{"password":{"verify":`+function+`}}}}`, withFunctions())
		if err != nil {
			t.Fatal(err)
		}
		return c.Password.Hasher.Verify(t.Context(), "stored", "pw")
	}
	for function, want := range map[string]bool{
		`{"$const":true}`: true, `{"$const":false}`: false, `{"$const":null}`: false, `{"$record":true}`: false,
	} {
		if got, err := verify(function); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", function, got, err, want)
		}
	}
	if got, err := hash(t, withFunctions(), `{"$const":5}`); err == nil {
		t.Errorf("a hash that is no text: got %q, want an error", got)
	}
}

// TestPluginFunctions: a plugin's callbacks are named by its id, not by its place.
func TestPluginFunctions(t *testing.T) {
	t.Parallel()
	var called any
	r := withFunctions()
	r.known = map[string]pluginReader{"two-factor": func(r reader, o strict.Object) core.Plugin {
		send := r.function(o.Object("otpOptions"), "sendOTP")
		if send == nil {
			return nil
		}
		var err error
		if called, err = send(t.Context(), map[string]any{"otp": "123456"}); err != nil {
			t.Error(err)
		}
		return nil
	}}
	const plugin = `{"plugins":[{"id":"two-factor","options":{"otpOptions":{"sendOTP":{"$record":true}%s}}}]}`
	if _, err := decode(t, fmt.Sprintf(plugin, ""), r); err != nil {
		t.Fatal(err)
	}
	if want := `record plugins.two-factor.otpOptions.sendOTP [{"otp":"123456"}]`; called != want {
		t.Errorf("got %v, want %s", called, want)
	}
	_, err := decode(t, fmt.Sprintf(plugin, `,"digits":8`), r)
	wantUnsupported(t, err, "plugins[0].options.otpOptions.digits")
}

func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	h := functionHasher{
		hash:   func(context.Context, ...any) (any, error) { return nil, refused },
		verify: func(context.Context, ...any) (any, error) { return true, refused },
	}
	if _, err := h.Hash(t.Context(), "pw"); !errors.Is(err, refused) {
		t.Errorf("hash: got %v, want the function's error", err)
	}
	if ok, err := h.Verify(t.Context(), "stored", "pw"); ok || !errors.Is(err, refused) {
		t.Errorf("verify: got %v, %v, want the function's error", ok, err)
	}
}
