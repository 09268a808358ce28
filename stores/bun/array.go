package bunstore

import (
	"errors"
	"strconv"
	"strings"
)

// arrayLiteral writes a one-dimensional array as PostgreSQL reads it (PostgreSQL, §8.15.2): every element in quotes.
func arrayLiteral(list []string) (string, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, s := range list {
		if err := checkText(s); err != nil {
			return "", err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		for j := range len(s) {
			if s[j] == '"' || s[j] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(s[j])
		}
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String(), nil
}

func numerals(list []float64) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.FormatFloat(n, 'g', -1, 64)
	}
	return out
}

var errArray = errors.New("bunstore: not a one-dimensional array")

// parseArray reads what PostgreSQL prints for a one-dimensional array without nulls.
func parseArray(s string) ([]string, error) {
	body, ok := strings.CutPrefix(s, "{")
	body, closed := strings.CutSuffix(body, "}")
	if !ok || !closed {
		return nil, errArray
	}
	out := []string{}
	for body != "" {
		element, rest, err := arrayElement(body)
		if err != nil {
			return nil, err
		}
		out = append(out, element)
		if rest == "" {
			break
		}
		if rest[0] != ',' || len(rest) == 1 {
			return nil, errArray
		}
		body = rest[1:]
	}
	return out, nil
}

// arrayElement splits the first element off.
func arrayElement(s string) (element, rest string, err error) {
	if s[0] != '"' {
		end := strings.IndexByte(s, ',')
		if end < 0 {
			end = len(s)
		}
		element = s[:end]
		if element == "" || strings.ContainsAny(element, `{}"\`) || strings.EqualFold(element, "NULL") {
			return "", "", errArray
		}
		return element, s[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], nil
		case '\\':
			if i++; i == len(s) {
				return "", "", errArray
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", errArray
}
