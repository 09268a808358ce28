package cache

// Doors for the tests in package cache_test.

// Text returns the verified text of a value.
func (c *Codec) Text(value string) (string, bool) {
	switch c.strategy {
	case JWT:
		return c.openJWT(value)
	case JWE:
		return c.ring.open(value)
	default:
		return c.openCompact(value)
	}
}

// Seal encrypts a text with an initialization vector that should be random.
func (c *Codec) Seal(iv [16]byte, text string) string {
	return c.ring.keys[0].seal(&iv, []byte(text))
}

// Seal is Codec's for accounts.
func (c *AccountCodec) Seal(iv [16]byte, text string) string {
	return c.ring.keys[0].seal(&iv, []byte(text))
}

// Text is Codec's for accounts.
func (c *AccountCodec) Text(value string) (string, bool) { return c.ring.open(value) }

// DecodeLenient is appendLenient from nothing.
func DecodeLenient(s string) ([]byte, bool) { return appendLenient(nil, s) }

// Walk returns the members of a JSON object, and whether it is one.
func Walk(text string) (walked [][2]string, ok bool) {
	m := membersOf(text)
	for m.next() {
		walked = append(walked, [2]string{m.key, m.value})
	}
	return walked, m.state == atEnd
}

// MaxValueBytes is maxValueBytes.
const MaxValueBytes = maxValueBytes

// Unpad is unpad.
var Unpad = unpad
