package cache

import "github.com/cardea-auth/cardea/core/wire"

// header is the protected header of a token that was not written by better-auth or by us, whose headers are always the
// same and recognised as they are.
type header struct {
	alg, enc, kid string
	hasKid        bool
}

// maxHeader is the longest encoded header that is looked at, in bytes. Ours has 131.
const maxHeader = 1024

// parseHeader reads a header and refuses what this package could not honour: extensions that must be understood (crit,
// RFC 7515 §4.1.11), an unencoded payload and compression. Key hints such as jwk and jku are ignored.
func parseHeader(encoded string) (h header, ok bool) {
	if len(encoded) > maxHeader {
		return h, false
	}
	text, ok := appendStrict(nil, encoded)
	if !ok {
		return h, false
	}
	v, err := wire.Parse(text, wire.Limits{})
	if err != nil {
		return h, false
	}
	object, ok := v.(*wire.Object)
	if !ok {
		return h, false
	}
	for _, name := range []string{"crit", "b64", "zip"} {
		if _, there := object.Get(name); there {
			return h, false
		}
	}
	h.alg = stringMember(object, "alg")
	h.enc = stringMember(object, "enc")
	h.kid = stringMember(object, "kid")
	_, h.hasKid = object.Get("kid")
	return h, true
}

// stringMember returns "" for a member that is absent or no string, which is never a name anyone uses.
func stringMember(o *wire.Object, name string) string {
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}
