package secret_test

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/secret"
)

func ExampleKeyring_Sign() {
	keys, err := secret.New("contract-vector-secret-0123456789-abcdefghijklmnop")
	if err != nil {
		fmt.Println(err)
		return
	}
	signature := keys.Sign("true")
	fmt.Println(signature)
	fmt.Println(keys.Verify("true", signature), keys.Verify("false", signature))
	// Output:
	// QaHw2DtfAIUvj5GU6E+rueBAI+b8LoRm4QYrv4SkZ3g=
	// true false
}

// A new secret is put in front; what the old one encrypted stays readable.
func ExampleNewRotating() {
	before, err := secret.New("the secret of last year")
	if err != nil {
		fmt.Println(err)
		return
	}
	stored := before.Encrypt("JBSWY3DPEHPK3PXP")

	now, err := secret.NewRotating([]secret.Key{{Version: 1, Value: "the secret of this year"}}, "the secret of last year")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(now.Decrypt(stored))
	fmt.Println(now.Encrypt("new")[:6])
	// Output:
	// JBSWY3DPEHPK3PXP <nil>
	// $ba$1$
}

func ExampleRandom() {
	code, err := secret.Random(nil, 6, secret.AlphabetDigits)
	fmt.Println(len(code), err)
	// Output:
	// 6 <nil>
}
