package twofactor

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/secret"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
)

// backupAlphabet is that of backup codes.
const backupAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// makeBackupCodes returns new codes, and the form in which they are stored.
func (p *Plugin) makeBackupCodes(ctx context.Context, keys *secret.Keyring) (codes []string, stored string, err error) {
	o := &p.opts.BackupCodes
	if o.Generate != nil {
		codes = o.Generate()
	} else {
		codes = make([]string, o.Amount)
		for i := range codes {
			code, err := secret.Random(nil, o.Length, backupAlphabet)
			if err != nil {
				return nil, "", err
			}
			cut := min(5, len(code))
			codes[i] = code[:cut] + "-" + code[cut:]
		}
	}
	hidden := codes
	if o.Storage.oneWay() {
		hidden = make([]string, len(codes))
		for i, code := range codes {
			if hidden[i], err = o.Storage.digest(ctx, code); err != nil {
				return nil, "", err
			}
		}
	}
	stored, err = p.encodeBackupCodes(ctx, keys, hidden)
	return codes, stored, err
}

// encodeBackupCodes returns the stored form of a list of codes, or, where that is one-way, of their digests.
func (p *Plugin) encodeBackupCodes(ctx context.Context, keys *secret.Keyring, codes []string) (string, error) {
	text, err := wire.Append(nil, codes)
	if err != nil {
		return "", fmt.Errorf("twofactor: backup codes: %w", err)
	}
	if p.opts.BackupCodes.Storage.oneWay() {
		return string(text), nil
	}
	return p.opts.BackupCodes.Storage.seal(ctx, keys, string(text))
}

// decodeBackupCodes is the reverse of encodeBackupCodes.
func (p *Plugin) decodeBackupCodes(ctx context.Context, keys *secret.Keyring, stored string) (codes []string, err error) {
	text := stored
	if !p.opts.BackupCodes.Storage.oneWay() {
		if text, err = p.opts.BackupCodes.Storage.open(ctx, keys, stored); err != nil {
			return nil, fmt.Errorf("twofactor: backup codes: %w", err)
		}
	}
	if err := json.Unmarshal([]byte(text), &codes); err != nil {
		return nil, fmt.Errorf("twofactor: backup codes: they are no list of texts: %w", withoutText(err))
	}
	return codes, nil
}

// withoutText keeps the codes themselves out of an error.
func withoutText(err error) error { return fmt.Errorf("%T", err) }

// VerifyBackupCodeInput is the body of POST /two-factor/verify-backup-code.
type VerifyBackupCodeInput struct {
	Code string `json:"code"`
	// DisableSession uses the code up without a session: the answer has the user alone.
	DisableSession *bool `json:"disableSession"`
	// TrustDevice lets the client sign in without a second factor for a while.
	TrustDevice *bool `json:"trustDevice"`
}

func (p *Plugin) verifyBackupCode(ctx context.Context, x *core.Exchange, in VerifyBackupCodeInput) (VerifyOutput, error) {
	who, err := p.identify(ctx, x)
	if err != nil {
		return VerifyOutput{}, err
	}
	row, err := find(ctx, x.Auth(), who.user.ID)
	if err != nil {
		return VerifyOutput{}, err
	}
	if row == nil {
		return VerifyOutput{}, ErrBackupCodesNotEnabled
	}
	t, err := p.begin(ctx, who, row, true)
	if err != nil {
		return VerifyOutput{}, err
	}
	left, found, err := p.withoutCode(ctx, x.Auth().Keys(), row.BackupCodes, in.Code)
	if err != nil {
		return VerifyOutput{}, t.undo(ctx, err)
	}
	if !found {
		return VerifyOutput{}, t.wrong(ctx, ErrInvalidBackupCode)
	}
	return p.accept(ctx, t, isTrue(in.TrustDevice), func(ctx context.Context) (VerifyOutput, error) {
		// Of any number of requests with codes of one list, one finds it as it was.
		first, err := update(ctx, x.Auth(), row, store.Record{"backupCodes": left}, store.Eq("backupCodes", row.BackupCodes))
		if err != nil {
			return VerifyOutput{}, err
		}
		if !first {
			return VerifyOutput{}, ErrBackupCodeConflict
		}
		if isTrue(in.DisableSession) {
			out := VerifyOutput{User: who.user}
			if !who.signingIn() {
				out.Token = who.session.Session.Token
			}
			return out, nil
		}
		return p.complete(ctx, who)
	})
}

