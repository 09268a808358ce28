package memdb

import (
	"context"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
)

func filled(t testing.TB, n int) (*DB, *schema.Schema, *store.Join) {
	t.Helper()
	db, s := New(), merge(t, userTable(), sessionTable())
	for i := range n {
		user := fmt.Sprintf("u%d", i)
		mustCreate(t, db, s.Table("user"), store.Record{"id": user, "email": user + "@example.com"})
		mustCreate(t, db, s.Table("session"), store.Record{"id": fmt.Sprintf("s%d", i), "token": fmt.Sprintf("t%d", i), "userId": user})
	}
	return db, s, &store.Join{Left: s.Table("session"), Right: s.Table("user"), Key: "token", On: "userId"}
}

// Not parallel: others would allocate while it counts.
func TestFindJoinedAllocatesOnce(t *testing.T) {
	db, _, j := filled(t, 10)
	got := testing.AllocsPerRun(200, func() {
		if _, _, err := db.FindJoined(context.Background(), j, "t7"); err != nil {
			t.Fatal(err)
		}
	})
	if got > 1 {
		t.Errorf("allocations of FindJoined: got %v, want 1, the slices that it returns", got)
	}
}

func BenchmarkFindJoined(b *testing.B) {
	db, _, j := filled(b, 10_000)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := db.FindJoined(context.Background(), j, "t4711"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkFindOne(b *testing.B) {
	db, s, _ := filled(b, 10_000)
	q := store.From(s.Table("user"), store.Eq("email", "u4711@example.com"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.FindOne(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreateAndConsume(b *testing.B) {
	db, s, _ := filled(b, 10_000)
	t := s.Table("session")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.Create(b.Context(), t, store.Record{"id": "x", "token": "x"}); err != nil {
			b.Fatal(err)
		}
		if _, err := db.ConsumeOne(b.Context(), store.From(t, store.Eq("token", "x"))); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdateInATransaction(b *testing.B) {
	db, s, _ := filled(b, 10_000)
	q := store.From(s.Table("user"), store.Eq("id", "u4711"))
	b.ReportAllocs()
	for b.Loop() {
		err := db.InTx(b.Context(), func(ctx context.Context) error {
			_, err := db.Update(ctx, q, store.Record{"age": int64(1)})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
