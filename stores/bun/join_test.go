package bunstore_test

import (
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
)

const filledToken = "token-of-session-number-00-000000"

func sessionUser(s *schema.Schema) *store.Join {
	return &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
}

// TestJoinOfBytes: SQLite keeps what it is given, and somebody else may have put bytes where a text should be. JSON has no
// place for them.
func TestJoinOfBytes(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		if d.dialect != bunstore.SQLite {
			return
		}
		st, s, db := ready(t, d)
		fill(t, st, s, 1)
		execute(t, db, `UPDATE "user" SET name = x'c384', image = '"\\' || char(10)`)
		for range 2 {
			_, right, err := st.FindJoined(t.Context(), sessionUser(s), filledToken)
			if err != nil {
				t.Fatal(err)
			}
			user := normal(t, s.Table("user"), recordOf(s.Table("user"), right))
			if user["name"] != "Ä" || user["image"] != "\"\\\\\n" || user["emailVerified"] != true {
				t.Errorf("got %#v", user)
			}
		}
	})
}

// TestJoinOfManyColumns: a function of SQLite takes 127 arguments.
func TestJoinOfManyColumns(t *testing.T) {
	t.Parallel()
	more := schema.Extension{Table: "user"}
	for i := range 150 {
		more.Columns = append(more.Columns, schema.Column{Name: fmt.Sprint("more", i), Kind: schema.Number})
	}
	s, err := schema.Merge(schema.Source{Owner: "core", Extensions: model.Schema()}, schema.Source{Owner: "app", Extensions: []schema.Extension{more}})
	if err != nil {
		t.Fatal(err)
	}
	everywhere(t, func(t *testing.T, d database) {
		db, _ := d.fresh(t)
		st := bunstore.New(db)
		if err := st.Migrate(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		fill(t, st, s, 1)
		if _, err := st.Update(t.Context(), store.From(s.Table("user")), store.Record{"more149": int64(1) << 30}); err != nil {
			t.Fatal(err)
		}
		_, right, err := st.FindJoined(t.Context(), sessionUser(s), filledToken)
		if err != nil {
			t.Fatal(err)
		}
		if user := normal(t, s.Table("user"), recordOf(s.Table("user"), right)); user["more149"] != int64(1)<<30 || user["more0"] != nil {
			t.Errorf("got %v and %v", user["more149"], user["more0"])
		}
	})
}

func recordOf(t *schema.Table, values []any) store.Record {
	rec := store.Record{}
	for i := range t.Columns {
		rec[t.Columns[i].Name] = values[i]
	}
	return rec
}