// withoutCode returns the stored form of a list of codes without one of them, and whether that was among them. The match
// is exact, as upstream has it.
func (p *Plugin) withoutCode(ctx context.Context, keys *secret.Keyring, stored, code string) (left string, found bool, err error) {
	codes, err := p.decodeBackupCodes(ctx, keys, stored)
	if err != nil {
		return "", false, err
	}
	if p.opts.BackupCodes.Storage.oneWay() {
		if code, err = p.opts.BackupCodes.Storage.digest(ctx, code); err != nil {
			return "", false, fmt.Errorf("twofactor: backup codes: %w", err)
		}
	}
	rest := codes[:0]
	for _, c := range codes {
		if subtle.ConstantTimeCompare([]byte(c), []byte(code)) == 1 {
			found = true
		} else {
			rest = append(rest, c)
		}
	}
	if !found {
		return "", false, nil
	}
	left, err = p.encodeBackupCodes(ctx, keys, rest)
	return left, true, err
}

// GenerateBackupCodesInput is the body of POST /two-factor/generate-backup-codes.
type GenerateBackupCodesInput struct{ PasswordInput }

// BackupCodesOutput shows backup codes.
type BackupCodesOutput struct {
	Status      bool     `json:"status"`
	BackupCodes []string `json:"backupCodes"`
}

func (p *Plugin) generateBackupCodes(ctx context.Context, x *core.Exchange, in GenerateBackupCodesInput) (BackupCodesOutput, error) {
	s, err := x.RequireStoredSession(ctx)
	if err != nil {
		return BackupCodesOutput{}, err
	}
	if !isEnabled(s.User) {
		return BackupCodesOutput{}, ErrNotEnabled
	}
	if err := reauthenticate(ctx, x, s, &in.PasswordInput, p.opts.passwordless(p.opts.BackupCodes.AllowPasswordless)); err != nil {
		return BackupCodesOutput{}, err
	}
	row, err := find(ctx, x.Auth(), s.User.ID)
	if err != nil {
		return BackupCodesOutput{}, err
	}
	if row == nil {
		return BackupCodesOutput{}, ErrNotEnabled
	}
	codes, stored, err := p.makeBackupCodes(ctx, x.Auth().Keys())
	if err != nil {
		return BackupCodesOutput{}, err
	}
	if _, err := update(ctx, x.Auth(), row, store.Record{"backupCodes": stored}); err != nil {
		return BackupCodesOutput{}, err
	}
	return BackupCodesOutput{Status: true, BackupCodes: codes}, nil
}

// ViewBackupCodesInput is the input of ViewBackupCodes.
type ViewBackupCodesInput struct {
	UserID string `json:"userId" coerce:"true"`
}

func (p *Plugin) viewBackupCodes(ctx context.Context, x *core.Exchange, in ViewBackupCodesInput) (BackupCodesOutput, error) {
	row, err := find(ctx, x.Auth(), in.UserID)
	if err != nil {
		return BackupCodesOutput{}, err
	}
	if row == nil {
		return BackupCodesOutput{}, ErrBackupCodesNotEnabled
	}
	if p.opts.BackupCodes.Storage.oneWay() {
		return BackupCodesOutput{}, ErrInvalidBackupCode // there is nothing to show but digests
	}
	codes, err := p.decodeBackupCodes(ctx, x.Auth().Keys(), row.BackupCodes)
	if err != nil {
		return BackupCodesOutput{}, err
	}
	return BackupCodesOutput{Status: true, BackupCodes: codes}, nil
}
