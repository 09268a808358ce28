package password_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/cardea-auth/cardea/core/password"
)

// firebase are the parameters that github.com/firebase/scrypt publishes for its example.
var firebase = password.Firebase{
	SignerKey: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
	Rounds:    8, MemCost: 14, SaltSeparator: "Bw==",
}

const firebaseHash = "$firebase-scrypt$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="

// foreign are hashes that other programs made, each with what made it.
var foreign = []struct {
	name     string
	verifier password.Verifier
	encoded  string
	password string
}{
	// The test of the reference implementation (test.c) has these; @noble/hashes agrees.
	{"argon2id reference 256 KiB", password.Argon2id{}, "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password"},
	{"argon2id reference 64 MiB", password.Argon2id{}, "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"},
	// @noble/hashes 1.x
	{"argon2i two threads", password.Argon2id{}, "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$T/XOJ2mh1/TIpJHfCdQan76Q5esCFVoT5MAeIM1Oq2E", "password"},
	{"argon2id 16-byte key", password.Argon2id{}, "$argon2id$v=19$m=1024,t=1,p=4$MDEyMzQ1Njc4OWFiY2RlZg$BrbpoB3za9+ywW17dVYeCw", "pässwörd 😀"},
	{"argon2id not normalised", password.Argon2id{}, "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$qbIF3SWwdpKwHQOZlP1zLQJxsnyonvA5NYB/SaSmaLY", "ﬁsh & chips"},

	// crypt_blowfish's wrapper.c
	{"bcrypt crypt_blowfish", password.Bcrypt{}, "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
	// crypt(3) of libxcrypt
	{"bcrypt 2a", password.Bcrypt{}, "$2a$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe", "password"},
	{"bcrypt 2b", password.Bcrypt{}, "$2b$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe", "password"},
	{"bcrypt 2y", password.Bcrypt{}, "$2y$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe", "password"},
	{"bcrypt UTF-8", password.Bcrypt{}, "$2b$04$abcdefghijklmnopqrstuuF7KK/SfP9IRGj0pPJMr8GdtCS8xpmpC", "päss"},
	{"bcrypt UTF-8 decomposed", password.Bcrypt{}, "$2b$04$abcdefghijklmnopqrstuuF7KK/SfP9IRGj0pPJMr8GdtCS8xpmpC", "pa\u0308ss"},
	{"bcrypt not normalised", password.Bcrypt{}, "$2b$04$CCCCCCCCCCCCCCCCCCCCC.vrIYmIZpU.jLtZWY.vAFAYu6raWgs5C", "ﬁsh"},
	{"bcrypt 72 bytes", password.Bcrypt{}, "$2b$04$CCCCCCCCCCCCCCCCCCCCC.ug0A3dTXhy5U.dFjx/qguZ8I4CB77BC", strings.Repeat("x", 72)},
	{"bcrypt 80 bytes", password.Bcrypt{Truncates: true}, "$2b$04$CCCCCCCCCCCCCCCCCCCCC.ug0A3dTXhy5U.dFjx/qguZ8I4CB77BC", strings.Repeat("x", 80)},
	{"Devise", password.Devise{}, "$2a$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe", "password"},
	{"Devise pepper", password.Devise{Pepper: "a-pepper-of-the-app"}, "$2a$04$KKKKKKKKKKKKKKKKKKKKK.o78U/Q5shcVn4nejbnF72mKhsuYKC8G", "password"},
	{"Devise pepper of 128", password.Devise{Pepper: strings.Repeat("0123456789abcdef", 8)}, "$2a$04$KKKKKKKKKKKKKKKKKKKKK.kMxJUYC.Fsg0bxckqdUT.5jXkJaf0/y", "password"},

	// Python's hashlib.pbkdf2_hmac
	{"pbkdf2 sha1 passlib", password.PBKDF2{}, "$pbkdf2$1000$AQIDBAUGBwgJCgsMDQ4PEA$6vuRJV7mgEBRWxH6iYKrHKftBDg", "password"},
	{"pbkdf2 sha1 PHC", password.PBKDF2{}, "$pbkdf2-sha1$i=1000,l=20$AQIDBAUGBwgJCgsMDQ4PEA$6vuRJV7mgEBRWxH6iYKrHKftBDg", "password"},
	{"pbkdf2 sha1 Django", password.PBKDF2{}, "pbkdf2_sha1$1000$seasalt$C8KvRfPW529R7JpDHEDOP35Xr0g=", "password"},
	{"pbkdf2 sha256 passlib", password.PBKDF2{}, "$pbkdf2-sha256$1000$AQIDBAUGBwgJCgsMDQ4PEA$Ac7Gn.2Nev1sVDS9Oc.xx6Q66Xzj33qF8YexXMp2EGo", "password"},
	{"pbkdf2 sha256 PHC", password.PBKDF2{}, "$pbkdf2-sha256$i=1000$AQIDBAUGBwgJCgsMDQ4PEA$Ac7Gn+2Nev1sVDS9Oc+xx6Q66Xzj33qF8YexXMp2EGo", "password"},
	{"pbkdf2 sha256 PHC with length", password.PBKDF2{}, "$pbkdf2-sha256$i=1000,l=32$AQIDBAUGBwgJCgsMDQ4PEA$Ac7Gn+2Nev1sVDS9Oc+xx6Q66Xzj33qF8YexXMp2EGo", "password"},
	{"pbkdf2 sha256 Django", password.PBKDF2{}, "pbkdf2_sha256$1000$seasalt$YIWkt6M1JFXrHg5s0jZjBSc7C2Cz6QvchSJ0h8Y+i7c=", "password"},
	{"pbkdf2 sha512 passlib", password.PBKDF2{}, "$pbkdf2-sha512$1000$AQIDBAUGBwgJCgsMDQ4PEA$ymnV4OezvNrY8xIiTg4jqRkGLwBcm85oFZ02CPp85zKiOZNCIFvorec3ELLw0I6KJf3YU6PJs.ZnNBpRzbV3Nw", "password"},
	{"pbkdf2 sha512 Django", password.PBKDF2{}, "pbkdf2_sha512$1000$seasalt$TCtBOEq+xXm+XNZRLfJoHDneh4iBM8b625BLGQLietyIGZ27aNH0oiYQ1uvtIKO2f60DdYIkgYbHnIAbnk1sWw==", "password"},
	// passlib's tests of django_pbkdf2_sha256
	{"pbkdf2 Django, published", password.PBKDF2{}, "pbkdf2_sha256$10000$kjVJaVz6qsnJ$5yPHw3rwJGECpUf70daLGhOrQ5+AMxIJdz1c3bqK1Rs=", "not a password"},

	// passlib's documentation of scrypt
	{"scrypt passlib, published", password.ScryptPHC{}, "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E", "password"},
	// Python's hashlib.scrypt
	{"scrypt p=3", password.ScryptPHC{}, "$scrypt$ln=10,r=4,p=3$AQIDBAUGBwgJCgsMDQ4PEA$MS9j9sxw+65XhKSsiH6jYQyHeNAH4/ITCBn+MSzTMK5ZHiv6h7QwgPJm3OEhGZ3c8ib6KfkYe9p8hWgJv1q0rQ", "pässwörd"},

	// github.com/firebase/scrypt, README
	{"Firebase, published", firebase, firebaseHash, "user1password"},
	{"Firebase, defaults", password.Firebase{SignerKey: firebase.SignerKey}, firebaseHash, "user1password"},
	{"Firebase, URL-safe and unpadded", firebase, strings.NewReplacer("+", "-", "=", "").Replace(firebaseHash), "user1password"},
}

func TestForeignHashes(t *testing.T) {
	t.Parallel()
	for _, c := range foreign {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, err := c.verifier.Verify(t.Context(), c.encoded, c.password); !got || err != nil {
				t.Errorf("the password: got %v, %v", got, err)
			}
			for _, wrong := range []string{"", "!" + c.password} {
				if got, err := c.verifier.Verify(t.Context(), c.encoded, wrong); got || err != nil {
					t.Errorf("%q: got %v, %v", wrong, got, err)
				}
			}
			at, letter := len(c.encoded)-10, "A"
			if c.encoded[at:at+1] == letter {
				letter = "B"
			}
			other := c.encoded[:at] + letter + c.encoded[at+1:]
			if got, err := c.verifier.Verify(t.Context(), other, c.password); got || err != nil {
				t.Errorf("another key: got %v, %v", got, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if got, err := c.verifier.Verify(ctx, c.encoded, c.password); got || !errors.Is(err, context.Canceled) {
				t.Errorf("a request that is over: got %v, %v", got, err)
			}
		})
	}
}

// TestVerifiersReadTheirOwnForm: what one can read, the others refuse, but for bcrypt in its two ways.
func TestVerifiersReadTheirOwnForm(t *testing.T) {
	t.Parallel()
	family := func(v password.Verifier) string {
		if _, ok := v.(password.Devise); ok {
			v = password.Bcrypt{}
		}
		return strings.TrimPrefix(fmt.Sprintf("%T", v), "password.")
	}
	verifiers := []password.Verifier{password.Argon2id{}, password.Bcrypt{}, password.Devise{}, password.PBKDF2{}, password.ScryptPHC{}, firebase, new(password.Scrypt)}
	for _, c := range foreign {
		for _, v := range verifiers {
			if family(v) == family(c.verifier) {
				continue
			}
			if got, err := v.Verify(t.Context(), c.encoded, c.password); got || !errors.Is(err, password.ErrMalformed) {
				t.Errorf("%s by %T: got %v, %v, want ErrMalformed", c.name, v, got, err)
			}
		}
	}
}

const (
	salt64 = "c29tZXNhbHRzb21lc2FsdA"
	key64  = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
)

// refusals are hashes that are not read: broken ones, and those that would cost too much.
var refusals = map[string]struct {
	verifier password.Verifier
	encoded  []string
}{
	"argon2": {password.Argon2id{}, []string{
		"", "$", "$argon2id", "$argon2id$v=19$m=64,t=1,p=1", "$argon2id$v=19$m=64,t=1,p=1$" + salt64,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt64 + "$",              // a key of nothing would be everybody's
		"$argon2id$v=19$m=64,t=1,p=1$" + salt64 + "$AAAA",          // and this one that of many
		"$argon2id$v=19$m=64,t=1,p=1$$" + key64,                    // no salt
		"$argon2id$v=19$m=4194304,t=1,p=1$" + salt64 + "$" + key64, // 4 GiB
		"$argon2id$v=19$m=262145,t=1,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=4294967295,t=4294967295,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=4294967296,t=1,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=8,t=4294967295,p=1$" + salt64 + "$" + key64, // for ever
		"$argon2id$v=19$m=262144,t=9,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=64,t=1,p=9$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=4096,t=1,p=257$" + salt64 + "$" + key64, // 1 in eight bits
		"$argon2id$v=16$m=64,t=1,p=1$" + salt64 + "$" + key64,
		"$argon2id$m=64,t=1,p=1$" + salt64 + "$" + key64,
		"$argon2d$v=19$m=64,t=1,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$t=1,m=64,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=064,t=1,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=+64,t=1,p=1$" + salt64 + "$" + key64,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt64 + "$" + key64 + "$",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt64 + "$" + key64 + "\n",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt64 + "$" + strings.Repeat("A", 1024),
	}},
	"bcrypt": {password.Bcrypt{}, []string{
		"", "$2a$", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.",
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whF",   // a byte short
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFee", // a byte long
		"$2x$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",  // PHP's broken one
		"$1a$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
		"$2a$03$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
		"$2a$17$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
		"$2a$31$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
		"$2a$99$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
		"$2a$+5$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2o=kFzsHZya4whFe",
		"$2a$05!CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe",
	}},
	"pbkdf2": {password.PBKDF2{}, []string{
		"$pbkdf2-sha256$" + salt64 + "$" + key64,
		"$pbkdf2-sha256$0$" + salt64 + "$" + key64,
		"$pbkdf2-sha256$5000001$" + salt64 + "$" + key64,
		"$pbkdf2-sha256$4294967295$" + salt64 + "$" + key64,
		"$pbkdf2-sha256$2600000$" + salt64 + "$" + strings.Repeat("A", 44), // 33 bytes: two blocks
		"$pbkdf2-sha256$i=1000,l=31$" + salt64 + "$" + key64,
		"$pbkdf2-sha256$l=32,i=1000$" + salt64 + "$" + key64,
		"$pbkdf2-md5$1000$" + salt64 + "$" + key64,
		"$pbkdf2-$1000$" + salt64 + "$" + key64,
		"$pbkdf2-sha256$1000$" + salt64 + "$",
		"$pbkdf2-sha256$1000$" + salt64 + "$AAAA",
		"pbkdf2_sha256$1000$seasalt$", "pbkdf2_sha256$1000$seasalt$AAAA", "pbkdf2_sha256$1000$$" + key64,
		"pbkdf2_sha256$5000001$seasalt$" + key64, "pbkdf2_sha256$-1$seasalt$" + key64, "pbkdf2_sha256$1000$sea$salt$" + key64,
		"pbkdf2_md5$1000$seasalt$" + key64, "pbkdf2_sha256", "pbkdf2_", "pbkdf2_sha256$1000$" + strings.Repeat("s", 1000) + "$" + key64,
	}},
	"scrypt": {password.ScryptPHC{}, []string{
		"$scrypt$ln=10,r=8,p=1$" + salt64 + "$", "$scrypt$ln=10,r=8,p=1$" + salt64 + "$AAAA", "$scrypt$ln=10,r=8,p=1$$" + key64,
		"$scrypt$ln=0,r=8,p=1$" + salt64 + "$" + key64,
		"$scrypt$ln=10,r=0,p=1$" + salt64 + "$" + key64,
		"$scrypt$ln=10,r=8,p=0$" + salt64 + "$" + key64,
		"$scrypt$ln=19,r=8,p=1$" + salt64 + "$" + key64,
		"$scrypt$ln=18,r=8,p=9$" + salt64 + "$" + key64,
		"$scrypt$ln=20,r=8,p=1$" + salt64 + "$" + key64, // 1 GiB
		"$scrypt$ln=63,r=1,p=1$" + salt64 + "$" + key64,
		"$scrypt$ln=4294967295,r=8,p=1$" + salt64 + "$" + key64,
		"$scrypt$ln=1,r=4294967295,p=1$" + salt64 + "$" + key64,
		"$scrypt$ln=1,r=65536,p=65536$" + salt64 + "$" + key64,
		"$scrypt$ln=10,r=8,p=65536$" + salt64 + "$" + key64, // for ever
		"$scrypt$N=1024,r=8,p=1$" + salt64 + "$" + key64,
	}},
	"Firebase": {firebase, []string{
		"$firebase-scrypt$" + salt64, "$firebase-scrypt$" + salt64 + "$", "$firebase-scrypt$$" + key64, "$firebase-scrypt$" + salt64 + "$AAAA",
		"$firebase-scrypt$ln=14$" + salt64 + "$" + key64, "$firebase-scrypt$" + salt64 + "$!", "firebase-scrypt$" + salt64 + "$" + key64,
	}},
}

// TestForeignRefusals runs alone, because it looks at what is allocated.
func TestForeignRefusals(t *testing.T) {
	for name, c := range refusals {
		for _, encoded := range c.encoded {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			got, err := c.verifier.Verify(t.Context(), encoded, "password")
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if got || !errors.Is(err, password.ErrMalformed) {
				t.Errorf("%s: %q: got %v, %v, want ErrMalformed", name, encoded, got, err)
			}
			if took > time.Second || after.TotalAlloc-before.TotalAlloc > 1<<20 {
				t.Errorf("%s: %q: refused after %v and %d bytes", name, encoded, took, after.TotalAlloc-before.TotalAlloc)
			}
			if bytes := password.VerifyBytes(c.verifier, encoded); bytes > 1<<20 {
				t.Errorf("%s: %q: is said to take %d bytes", name, encoded, bytes)
			}
		}
	}
}

// TestOwnParametersRaiseTheBounds: what a hasher makes it can also read.
func TestOwnParametersRaiseTheBounds(t *testing.T) {
	t.Parallel()
	const large = "$argon2id$v=19$m=262145,t=1,p=1$" + salt64 + "$" + key64
	if got := password.VerifyBytes(password.Argon2id{MemoryKiB: 262145, Passes: 1}, large); got != 262145<<10 {
		t.Errorf("argon2: got %d bytes, want that it is read", got)
	}
	const slow = "$2a$17$CCCCCCCCCCCCCCCCCCCCC.aDV7CQarKHMuNfh2oJkFzsHZya4whFe"
	if (password.Bcrypt{Cost: 17}).Outdated(slow) {
		t.Error("bcrypt: a hash of the hasher's own cost is outdated")
	}
}

func TestVerifyBytes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		verifier password.Verifier
		encoded  string
		want     int64
	}{
		{password.Argon2id{}, foreign[1].encoded, 64 << 20},
		{password.ScryptPHC{}, "$scrypt$ln=16,r=8,p=1$" + salt64 + "$" + key64, 64<<20 + 3<<10},
		{password.ScryptPHC{}, "$scrypt$ln=18,r=8,p=8$" + salt64 + "$" + key64, 256<<20 + 10<<10},
		{firebase, firebaseHash, 16<<20 + 3<<10},
		{password.Import(new(password.Scrypt), password.Argon2id{}), foreign[1].encoded, 64 << 20},
		{password.Import(password.Argon2id{}, password.PBKDF2{}), "unknown", 0},
		{password.Import(password.Argon2id{}, &recorder{}), "unknown", 32 << 20},
	} {
		if got := password.VerifyBytes(c.verifier, c.encoded); got != c.want {
			t.Errorf("%T: %s: got %d, want %d", c.verifier, c.encoded, got, c.want)
		}
	}
}

