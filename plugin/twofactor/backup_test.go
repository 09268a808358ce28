package twofactor_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugin/twofactor"
)

func TestBackupCodes(t *testing.T) {
	t.Parallel()
	seal := func(_ context.Context, text string) (string, error) { return "sealed:" + text, nil }
	open := func(_ context.Context, text string) (string, error) { return strings.TrimPrefix(text, "sealed:"), nil }
	for name, storage := range map[string]twofactor.Storage{
		"default": {}, "plain": {Form: twofactor.Plain}, "encrypted": {Form: twofactor.Encrypted}, "hashed": {Form: twofactor.Hashed},
		"own": {Encrypt: seal, Decrypt: open}, "own hash": {Hash: seal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, twofactor.Options{BackupCodes: twofactor.BackupCodeOptions{Storage: storage}})
			first, app := r.enrolled()
			if len(app.backupCodes) != 10 || len(app.backupCodes[0]) != 11 || app.backupCodes[0][5] != '-' {
				t.Errorf("got the codes %v", app.backupCodes)
			}
			b := r.challenged()
			b.want(401, "INVALID_BACKUP_CODE", "/two-factor/verify-backup-code", code(strings.ToLower(app.backupCodes[0])+"x"))
			b.want(200, "token", "/two-factor/verify-backup-code", code(app.backupCodes[0]))
			b = r.challenged()
			b.want(401, "INVALID_BACKUP_CODE", "/two-factor/verify-backup-code", code(app.backupCodes[0]))
			a := b.want(200, `{"user":`, "/two-factor/verify-backup-code", `{"code":"`+app.backupCodes[1]+`","disableSession":true}`)
			if len(a.header["Set-Cookie"]) != 0 || b.signedIn() {
				t.Error("there is a session that was not asked for")
			}
			user, err := r.FindUserByEmail(t.Context(), "ann@example.com")
			if err != nil {
				t.Fatal(err)
			}
			left, err := r.second.ViewBackupCodes.Call(t.Context(), r.Auth, twofactor.ViewBackupCodesInput{UserID: user.ID})
			switch oneWay := storage.Form == twofactor.Hashed || storage.Hash != nil; {
			case oneWay && !errors.Is(err, twofactor.ErrInvalidBackupCode):
				t.Errorf("digests are shown: %v, %v", left, err)
			case !oneWay && (err != nil || strings.Join(left.BackupCodes, " ") != strings.Join(app.backupCodes[2:], " ")):
				t.Errorf("got %v, %v, want %v", left, err, app.backupCodes[2:])
			}
			first.want(400, "INVALID_PASSWORD", "/two-factor/generate-backup-codes", `{"password":"other"}`)
			first.want(200, `"backupCodes":["`, "/two-factor/generate-backup-codes", `{"password":"`+password+`"}`)
			r.challenged().want(401, "INVALID_BACKUP_CODE", "/two-factor/verify-backup-code", code(app.backupCodes[2]))
		})
	}
}

func TestOwnBackupCodes(t *testing.T) {
	t.Parallel()
	r := newRig(t, twofactor.Options{BackupCodes: twofactor.BackupCodeOptions{Generate: func() []string { return []string{"<one>", "two"} }}})
	_, app := r.enrolled()
	if strings.Join(app.backupCodes, " ") != "<one> two" {
		t.Errorf("got %v", app.backupCodes)
	}
	r.challenged().want(200, "token", "/two-factor/verify-backup-code", code("<one>"))
}
