package bunstore_test

import (
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/store"
)

// TestPageAsTheRowsCome: where no order is asked for, a page has the rows in the order in which a list has them.
func TestPageAsTheRowsCome(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d database) {
		st, s, _ := ready(t, d)
		table := s.Table("verification")
		for _, id := range []string{"m", "z", "a", "q", "c"} {
			if _, err := st.Create(t.Context(), table, verification(id)); err != nil {
				t.Fatal(err)
			}
		}
		list, err := st.FindMany(t.Context(), store.From(table))
		if err != nil {
			t.Fatal(err)
		}
		page, err := st.FindPage(t.Context(), store.PageQuery{Query: store.From(table), Total: true, Also: []store.Cond{store.Eq("id", "q")}})
		if err != nil {
			t.Fatal(err)
		}
		ids := func(recs []store.Record) (ids []any) {
			for _, rec := range recs {
				ids = append(ids, normal(t, table, rec)["id"])
			}
			return ids
		}
		if got, want := ids(page.Rows), ids(list); !slices.Equal(got, want) || page.Total != 5 {
			t.Errorf("got %v of %d, want %v of 5", got, page.Total, want)
		}
	})
}
