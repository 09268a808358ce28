package origin

import "strings"

// appendPath adds the segments of s to dir, which is empty or an already normal path without a slash at its end. It
// percent-encodes them and resolves "." and "..", also where a dot is spelt %2e (URL Standard §4.4, path state).
func appendPath(dir, s string, special bool) string {
	if special {
		s = strings.ReplaceAll(s, `\`, "/")
	}
	out := append(make([]byte, 0, len(dir)+len(s)+1), dir...)
	for {
		segment, rest, more := strings.Cut(s, "/")
		switch {
		case isDoubleDot(segment):
			out = append(out[:0], parentPath(string(out))...)
			if !more {
				out = append(out, '/')
			}
		case isSingleDot(segment):
			if !more {
				out = append(out, '/')
			}
		default:
			out = append(out, '/')
			out = append(out, percentEncode(segment, pathUnsafe)...)
		}
		if !more {
			return string(out)
		}
		s = rest
	}
}

// parentPath drops the last segment of a path together with its slash.
func parentPath(path string) string {
	return path[:max(strings.LastIndexByte(path, '/'), 0)]
}

func isSingleDot(segment string) bool {
	return segment == "." || strings.EqualFold(segment, "%2e")
}

func isDoubleDot(segment string) bool {
	switch len(segment) {
	case 2:
		return segment == ".."
	case 4:
		return strings.EqualFold(segment, ".%2e") || strings.EqualFold(segment, "%2e.")
	case 6:
		return strings.EqualFold(segment, "%2e%2e")
	}
	return false
}

// TrimBase returns the part of path below basePath, which routes, rate limits and path lists are written in.
//
// path is the escaped path of a request, basePath the [BaseURL.Path] or any other. Slashes at the end of both are
// dropped; the result is "/" for basePath itself, and path as it is when it is not below basePath.
func TrimBase(path, basePath string) string {
	path = strings.TrimRight(path, "/")
	if rest, ok := strings.CutPrefix(path, strings.TrimRight(basePath, "/")); ok && (rest == "" || rest[0] == '/') {
		path = rest
	}
	if path == "" {
		return "/"
	}
	return path
}
