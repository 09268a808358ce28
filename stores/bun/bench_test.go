package bunstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	bunstore "github.com/cardea-auth/cardea/stores/bun"
)

// BenchmarkFindJoined compares the hot path with its floor: the same join by hand, prepared, and scanned into variables.
func BenchmarkFindJoined(b *testing.B) {
	for _, d := range []database{onSQLite, onSQLiteMattn, onPostgres, onMySQL} {
		b.Run(d.name, func(b *testing.B) {
			db, _ := d.fresh(b)
			st := bunstore.New(db)
			s := coreSchema(b)
			if err := st.Migrate(b.Context(), s); err != nil {
				b.Fatal(err)
			}
			fill(b, st, s, 100)
			query := `SELECT s."expiresAt", s."token", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId", s."id",
				u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt", u."id"
				FROM "session" s JOIN "user" u ON u."id" = s."userId" WHERE s."token" = $1 LIMIT 1`
			if d.name == "MySQL" {
				query = mysqlText(query)
			}
			token := "token-of-session-number-50-000000"

			b.Run("floor", func(b *testing.B) {
				stmt, err := db.Prepare(query)
				if err != nil {
					b.Fatal(err)
				}
				defer stmt.Close()
				b.ReportAllocs()
				for b.Loop() {
					var sess struct {
						expires, created, updated time.Time
						token, userID, id         string
						ip, agent                 *string
					}
					var user struct {
						name, email, id  string
						verified         bool
						image            *string
						created, updated time.Time
					}
					err := stmt.QueryRowContext(b.Context(), token).Scan(&sess.expires, &sess.token, &sess.created, &sess.updated, &sess.ip, &sess.agent,
						&sess.userID, &sess.id, &user.name, &user.email, &user.verified, &user.image, &user.created, &user.updated, &user.id)
					if err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("store", func(b *testing.B) {
				j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := st.FindJoined(b.Context(), j, token); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("store and Normalize", func(b *testing.B) { // which gives the Go types that the floor has
				j := &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
				b.ReportAllocs()
				for b.Loop() {
					left, right, err := st.FindJoined(b.Context(), j, token)
					for i := 0; err == nil && i < len(left); i++ {
						_, err = j.Left.Columns[i].Normalize(left[i])
					}
					for i := 0; err == nil && i < len(right); i++ {
						_, err = j.Right.Columns[i].Normalize(right[i])
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("FindOne", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := st.FindOne(b.Context(), store.From(s.Table("session"), store.Eq("token", token))); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func coreSchema(tb testing.TB) *schema.Schema {
	tb.Helper()
	return coreSchemaWith(tb, schema.TextIDs)
}

func coreSchemaWith(tb testing.TB, ids schema.IDs) *schema.Schema {
	tb.Helper()
	s, err := schema.MergeWith(ids, schema.Source{Owner: "core", Extensions: model.Schema()})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mysqlText(query string) string {
	return strings.NewReplacer(`"`, "`", "$1", "?").Replace(query)
}

// fill creates n users with a session each.
func fill(tb testing.TB, st store.Store, s *schema.Schema, n int) {
	tb.Helper()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for i := range n {
		id := fmt.Sprintf("user-%027d", i)
		_, err := st.Create(tb.Context(), s.Table("user"), store.Record{
			"id": id, "name": "Ann Example", "email": fmt.Sprintf("ann%d@example.com", i), "emailVerified": true, "createdAt": now, "updatedAt": now,
		})
		if err != nil {
			tb.Fatal(err)
		}
		_, err = st.Create(tb.Context(), s.Table("session"), store.Record{
			"id": fmt.Sprintf("session-%024d", i), "token": fmt.Sprintf("token-of-session-number-%02d-000000", i), "userId": id,
			"expiresAt": now.Add(168 * time.Hour), "createdAt": now, "updatedAt": now, "ipAddress": "203.0.113.7", "userAgent": "test/1.0",
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}
