package storetest

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

// The schemas of the cases about ids, each the same value every time. Names in the database differ from the logical ones,
// those of the ids among them.
var (
	serialSchema = sync.OnceValue(func() *schema.Schema { return idSchema(schema.SerialIDs) })
	uuidSchema   = sync.OnceValue(func() *schema.Schema { return idSchema(schema.UUIDs) })
)

func idSchema(ids schema.IDs) *schema.Schema {
	s, err := schema.MergeWith(ids, schema.Source{
		Owner: "storetest",
		Extensions: []schema.Extension{
			{Table: "person", Columns: []schema.Column{{Name: "name", Kind: schema.String, Unique: true, Sortable: true}}},
			{Table: "login", Columns: []schema.Column{
				{Name: "token", Kind: schema.String, Required: true, Unique: true},
				{Name: "accountId", Kind: schema.String}, // which may look like an id, and is none
				{Name: "personId", Kind: schema.String, Index: true, References: &schema.Reference{Table: "person"}},
			}},
		},
		Rename: []schema.Rename{
			{Table: "person", SQLName: "people", Columns: map[string]string{"id": "person_id"}},
			{Table: "login", Columns: map[string]string{"personId": "person_id"}},
		},
	})
	if err != nil {
		panic(err) // the schemas of this package are constants
	}
	return s
}

