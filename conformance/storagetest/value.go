package storagetest

import (
	"fmt"
	"strings"
)

var openCases = []testCase{
	{name: "IsEmptyAndAlone", run: func(k *kit) {
		k.set("key", "of the first", long)
		k.wantCount("counter", long, 1)
		other := newKit(k.T, k.opts)
		other.wantNone("key")
		other.wantCount("counter", long, 1)
		other.remove("key")
		k.wantValue("key", "of the first")
	}},
}

var valueCases = []testCase{
	{name: "Absent", run: func(k *kit) {
		k.wantNone("key")
		k.remove("key")
		k.wantNone("key")
	}},
	{name: "SetReplaces", run: func(k *kit) {
		k.set("key", "first", long)
		k.wantValue("key", "first")
		k.wantValue("key", "first") // reading takes nothing away
		k.set("key", "second", long)
		k.wantValue("key", "second")
	}},
	{name: "Delete", run: func(k *kit) {
		k.set("key", "value", long)
		k.remove("key")
		k.wantNone("key")
		k.remove("key")
		k.set("key", "again", long)
		k.wantValue("key", "again")
	}},
	{name: "EmptyIsNotAbsent", run: func(k *kit) {
		k.set("key", "", long)
		k.wantValue("key", "")
		k.wantTaken("key", "")
		k.wantNone("key")
	}},
	{name: "EveryByteIsKept", run: func(k *kit) {
		for i, value := range oddValues() {
			key := fmt.Sprintf("key %d", i)
			k.set(key, value, long)
			k.wantValue(key, value)
			k.wantTaken(key, value)
		}
	}},
	{name: "Mebibyte", run: func(k *kit) {
		big := strings.Repeat("0123456789abcde\x00", 1<<16)
		k.set("key", big, long)
		k.wantValue("key", big)
		k.set("key", "small", long)
		k.wantValue("key", "small")
		k.set("key", big, long)
		k.wantTaken("key", big)
	}},
}

// oddValues are values that something on the way might take for something else.
func oddValues() []string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return []string{
		string(all), "\x00", "a\x00b", "\xff\xfe", "\xed\xa0\x80", "a\r\nb", "\r\n", "\n", " ", " a ", "\t",
		"0", "-1", "1.5", "007", "1e3", "true", "null", "nil", "(nil)", "undefined", "NaN",
		`{"session":{"id":"x"},"user":null}`, `"quoted"`, `back\slash`, "'; DROP TABLE x; --", "%s%d", "$5\r\nhello\r\n",
		"ä", "a\u0308", "日本語", "🔑", "\u2028", "\ufeff",
	}
}

var keyCases = []testCase{
	{name: "NeverMeet", run: func(k *kit) {
		keys := alikeKeys()
		for i, key := range keys {
			k.set(key, fmt.Sprintf("value %d", i), long)
		}
		for i, key := range keys {
			k.wantValue(key, fmt.Sprintf("value %d", i))
		}
		for i, key := range keys {
			if i%2 == 0 {
				k.remove(key)
			} else {
				k.wantTaken(key, fmt.Sprintf("value %d", i))
			}
			k.wantNone(key)
			for j := i + 1; j < min(i+3, len(keys)); j++ {
				k.wantValue(keys[j], fmt.Sprintf("value %d", j))
			}
		}
	}},
	{name: "NeverMeetAsCounters", run: func(k *kit) {
		for i, key := range alikeKeys() {
			k.wantCount(key, long, 1)
			if i%2 == 0 {
				k.wantCount(key, long, 2)
			}
		}
		for i, key := range alikeKeys() {
			k.wantCount(key, long, int64(3-i%2))
		}
	}},
}

// alikeKeys are all different. Neighbours differ in something that a careless storage overlooks.
func alikeKeys() []string {
	longest := strings.Repeat("k", 1023)
	return []string{
		"key", "Key", "KEY", " key", "key ", "key\n", "ke", "keyy",
		"ä", "a\u0308", "Ä", "a", "ß", "ss", "İ", "i",
		"*", "?", "[a]", `\*`, "{key}", "{key}a", "a:b", "a:b:", ":", "a/b", "a//b", "a/./b", "../a",
		"203.0.113.5|/sign-in/email", "203.0.113.5|/sign-in/email/", "203.0.113.50|/sign-in/email",
		"active-sessions-u1", "revoked-sessions-before-u1", "verification:magic-link:x", "verification:magic-link:X",
		"日本", "日本語", "🔑", "🔒", "%00", "%2500", "'", `"`, "`",
		longest + "a", longest + "b", longest,
	}
}

var takeCases = []testCase{
	{name: "Once", run: func(k *kit) {
		k.wantNothingTaken("key")
		k.set("key", "value", long)
		k.wantTaken("key", "value")
		k.wantNothingTaken("key")
		k.wantNone("key")
	}},
	{name: "AgainAfterSet", run: func(k *kit) {
		k.set("key", "same", long)
		k.wantTaken("key", "same")
		k.set("key", "same", long)
		k.wantTaken("key", "same")
		k.wantNothingTaken("key")
	}},
	{name: "TheLastValue", run: func(k *kit) {
		k.set("key", "first", long)
		k.set("key", "second", long)
		k.wantTaken("key", "second")
		k.wantNothingTaken("key")
	}},
	{name: "NothingAfterDelete", run: func(k *kit) {
		k.set("key", "value", long)
		k.remove("key")
		k.wantNothingTaken("key")
	}},
	{name: "LeavesOthers", run: func(k *kit) {
		k.set("key", "value", long)
		k.set("other", "value", long)
		k.wantTaken("key", "value")
		k.wantValue("other", "value")
	}},
}
