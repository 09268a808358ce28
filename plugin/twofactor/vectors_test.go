package twofactor

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/secret"
)

// vectors are what better-auth 1.7.25 has made, from the recorded contract (vectors.json).
type vectors struct {
	TOTP []struct {
		SecretRaw                                                                 string
		Digits, Period                                                            int
		UnixSeconds                                                               int64
		Code                                                                      string
		VerifiesOnePeriodLater, VerifiesTwoPeriodsLater, VerifiesOnePeriodEarlier *bool
	}
	TOTPURIs []struct {
		Issuer, Account, SecretRaw, URI string
		Options                         struct{ Digits, Period int }
	}
	TOTPSecretStorage []struct{ Secret, TOTPSecretRaw, TOTPSecretPlain, Stored string }
	BackupCodes       []struct {
		Secret       *string
		Mode, Stored string
		Codes        []string
	}
	OTPStorage        []struct{ Secret, OTP, Plain, Hashed, Encrypted string }
	TrustDeviceTokens []struct{ Secret, UserID, TrustIdentifier, HMAC, CookieValue string }
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.TOTP) == 0 || len(v.TOTPURIs) == 0 || len(v.TOTPSecretStorage) == 0 || len(v.BackupCodes) == 0 || len(v.OTPStorage) == 0 || len(v.TrustDeviceTokens) == 0 {
		t.Fatal("vectors are missing")
	}
	return v
}

func keysOf(t *testing.T, value string) *secret.Keyring {
	t.Helper()
	keys, err := secret.New(value)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).TOTP {
		codes := totp{v.Digits, time.Duration(v.Period) * time.Second}
		at := time.Unix(v.UnixSeconds, 0)
		if got := codes.code([]byte(v.SecretRaw), codes.step(at)); got != v.Code {
			t.Errorf("%s at %d: got %s, want %s", v.SecretRaw, v.UnixSeconds, got, v.Code)
		}
		for periods, want := range map[int]*bool{1: v.VerifiesOnePeriodLater, 2: v.VerifiesTwoPeriodsLater, -1: v.VerifiesOnePeriodEarlier} {
			if want == nil {
				continue
			}
			_, ok := codes.verify([]byte(v.SecretRaw), v.Code, at.Add(time.Duration(periods)*codes.period), -1)
			if ok != *want {
				t.Errorf("%s of %d, %d periods later: got %v, want %v", v.Code, v.UnixSeconds, periods, ok, *want)
			}
		}
	}
}

func TestTOTPStepIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	codes, key, now := totp{6, 30 * time.Second}, []byte("12345678901234567890"), time.Unix(1111111109, 0)
	current := codes.step(now)
	for step, want := range map[int64]bool{current - 1: true, current: true, current + 1: true, current - 2: false, current + 2: false} {
		got, ok := codes.verify(key, codes.code(key, step), now, current-3)
		if ok != want || ok && got != step {
			t.Errorf("step %+d: got %d, %v, want %v", step-current, got-current, ok, want)
		}
	}
	for _, last := range []int64{current, current + 1} {
		if _, ok := codes.verify(key, codes.code(key, current), now, last); ok {
			t.Errorf("a step is accepted after step %+d", last-current)
		}
	}
	for _, code := range []string{"", "00000", "0000000", codes.code(key, current) + " ", "abcdef"} {
		if _, ok := codes.verify(key, code, now, -1); ok {
			t.Errorf("%q is accepted", code)
		}
	}
}

func TestURIVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).TOTPURIs {
		codes := totp{orInt(v.Options.Digits, 6), time.Duration(orInt(v.Options.Period, 30)) * time.Second}
		if got := codes.uri([]byte(v.SecretRaw), v.Issuer, v.Account); got != v.URI {
			t.Errorf("got  %s\nwant %s", got, v.URI)
		}
	}
}

func TestSecretVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).TOTPSecretStorage {
		want := v.TOTPSecretRaw
		if v.TOTPSecretPlain != "" {
			want = "12345678901234567890" // of base32:GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
		}
		got, err := openSecret(keysOf(t, v.Secret), v.Stored)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", v.Stored, got, err, want)
		}
	}
	keys := keysOf(t, "short")
	for _, bad := range []string{"", "zz", keys.Encrypt("base32:1!"), keysOf(t, "other").Encrypt("secret")} {
		if _, err := openSecret(keys, bad); err == nil {
			t.Errorf("%q opens", bad)
		}
	}
	if got, err := openSecret(keys, keys.Encrypt("base32:gezdgnbvgy3tqojq====")); err != nil || string(got) != "1234567890" {
		t.Errorf("lower case with padding: got %q, %v", got, err)
	}
}

func TestBackupCodeVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).BackupCodes {
		key := "unused"
		if v.Secret != nil {
			key = *v.Secret
		}
		p, keys := New(Options{BackupCodes: BackupCodeOptions{Storage: Storage{Form: map[string]Form{"encrypted": Encrypted, "plain": Plain}[v.Mode]}}}), keysOf(t, key)
		got, err := p.decodeBackupCodes(t.Context(), keys, v.Stored)
		if err != nil || !slices.Equal(got, v.Codes) {
			t.Errorf("%s: got %v, %v, want %v", v.Mode, got, err, v.Codes)
		}
		stored, err := p.encodeBackupCodes(t.Context(), keys, v.Codes)
		if err != nil || v.Mode == "plain" && stored != v.Stored {
			t.Errorf("%s: got %q, %v, want %q", v.Mode, stored, err, v.Stored)
		}
		left, found, err := p.withoutCode(t.Context(), keys, stored, v.Codes[1])
		if err != nil || !found {
			t.Fatalf("%s: %q is not found: %v", v.Mode, v.Codes[1], err)
		}
		if got, err := p.decodeBackupCodes(t.Context(), keys, left); err != nil || !slices.Equal(got, []string{v.Codes[0], v.Codes[2]}) {
			t.Errorf("%s: got %v, %v without the second", v.Mode, got, err)
		}
		for _, wrong := range []string{"", strings.ToLower(v.Codes[0]), v.Codes[0] + " ", strings.ReplaceAll(v.Codes[0], "-", "")} {
			if _, found, err := p.withoutCode(t.Context(), keys, stored, wrong); found || err != nil {
				t.Errorf("%s: %q: got %v, %v", v.Mode, wrong, found, err)
			}
		}
	}
}

func TestOTPVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).OTPStorage {
		keys := keysOf(t, v.Secret)
		for form, value := range map[Form]string{Plain: v.Plain, Hashed: v.Hashed, Encrypted: v.Encrypted} {
			p := New(Options{OTP: OTPOptions{Storage: Storage{Form: form}}})
			stored, attempts := splitAttempts(value)
			if attempts != 0 {
				t.Errorf("%s: got %d attempts", value, attempts)
			}
			if ok, err := p.isOTP(t.Context(), keys, stored, v.OTP); !ok || err != nil {
				t.Errorf("%s is not %s: %v", v.OTP, value, err)
			}
			if ok, err := p.isOTP(t.Context(), keys, stored, "123457"); ok || err != nil {
				t.Errorf("another code is %s: %v", value, err)
			}
			made, err := p.storeOTP(t.Context(), keys, v.OTP)
			if ok, verr := p.isOTP(t.Context(), keys, made, v.OTP); !ok || err != nil || verr != nil {
				t.Errorf("form %d: what is stored is not the code: %v, %v", form, err, verr)
			}
		}
	}
}

func TestTrustDeviceVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t).TrustDeviceTokens {
		if got := trustToken(keysOf(t, v.Secret), v.UserID, v.TrustIdentifier); got != v.HMAC || got+"!"+v.TrustIdentifier != v.CookieValue {
			t.Errorf("got %s, want %s", got, v.CookieValue)
		}
	}
}

func TestIsChallenge(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"2fa-abcdefghij0123456-_Z": true,
		"2fa-abcdefghij0123456-_!": false, "2fa-abcdefghij0123456-_": false, "2fa-abcdefghij0123456-_ZZ": false,
		"2fa-otp-1!23456789012345": false, "2fa-attempts-2fa-abcdefghij0123456-_Z": false, "": false,
		"trust-device-abcdefghij0123456789abcdefghij01": false,
	} {
		if got := isChallenge(id); got != want {
			t.Errorf("%q: got %v, want %v", id, got, want)
		}
	}
}

func FuzzURI(f *testing.F) {
	f.Add("Better Auth", "ann@example.com")
	f.Add("a:b&c=d#*~ü", "\x00%zz")
	f.Fuzz(func(t *testing.T, issuer, account string) {
		uri := totp{6, 30 * time.Second}.uri([]byte("key"), issuer, account)
		rest, ok := strings.CutPrefix(uri, "otpauth://totp/")
		label, query, found := strings.Cut(rest, "?")
		if !ok || !found || strings.Count(label, ":") != 1 || strings.ContainsAny(label, "/?# &=") || strings.ContainsAny(query, " #?/") ||
			strings.Count(query, "&") != 3 || strings.Count(query, "=") != 4 {
			t.Errorf("%q", uri)
		}
	})
}

func FuzzOpenSecret(f *testing.F) {
	keys, err := secret.New("fuzz-secret-0123456789-0123456789")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("base32:GEZDGNBV")
	f.Add("base32:")
	f.Add("raw")
	f.Fuzz(func(t *testing.T, plain string) {
		key, err := openSecret(keys, keys.Encrypt(plain))
		if !strings.HasPrefix(plain, importedPrefix) && (err != nil || string(key) != plain) {
			t.Errorf("%q: got %q, %v", plain, key, err)
		}
	})
}

func FuzzStoredCodes(f *testing.F) {
	p := New(Options{BackupCodes: BackupCodeOptions{Storage: Storage{Form: Plain}}})
	keys, err := secret.New("fuzz-secret-0123456789-0123456789")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`["a","b"]`, "a")
	f.Add(`{}`, "")
	f.Add(`[1]`, "1")
	f.Fuzz(func(t *testing.T, stored, code string) {
		left, found, err := p.withoutCode(t.Context(), keys, stored, code)
		if err != nil || !found {
			return
		}
		if _, again, err := p.withoutCode(t.Context(), keys, left, code); again || err != nil {
			t.Errorf("%q is there twice in %q: %v", code, stored, err)
		}
		splitAttempts(stored)
	})
}