var idCases = []testCase{
	{name: "SerialIsCounted", needs: []feature{serialIDs}, run: func(k *kit) {
		k = k.under(serialSchema())
		if !must[store.IDMaker](k.T, k.store, "store.IDMaker", "NoSerialIDs").MakesIDs(schema.SerialIDs) {
			k.Errorf("MakesIDs(SerialIDs): got false: make them, or set Features.NoSerialIDs")
		}
		last := int64(0)
		for i := range 12 {
			id, _ := k.create("person", store.Record{"name": fmt.Sprint("p", i)})[schema.ID].(string)
			n, err := strconv.ParseInt(id, 10, 64)
			if err != nil || n <= last || strconv.FormatInt(n, 10) != id {
				k.Fatalf("id of row %d: got %q after %d, want a larger number as text", i, id, last)
			}
			last = n
		}
		q := k.from("person")
		q.OrderBy = []store.Order{{Column: schema.ID, Desc: true}}
		if got := k.ids(q); got[0] != fmt.Sprint(last) || got[11] != "1" && len(got[11]) > 1 {
			k.Errorf("ids in descending order: got %q, want them as numbers", got)
		}
		k.wantIDs("person", []store.Cond{store.Gt(schema.ID, fmt.Sprint(last-1))}, fmt.Sprint(last))
	}},
	{name: "SerialInConditions", needs: []feature{serialIDs}, run: func(k *kit) {
		k = k.under(serialSchema())
		id := k.create("person", store.Record{"name": "a"})[schema.ID].(string)
		other := k.create("person", store.Record{"name": "b"})[schema.ID].(string)
		login := k.create("login", store.Record{"token": "t", "personId": id, "accountId": "007"})
		k.same(login["personId"], id, "foreign key")
		k.same(login["accountId"], "007", "a text that looks like an id")
		k.wantIDs("person", []store.Cond{byID(id)}, id)
		k.wantIDs("login", []store.Cond{store.Eq("personId", id)}, login[schema.ID].(string))
		k.wantIDs("person", []store.Cond{store.In(schema.ID, id, "x", other)}, id, other)
		for _, none := range []string{"x", "", " " + id, "0" + id, "+" + id, id + ".0", "-1", "99999999999999999999"} {
			k.wantIDs("person", []store.Cond{byID(none)})
			k.wantIDs("login", []store.Cond{store.Eq("personId", none)})
			k.wantIDs("person", []store.Cond{store.Ne(schema.ID, none)}, id, other)
			k.wantIDs("person", []store.Cond{store.NotIn(schema.ID, none, id)}, other)
			if n, err := k.store.Delete(k.ctx, k.from("person", byID(none))); err != nil || n != 0 {
				k.Errorf("Delete by the id %q: got %d, %v, want 0", none, n, err)
			}
		}
	}},
	{name: "SerialIsRefusedWhereItIsNone", needs: []feature{serialIDs}, run: func(k *kit) {
		k = k.under(serialSchema())
		k.unchanged("person", func() {
			_, err := k.store.Create(k.ctx, k.table("person"), store.Record{"id": "abc", "name": "a"})
			k.wantIs(err, store.ErrInvalid, "Create with an id that is no number")
		})
		_, err := k.store.Create(k.ctx, k.table("login"), store.Record{"token": "t", "personId": "abc"})
		k.wantIs(err, store.ErrInvalid, "Create with a reference that is no number")
		k.create("person", store.Record{"id": "4711", "name": "chosen"})
		k.wantIDs("person", []store.Cond{byID("4711")}, "4711")
		_, err = k.store.Create(k.ctx, k.table("person"), store.Record{"id": "4711", "name": "again"})
		k.wantIs(err, store.ErrConflict, "Create with an id that is taken")
	}},
	{name: "SerialEverywhere", needs: []feature{serialIDs}, run: func(k *kit) {
		k = k.under(serialSchema())
		id := k.create("person", store.Record{"name": "a"})[schema.ID].(string)
		login := k.create("login", store.Record{"token": "t", "personId": id})
		k.mustUpdate("login", store.Record{"accountId": id}, byID(login[schema.ID].(string)))
		got, err := k.store.ConsumeOne(k.ctx, k.from("login", store.Eq("personId", id)))
		k.ok(err, "ConsumeOne")
		login["accountId"] = id
		k.same(k.normal("login", got), login, "row as ConsumeOne returned it")
		k.ok(k.store.InTx(k.ctx, func(ctx context.Context) error {
			inside, err := k.store.Create(ctx, k.table("person"), store.Record{"name": "b"})
			if err != nil {
				return err
			}
			_, err = k.store.Create(ctx, k.table("login"), store.Record{"token": "u", "personId": k.value("person", inside, schema.ID)})
			return err
		}), "InTx")
		k.wantIDs("login", []store.Cond{store.Eq("personId", k.find("person", store.Eq("name", "b"))[schema.ID])},
			k.find("login", store.Eq("token", "u"))[schema.ID].(string))
	}},
	{name: "SerialJoin", needs: []feature{serialIDs, joinFinder}, run: func(k *kit) {
		k = k.under(serialSchema())
		person := k.create("person", store.Record{"name": "a"})
		login := k.create("login", store.Record{"token": "t", "personId": person[schema.ID]})
		j := &store.Join{Left: k.table("login"), Right: k.table("person"), Key: "token", On: "personId"}
		k.wantJoined(j, "t", login, person)
		j = &store.Join{Left: k.table("login"), Right: k.table("person"), Key: schema.ID, On: "personId"}
		k.wantJoined(j, login[schema.ID].(string), login, person)
		_, _, err := finder(k).FindJoined(k.ctx, j, "x")
		k.wantIs(err, store.ErrNotFound, "FindJoined by an id that is no number")
	}},
	{name: "SerialAtOnce", needs: []feature{serialIDs}, run: func(k *kit) {
		k = k.under(serialSchema())
		k.wantWinners(race(callers, func(i int) error {
			_, err := k.store.Create(k.ctx, k.table("person"), store.Record{"name": fmt.Sprint(i)})
			return err
		}), callers, nil)
		if n := k.count("person"); n != callers {
			k.Errorf("rows: got %d, want %d", n, callers)
		}
	}},
	{name: "SerialCascades", needs: []feature{serialIDs, foreignKeys}, run: func(k *kit) {
		k = k.under(serialSchema())
		id := k.create("person", store.Record{"name": "a"})[schema.ID].(string)
		k.create("login", store.Record{"token": "t", "personId": id})
		_, err := k.store.Create(k.ctx, k.table("login"), store.Record{"token": "u", "personId": "4711"})
		k.wantError(err, "Create with a person who is not there")
		k.mustDelete("person", byID(id))
		k.wantIDs("login", nil)
	}},
	{name: "UUIDs", run: func(k *kit) {
		k = k.under(uuidSchema())
		const given = "0b0e7a4e-6f0c-4b5e-9d8c-3a0f7c1d2e3f"
		k.create("person", store.Record{"id": given, "name": "a"})
		login := k.create("login", store.Record{"id": "1b0e7a4e-6f0c-4b5e-9d8c-3a0f7c1d2e3f", "token": "t", "personId": given})
		k.same(login["personId"], given, "foreign key")
		k.wantIDs("person", []store.Cond{byID(given)}, given)
		for _, none := range []string{"x", "", "0b0e7a4e6f0c4b5e9d8c3a0f7c1d2e3f", "2b0e7a4e-6f0c-4b5e-9d8c-3a0f7c1d2e3f"} {
			k.wantIDs("person", []store.Cond{byID(none)})
			k.wantIDs("person", []store.Cond{store.Ne(schema.ID, none)}, given)
		}
		if maker, ok := k.store.(store.IDMaker); ok && maker.MakesIDs(schema.UUIDs) {
			made, _ := k.create("person", store.Record{"name": "b"})[schema.ID].(string)
			if len(made) != 36 || made == given {
				k.Errorf("id that the database made: got %q, want a UUID", made)
			}
			k.wantIDs("person", []store.Cond{byID(made)}, made)
		}
	}},
}