func TestFirebaseParameters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*password.Firebase)
		want   string
	}{
		"no key":          {func(f *password.Firebase) { f.SignerKey = "" }, "SignerKey"},
		"no base64":       {func(f *password.Firebase) { f.SignerKey = "!" + f.SignerKey }, "SignerKey"},
		"separator":       {func(f *password.Firebase) { f.SaltSeparator = "!" }, "SaltSeparator"},
		"no memory":       {func(f *password.Firebase) { f.MemCost = -1 }, "MemCost"},
		"too much memory": {func(f *password.Firebase) { f.MemCost = 20 }, "MemCost"},
		"no rounds":       {func(f *password.Firebase) { f.Rounds = -1 }, "Rounds"},
	} {
		f := firebase
		c.change(&f)
		if err := f.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error about %s", name, err, c.want)
		}
		if got, err := f.Verify(t.Context(), firebaseHash, "user1password"); got || err == nil || errors.Is(err, password.ErrMalformed) {
			t.Errorf("%s: Verify: got %v, %v, want Validate's error", name, got, err)
		}
		if strings.Contains(fmt.Sprint(f.Validate()), firebase.SignerKey[:10]) {
			t.Errorf("%s: the error shows the key", name)
		}
	}
	if err := firebase.Validate(); err != nil {
		t.Error(err)
	}
}

