package wire

// IsEmail reports whether s is an email address to zod 4, and so to better-auth's clients: dot-separated words of ASCII
// letters, digits and _'+- (the last character not a quote), an @, and a domain of at least two labels of letters, digits
// and hyphens, each beginning with a letter or digit, the last of two or more letters. Its expression is
//
//	^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$
//
// RFC 5321 allows more. There is no limit of length here.
func IsEmail(s string) bool {
	at := 0
	for ; at < len(s) && s[at] != '@'; at++ {
		switch c := s[at]; {
		case isAlphanumeric(c), c == '_', c == '\'', c == '+', c == '-':
		case c == '.' && at > 0 && s[at-1] != '.':
		default:
			return false
		}
	}
	if at == 0 || at == len(s) || s[at-1] == '.' || s[at-1] == '\'' {
		return false
	}
	return isEmailDomain(s[at+1:])
}

func isEmailDomain(s string) bool {
	label, letters, labels := 0, 0, 0 // length of this label, letters among it, labels before it
	for i := range len(s) {
		switch c := s[i]; {
		case isAlphanumeric(c):
			if c > '9' {
				letters++
			}
			label++
		case c == '-' && label > 0:
			label++
		case c == '.' && label > 0:
			labels++
			label, letters = 0, 0
		default:
			return false
		}
	}
	return labels > 0 && label >= 2 && letters == label
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
