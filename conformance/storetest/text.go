package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/store"
)

// lookalikes are texts that one collation or another takes for the same. To a store they are all different.
var lookalikes = []string{
	"", " ", "a", "A", "a ", " a", "a\t", "a\n", "á", "Á", "a\u0301", "ä", "ae", "æ", "ａ", "a\u200b", "a\u00a0",
	"ss", "ß", "SS", "ẞ", "i", "I", "ı", "İ", "k", "\u212a", "ſ", "s", "½", "1/2", "1", "01", "1.0", "１",
	"😀", "😁", "👍", "👍🏽", "\uffee", "\U0010ffff", "é", "e\u0301", "null", "NULL", "true", "0",
}

var textCases = []testCase{
	{name: "ComparesExactly", run: func(k *kit) {
		for i, s := range lookalikes {
			// Unique: a store that takes two of them for one says so here.
			k.create("item", store.Record{"id": fmt.Sprint(i), "code": s, "label": s, "note": s})
		}
		for i, s := range lookalikes {
			for _, column := range []string{"code", "label", "note"} {
				k.wantIDs("item", []store.Cond{store.Eq(column, s)}, fmt.Sprint(i))
				k.wantIDs("item", []store.Cond{store.In(column, s)}, fmt.Sprint(i))
			}
			if n, err := k.store.Count(k.ctx, k.from("item", store.Ne("label", s))); err != nil || n != int64(len(lookalikes)-1) {
				k.Errorf("Count(label <> %q): got %d, %v, want %d", s, n, err, len(lookalikes)-1)
			}
		}
		k.wantIDs("item", []store.Cond{store.NotIn("label", lookalikes[1:]...)}, "0")
	}},
	{name: "IDsCompareExactly", run: func(k *kit) {
		for _, id := range []string{"a", "A", "á", "a ", "😀", "😁"} {
			k.create("item", store.Record{"id": id, "note": id})
		}
		for _, id := range []string{"a", "A", "á", "a ", "😀", "😁"} {
			k.wantRow("item", id, store.Record{"id": id, "note": id})
		}
	}},
	{name: "OrdersByCodePoint", run: func(k *kit) {
		for i, s := range lookalikes {
			k.create("item", store.Record{"id": fmt.Sprint(i), "label": s, "note": s})
		}
		want := slices.Sorted(slices.Values(lookalikes)) // Go compares bytes, which in UTF-8 is by code point
		for _, column := range []string{"label", "note"} {
			q := k.from("item")
			q.OrderBy = []store.Order{{Column: column}}
			k.same(texts(k.list(q), column), want, "order by %s", column)
			for i, pivot := range want {
				q := k.from("item", store.Lt(column, pivot))
				q.OrderBy = []store.Order{{Column: column}}
				k.same(texts(k.list(q), column), want[:i:i], "%s < %q", column, pivot)
				q.Where = []store.Cond{store.Gte(column, pivot)}
				k.same(texts(k.list(q), column), want[i:], "%s >= %q", column, pivot)
			}
		}
	}},
	{name: "WildcardsArePlainText", run: func(k *kit) {
		values := []string{
			"%", "_", `\`, "'", `"`, "*", "?", "[a]", "^", "!", "|", "a%b", "a_b", `a\b`, "a'b", `a"b`, "axb", "a", "b", "ab",
			`\%`, `%\`, `\_`, `\\`, "%%", "100%", "a?b", "a??b", "$1", ":a", "{}", "!%", "|%", "^%",
		}
		for i, s := range values {
			k.create("item", store.Record{"id": fmt.Sprint(i), "label": s, "note": s})
		}
		for _, op := range textOps {
			for _, needle := range values {
				var want []string
				for i, s := range values {
					if op.holds(s, needle) {
						want = append(want, fmt.Sprint(i))
					}
				}
				k.wantIDs("item", []store.Cond{{Column: "label", Op: op.op, Value: needle}}, slices.Clone(want)...)
				k.wantIDs("item", []store.Cond{{Column: "note", Op: op.op, Value: needle, Fold: true}}, want...)
			}
		}
	}},
	{name: "TextOperatorsAreExact", run: func(k *kit) {
		values := []string{"Straße", "straße", "STRASSE", "strasse", "Ångström", "ångström", "a😀b", "a😁b", "a b", "ab", "ab ", " ab"}
		for i, s := range values {
			k.create("item", store.Record{"id": fmt.Sprint(i), "label": s})
		}
		for _, op := range textOps {
			for _, needle := range []string{"S", "s", "ß", "ss", "å", "Å", "😀", "😁", "a", "A", "b", "B", " ", "ab", "ab ", ""} {
				for _, fold := range []bool{false, true} {
					var want []string
					for i, s := range values {
						if fold && op.holds(foldASCII(s), foldASCII(needle)) || !fold && op.holds(s, needle) {
							want = append(want, fmt.Sprint(i))
						}
					}
					k.wantIDs("item", []store.Cond{{Column: "label", Op: op.op, Value: needle, Fold: fold}}, want...)
				}
			}
		}
	}},
	{name: "FoldIsASCIIOnly", run: func(k *kit) {
		for i, s := range lookalikes {
			k.create("item", store.Record{"id": fmt.Sprint(i), "label": s})
		}
		k.create("item", store.Record{"id": "null"})
		for _, s := range lookalikes {
			for _, asked := range []string{s, strings.ToUpper(s)} {
				same, others := []string{}, []string{"null"}
				for i, o := range lookalikes {
					if foldASCII(o) == foldASCII(asked) {
						same = append(same, fmt.Sprint(i))
					} else {
						others = append(others, fmt.Sprint(i))
					}
				}
				k.wantIDs("item", []store.Cond{{Column: "label", Op: store.OpEq, Value: asked, Fold: true}}, slices.Clone(same)...)
				k.wantIDs("item", []store.Cond{{Column: "label", Op: store.OpIn, Value: []any{asked}, Fold: true}}, slices.Clone(same)...)
				k.wantIDs("item", []store.Cond{{Column: "label", Op: store.OpNe, Value: asked, Fold: true}}, slices.Clone(others)...)
				k.wantIDs("item", []store.Cond{{Column: "label", Op: store.OpNotIn, Value: []any{asked}, Fold: true}}, others...)
			}
		}
	}},
	{name: "FoldInGroupsAndWrites", run: func(k *kit) {
		k.create("item", store.Record{"id": "1", "label": "Ann@Example.COM"})
		k.create("item", store.Record{"id": "2", "label": "ann@example.com"})
		k.create("item", store.Record{"id": "3", "label": "bob@example.com"})
		fold := store.Cond{Column: "label", Value: "ANN@example.com", Fold: true}
		k.wantIDs("item", []store.Cond{store.AnyOf(fold, byID("3"))}, "1", "2", "3")
		if n, err := k.store.Update(k.ctx, k.from("item", fold), store.Record{"count": int64(1)}); err != nil || n != 2 {
			k.Errorf("Update with a folding condition: got %d, %v, want 2", n, err)
		}
		k.wantIDs("item", []store.Cond{store.Eq("count", int64(1))}, "1", "2")
		k.wantRow("item", "1", store.Record{"id": "1", "label": "Ann@Example.COM", "count": int64(1)})
	}},
}

var textOps = []struct {
	op    store.Op
	holds func(s, part string) bool
}{
	{store.OpContains, strings.Contains},
	{store.OpStartsWith, strings.HasPrefix},
	{store.OpEndsWith, strings.HasSuffix},
}

func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func texts(recs []store.Record, column string) []string {
	out := []string{}
	for _, rec := range recs {
		out = append(out, rec[column].(string))
	}
	return out
}
