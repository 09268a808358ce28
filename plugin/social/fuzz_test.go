package social

import "testing"

// FuzzState: whatever a cookie or a row has in it, reading it does not panic, and what is read is a state of that name.
func FuzzState(f *testing.F) {
	f.Add(`{"callbackURL":"/a","codeVerifier":"v","expiresAt":1767323645678,"oauthState":"s"}`, "s")
	f.Add(`{"callbackURL":"/a","codeVerifier":"v","link":{"userId":"u","email":"e","encryptedSessionToken":"00"},"expiresAt":1,"oauthState":"s","serverContext":{}}`, "s")
	f.Add(`{"expiresAt":1e308,"codeVerifier":"v","oauthState":""}`, "")
	f.Add(`[]`, "s")
	f.Fuzz(func(t *testing.T, text, name string) {
		s, err := decodeState(text, name)
		if err != nil {
			return
		}
		again, err := s.encode(name)
		if err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
		if _, err := decodeState(again, name); err != nil && s.CallbackURL+s.verifier != "" && name != "" {
			t.Fatalf("%q became %q: %v", text, again, err)
		}
	})
}
