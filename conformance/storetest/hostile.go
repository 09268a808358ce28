package storetest

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/store"
)

// injections are values that become something else if a store puts them into a statement carelessly.
var injections = []string{
	`'; DROP TABLE item; --`, `' OR '1'='1`, `" OR "1"="1`, `\' OR 1=1 --`, `\`, `\\'`, `'`, `''`, `"`, "`", `;`, `--`, `/* x */`,
	`?`, `??`, `?0`, `?1`, `?TableName`, `$1`, `$$`, `:id`, `@id`, `%s`, `%`, `{}`, `${x}`, `\0`, `\n`, `\x00`, `0x41`, `E'\x41'`,
	"a\nb", "a\rb", "a\tb", "a\x1ab", "\u2028", "\ufeffa", "NULL", "CURRENT_TIMESTAMP", "<script>", "😀'; --",
}

// unstorable are texts that not every database can hold.
var unstorable = []string{
	"\x00", "a\x00", "a\x00b", "\x00a", "\xff", "a\xff", "a\xffb", "\xc3\x28", "\xed\xa0\x80", "a\xf0\x9f\x98",
	"\xc0\x80", "admin\x00@example.com",
}

var hostileCases = []testCase{
	{name: "InjectedValues", run: func(k *kit) {
		k.create("item", store.Record{"id": "bystander", "label": "bystander"})
		for _, v := range injections {
			k.keeps("item", "note", v)
			k.keeps("item", "label", v)
			k.keeps("item", "data", map[string]any{v: v})
			k.keeps("item", "tags", []string{v})
		}
		for _, v := range injections {
			for _, op := range []store.Op{store.OpEq, store.OpContains, store.OpStartsWith, store.OpEndsWith} {
				for _, fold := range []bool{false, true} {
					cond := store.Cond{Column: "label", Op: op, Value: v, Fold: fold}
					if n, err := k.store.Count(k.ctx, k.from("item", cond)); err != nil || n == 0 {
						k.Errorf("Count(%+v): got %d, %v, want the rows that have the text", cond, n, err)
					}
					if n, err := k.store.Count(k.ctx, k.from("item", cond, byID("bystander"))); err != nil || n != 0 {
						k.Errorf("Count(%+v) of a row without the text: got %d, %v, want 0", cond, n, err)
					}
				}
			}
			n, err := k.store.Delete(k.ctx, k.from("item", store.In("label", v)))
			if err != nil || n == 0 {
				k.Errorf("Delete(label in (%q)): got %d, %v, want the rows that have the text", v, n, err)
			}
			k.wantIDs("item", []store.Cond{byID("bystander")}, "bystander")
		}
	}},
	{name: "InjectedIDs", run: func(k *kit) {
		for i, v := range injections {
			id := fmt.Sprintf("%d%s", i, v)
			k.create("item", store.Record{"id": id})
			k.wantRow("item", id, store.Record{"id": id})
		}
		if n := k.count("item"); n != int64(len(injections)) {
			k.Errorf("got %d rows, want %d", n, len(injections))
		}
	}},
	{name: "InjectedNames", run: func(k *kit) {
		fillCounts(k, 2)
		for _, name := range []string{`id" OR "1"="1`, "id` OR 1=1 -- ", "id = id OR id", "id; --", "*", "", "?", "item.id", "ID", "id\x00", "1"} {
			k.unchanged("item", func() {
				_, err := k.store.FindMany(k.ctx, k.from("item", store.Eq(name, "x")))
				k.wantError(err, "FindMany with the column %q in a condition", name)
				q := k.from("item")
				q.OrderBy = []store.Order{{Column: name}}
				_, err = k.store.FindMany(k.ctx, q)
				k.wantError(err, "FindMany with the column %q in the order", name)
				_, err = k.store.Create(k.ctx, k.table("item"), store.Record{"id": "x", name: "x"})
				k.wantError(err, "Create with the column %q", name)
				_, err = k.store.Update(k.ctx, k.from("item"), store.Record{name: "x"})
				k.wantError(err, "Update with the column %q", name)
				_, err = k.store.IncrementOne(k.ctx, k.from("item"), name, 1)
				k.wantError(err, "IncrementOne with the column %q", name)
				_, err = k.store.Delete(k.ctx, k.from("item", store.Ne(name, "x")))
				k.wantError(err, "Delete with the column %q", name)
				_, err = k.store.ConsumeOne(k.ctx, k.from("item", store.Ne(name, "x")))
				k.wantError(err, "ConsumeOne with the column %q", name)
			})
		}
	}},
	{name: "NULAndInvalidUTF8AreKeptOrRefused", run: func(k *kit) {
		for _, v := range unstorable {
			k.keepsOrRefuses("item", "note", v)
			k.keepsOrRefuses("item", "label", v)
			k.keepsOrRefuses("item", "code", v)
		}
	}},
	{name: "NULAndInvalidUTF8MatchNothingElse", run: func(k *kit) {
		neighbours := []string{"", "a", "b", "ab", "a\ufffd", "a\ufffdb", "\ufffd", "\ufffd(", "(", "a ", "admin@example.com", `a\0b`, `a\x00b`}
		for i, v := range neighbours {
			k.create("item", store.Record{"id": fmt.Sprintf("%d", i), "label": v, "note": v, "code": v})
		}
		for _, v := range unstorable {
			for _, column := range []string{"label", "note", "code", "id"} {
				for _, op := range []store.Op{store.OpEq, store.OpIn, store.OpContains, store.OpStartsWith, store.OpEndsWith} {
					for _, fold := range []bool{false, true} {
						cond := store.Cond{Column: column, Op: op, Value: v, Fold: fold}
						if op == store.OpIn {
							cond.Value = []any{v}
						}
						k.wantNoMatch("item", cond)
					}
				}
			}
		}
	}},
	{name: "NULAndInvalidUTF8InAnUpdate", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "note": "before"})
		for _, v := range unstorable {
			before := k.find("item", byID("i1"))
			n, err := k.store.Update(k.ctx, k.from("item", byID("i1")), store.Record{"note": v})
			if err != nil {
				k.wantIs(err, store.ErrInvalid, "Update to %q", v)
			} else {
				before["note"] = v
				k.same(n, int64(1), "rows updated to %q", v)
			}
			k.wantRow("item", "i1", before)
		}
	}},
}

// wantNoMatch says that no operation finds or touches a row by cond. That it is refused is fine.
func (k *kit) wantNoMatch(table string, cond store.Cond) {
	k.Helper()
	if n, err := k.store.Count(k.ctx, k.from(table, cond)); err == nil && n != 0 {
		k.Errorf("Count(%s %q): got %d rows, want none", cond.Column, cond.Value, n)
	}
	if rec, err := k.store.FindOne(k.ctx, k.from(table, cond)); err == nil || errors.Is(err, store.ErrConflict) {
		k.Errorf("FindOne(%s %q): got %v, %v, want no row", cond.Column, cond.Value, rec["id"], err)
	}
	if rec, err := k.store.ConsumeOne(k.ctx, k.from(table, cond)); err == nil || errors.Is(err, store.ErrConflict) {
		k.Errorf("ConsumeOne(%s %q): got %v, %v, want no row", cond.Column, cond.Value, rec["id"], err)
	}
}