// The fuzz targets: whatever the text is, what is accepted stays within the bounds.

func seed(f *testing.F, name string) {
	for _, encoded := range refusals[name].encoded {
		f.Add(encoded)
	}
	for _, c := range foreign {
		f.Add(c.encoded)
	}
}

func FuzzArgon2Hash(f *testing.F) {
	seed(f, "argon2")
	f.Fuzz(func(t *testing.T, encoded string) {
		bytes, work, err := password.ParseArgon2(encoded)
		if err != nil && !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%q: %v", encoded, err)
		}
		if err == nil && (bytes < 8<<10 || bytes > 256<<20 || work < bytes || work > 2<<30) {
			t.Errorf("%q: asks for %d bytes and %d of work", encoded, bytes, work)
		}
		if !(password.Argon2id{}).Outdated(encoded) && !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("%q: is taken for one of our own", encoded)
		}
	})
}

func FuzzBcryptHash(f *testing.F) {
	seed(f, "bcrypt")
	f.Fuzz(func(t *testing.T, encoded string) {
		cost, err := password.ParseBcrypt(encoded)
		if err != nil && !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%q: %v", encoded, err)
		}
		if err != nil {
			return
		}
		if want, err := bcrypt.Cost([]byte(encoded)); err != nil || want != cost || cost > 16 {
			t.Errorf("%q: got a cost of %d, x/crypto has %d, %v", encoded, cost, want, err)
		}
		if cost == 4 {
			if _, err := (password.Bcrypt{}).Verify(t.Context(), encoded, "password"); err != nil {
				t.Errorf("%q: accepted, then %v", encoded, err)
			}
		}
	})
}

