package origin

import "strings"

// AppendQuery adds parameters to a redirect target, before its fragment, and returns the value for Location. kv are
// names and values in turn; a name without a value gets an empty one.
//
// target is a path that is [SafeRelative] or an absolute URL, and has been checked by [List.TrustedRedirect]; the
// parameters are written as URLSearchParams does, its own query stays as it is. The result leads to the same origin as
// target: paths stay paths, and one that turns out to begin with "//" once its dots are resolved is kept from naming a
// host. A target that could not have passed the check becomes "/", so that a forgotten check is no open redirect.
// Without kv a good target comes back unchanged.
func AppendQuery(target string, kv ...string) string {
	const anyBase = "https://relative.invalid"
	relative := strings.HasPrefix(target, "/")
	u, ok := parseTrustworthy(target)
	if relative {
		var err error
		u, err = Resolve(anyBase, target)
		ok = err == nil && SafeRelative(target)
	}
	if !ok {
		return AppendQuery("/", kv...)
	}
	if len(kv) == 0 {
		return target
	}
	u.Query = joinQuery(u.Query, kv)
	if !relative {
		return u.String()
	}
	path := u.Path
	if strings.HasPrefix(path, "//") {
		path = "/." + path
	}
	return path + u.Query + u.Fragment
}

// joinQuery appends kv to a query with its leading question mark, or none.
func joinQuery(query string, kv []string) string {
	out := append(make([]byte, 0, len(query)+64), query...)
	switch {
	case query == "":
		out = append(out, '?')
	case query != "?" && !strings.HasSuffix(query, "&"):
		out = append(out, '&')
	}
	for i := 0; i < len(kv); i += 2 {
		if i > 0 {
			out = append(out, '&')
		}
		out = append(appendForm(out, kv[i]), '=')
		if i+1 < len(kv) {
			out = appendForm(out, kv[i+1])
		}
	}
	return string(out)
}
