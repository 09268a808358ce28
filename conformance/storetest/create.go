package storetest

import (
	"maps"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

var createCases = []testCase{
	{name: "ReturnsTheRowAsStored", run: func(k *kit) {
		rec := fullItem("i1")
		got := k.create("item", rec)
		want := k.normal("item", rec)
		k.same(got, want, "row as Create returned it")
		k.same(k.find("item", byID("i1")), want, "row as FindOne returned it")
	}},
	{name: "AbsentColumnsAreNull", run: func(k *kit) {
		got := k.create("item", store.Record{"id": "i1"})
		want := k.normal("item", store.Record{"id": "i1"})
		k.same(got, want, "row as Create returned it")
		k.same(k.find("item", byID("i1")), want, "row as FindOne returned it")
	}},
	{name: "NilIsNull", run: func(k *kit) {
		rec := fullItem("i1")
		for name := range rec {
			rec[name] = nil
		}
		rec["id"] = "i1"
		k.same(k.create("item", rec), k.normal("item", store.Record{"id": "i1"}), "row as Create returned it")
	}},
	{name: "RequiredColumns", run: func(k *kit) {
		for what, rec := range map[string]store.Record{
			"an absent required column": {"id": "s1", "name": "x"},
			"a nil required column":     {"id": "s1", "name": nil, "size": int64(1)},
			"a nil id":                  {"id": nil, "name": "x", "size": int64(1)},
		} {
			_, err := k.store.Create(k.ctx, k.table("strict"), rec)
			k.wantIs(err, store.ErrInvalid, "Create with %s", what)
		}
		k.wantIDs("strict", nil)
		k.create("strict", store.Record{"id": "s1", "name": "", "size": int64(0)}) // zero values are values
		k.wantIDs("strict", nil, "s1")
	}},
	{name: "UnknownColumn", run: func(k *kit) {
		_, err := k.store.Create(k.ctx, k.table("item"), store.Record{"id": "i1", "nobody": "x"})
		k.wantError(err, "Create with an unknown column")
		k.wantIDs("item", nil)
	}},
	{name: "SameIDTwice", run: func(k *kit) {
		k.create("item", store.Record{"id": "i1", "label": "first"})
		_, err := k.store.Create(k.ctx, k.table("item"), store.Record{"id": "i1", "label": "second"})
		k.wantIs(err, store.ErrConflict, "Create with an id that is taken")
		k.wantRow("item", "i1", store.Record{"id": "i1", "label": "first"})
	}},
	{name: "DoesNotKeepOrChangeTheArgument", run: func(k *kit) {
		tags, scores := []string{"a", "b"}, []float64{1, 2}
		data := map[string]any{"list": []any{"x"}}
		rec := store.Record{"id": "i1", "tags": tags, "scores": scores, "data": data}
		before := maps.Clone(rec)
		k.create("item", rec)
		k.same(rec, before, "the argument of Create")
		want := k.find("item", byID("i1"))

		tags[0], scores[0], data["list"].([]any)[0] = "changed", 99, "changed"
		rec["label"] = "changed"
		k.same(k.find("item", byID("i1")), want, "row after the caller changed what he had given")
	}},
	{name: "HandsOutCopies", run: func(k *kit) {
		rec, err := k.store.Create(k.ctx, k.table("item"), fullItem("i1"))
		k.ok(err, "Create")
		want := k.find("item", byID("i1"))
		spoil(rec)
		k.same(k.find("item", byID("i1")), want, "row after what Create returned was changed")
		rec, err = k.store.FindOne(k.ctx, k.from("item"))
		k.ok(err, "FindOne")
		spoil(rec)
		k.same(k.find("item", byID("i1")), want, "row after what FindOne returned was changed")
	}},
}

// fullItem returns an item with a value in every column but the owner's.
func fullItem(id string) store.Record {
	return store.Record{
		"id": id, "label": "Label of " + id, "note": "a note", "code": "code-" + id,
		"flag": true, "count": int64(42), "big": int64(1) << 50,
		"at":   ms("2026-11-23T12:34:56.789Z"),
		"data": map[string]any{"a": []any{1.5, "two", nil, true}},
		"tags": []string{"x", "y"}, "scores": []float64{1, 2.5},
	}
}

// spoil overwrites everything in a record that can be overwritten.
func spoil(rec store.Record) {
	for name, v := range rec {
		switch v := v.(type) {
		case []byte:
			clear(v)
		case []string:
			clear(v)
		case []float64:
			clear(v)
		case []any:
			clear(v)
		case map[string]any:
			clear(v)
		}
		rec[name] = "spoiled"
	}
}

// ticket returns a row of the table of single-use values.
func ticket(id, identifier string, at time.Time) store.Record {
	return store.Record{schema.ID: id, "identifier": identifier, "value": "value of " + id, "createdAt": at}
}