func FuzzPBKDF2Hash(f *testing.F) {
	seed(f, "pbkdf2")
	f.Fuzz(func(t *testing.T, encoded string) {
		rounds, length, err := password.ParsePBKDF2(encoded)
		if err != nil && !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%q: %v", encoded, err)
		}
		if err != nil {
			return
		}
		if rounds < 1 || rounds > 5_000_000 || length < 16 {
			t.Errorf("%q: asks for %d rounds and %d bytes", encoded, rounds, length)
		}
		if rounds < 1000 {
			if _, err := (password.PBKDF2{}).Verify(t.Context(), encoded, "password"); err != nil {
				t.Errorf("%q: accepted, then %v", encoded, err)
			}
		}
	})
}

func FuzzScryptPHCHash(f *testing.F) {
	seed(f, "scrypt")
	f.Fuzz(func(t *testing.T, encoded string) {
		bytes, work, err := password.ParseScryptPHC(encoded)
		if err != nil && !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%q: %v", encoded, err)
		}
		if err != nil {
			return
		}
		if bytes < 256 || bytes > 272<<20 || work < 256 || work > 2<<30 {
			t.Errorf("%q: asks for %d bytes and %d of work", encoded, bytes, work)
		}
		if work < 1<<20 {
			if _, err := (password.ScryptPHC{}).Verify(t.Context(), encoded, "password"); err != nil {
				t.Errorf("%q: accepted, then %v", encoded, err)
			}
		}
	})
}

func FuzzFirebaseHash(f *testing.F) {
	seed(f, "Firebase")
	f.Fuzz(func(t *testing.T, encoded string) {
		salt, key, ok := password.ParseFirebase(encoded)
		if !ok {
			return
		}
		b64 := base64.StdEncoding
		again, key2, ok := password.ParseFirebase("$firebase-scrypt$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(key))
		if !ok || string(again) != string(salt) || string(key2) != string(key) || len(salt) == 0 || len(key) < 16 {
			t.Errorf("%q: got salt %x and key %x, and written again %x and %x", encoded, salt, key, again, key2)
		}
	})
}
