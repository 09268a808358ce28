package secret

// Doors for the tests in package secret_test.
var (
	Seal              = (*Keyring).seal
	ParseEnvelope     = parseEnvelope
	SignatureEncoding = signatureEncoding
	DigestEncoding    = digestEncoding
)
