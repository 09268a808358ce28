package onetap_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/conformance/plugintest"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/internal/memdb"
	"github.com/cardea-auth/cardea/plugin/onetap"
	"github.com/cardea-auth/cardea/plugin/social"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Run(t, plugintest.Options{
		New:  func() core.Plugin { return onetap.New(onetap.Options{ClientID: "id"}) },
		With: func() []core.Plugin { return []core.Plugin{social.New()} },
	})
}

// TestRefusals: nobody comes in with what is no token of Google's; a token that is one is sent by the transcripts in
// conformance/testbed.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]error{"": onetap.ErrClientID, "id": onetap.ErrIDToken} {
		p := onetap.New(onetap.Options{ClientID: id})
		auth, err := core.New(core.Config{
			BaseURL: "http://localhost:3000", Secret: strings.Repeat("s", 32), Store: memdb.New(), Plugins: []core.Plugin{social.New(), p},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Callback.Call(t.Context(), auth, onetap.CallbackInput{IDToken: "a.b.c"})
		var got *core.Error
		if !errors.Is(err, want) || !errors.As(err, &got) || got.Message != want.(*core.Error).Message {
			t.Errorf("client id %q: got %v, want %v", id, err, want)
		}
	}
}
