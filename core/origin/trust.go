package origin

import "strings"

// parseTrustworthy parses a URL that may come from an attacker and refuses every one that no pattern may match.
func parseTrustworthy(raw string) (URL, bool) {
	if hasControl(raw) {
		return URL{}, false
	}
	u, err := Parse(raw)
	if err != nil || u.Userinfo || u.repaired || runsCode(u.Scheme) {
		return URL{}, false
	}
	return u, true
}

// runsCode reports schemes that execute or embed what their URL holds. Going there is never a redirect.
func runsCode(scheme string) bool {
	switch scheme {
	case "javascript", "data", "blob", "vbscript":
		return true
	}
	return false
}

// List is a set of patterns. The zero List trusts no origin.
type List struct {
	exact    map[string]struct{} // origins exactly as browsers send them: the usual case, found without parsing
	patterns []Pattern
}

// NewList compiles patterns; empty ones are skipped, as a comma too many in a variable leaves them behind. The error
// names the first pattern that cannot be compiled; see [Compile].
func NewList(patterns []string) (*List, error) {
	l := &List{exact: map[string]struct{}{}}
	for _, text := range patterns {
		if text == "" {
			continue
		}
		p, err := Compile(text)
		if err != nil {
			return nil, err
		}
		l.patterns = append(l.patterns, p)
		if u, ok := parseTrustworthy(text); ok && u.isWeb() && p.kind == exactOrigin && u.Origin() == text {
			l.exact[text] = struct{}{}
		}
	}
	return l, nil
}

// Trusted reports whether url, absolute, belongs to a trusted origin. It takes the value of an Origin or Referer header
// as well as the URL of a page. See [Pattern.Match] for what is never trusted.
func (l *List) Trusted(url string) bool {
	if _, ok := l.exact[url]; ok {
		return true
	}
	if strings.HasPrefix(url, "/") {
		return false
	}
	u, ok := parseTrustworthy(url)
	if !ok {
		return false
	}
	for _, p := range l.patterns {
		if p.match(url, u) {
			return true
		}
	}
	return false
}

// TrustedRedirect reports whether a client may be sent to url: a path on the current origin ([SafeRelative]) or what
// [List.Trusted] accepts. The answer holds for url as it stands; compose it further with [AppendQuery] only.
func (l *List) TrustedRedirect(url string) bool {
	return SafeRelative(url) || l.Trusted(url)
}

// Advice returns the [Pattern.Advice] of every pattern that has some.
func (l *List) Advice() []string {
	var advice []string
	for _, p := range l.patterns {
		if a := p.Advice(); a != "" {
			advice = append(advice, a)
		}
	}
	return advice
}
