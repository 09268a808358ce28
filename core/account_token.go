package core

import (
	"fmt"
	"strings"
)

// SealOAuthToken returns a provider's token in the form in which the account table has it: encrypted if
// Config.Account.EncryptOAuthTokens is set, otherwise as it is. An empty token stays empty.
func (a *Auth) SealOAuthToken(token string) string {
	if token == "" || !a.config.Account.EncryptOAuthTokens {
		return token
	}
	return a.keys.Encrypt(token)
}

// OpenOAuthToken returns the token that SealOAuthToken, or better-auth, has stored. What does not look encrypted is from
// before tokens were, and comes back as it is (formats.md §6.5). It fails for what cannot be decrypted.
func (a *Auth) OpenOAuthToken(stored string) (string, error) {
	if !a.config.Account.EncryptOAuthTokens || !looksEncrypted(stored) {
		return stored, nil
	}
	token, err := a.keys.Decrypt(stored)
	if err != nil {
		return "", fmt.Errorf("core: read token of a provider: %w", err)
	}
	return token, nil
}

func looksEncrypted(s string) bool {
	if strings.HasPrefix(s, "$ba$") {
		return true
	}
	for i := range len(s) {
		if c := s[i]; !isHex(c) {
			return false
		}
	}
	return s != "" && len(s)%2 == 0
}
