package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/internal/memdb"
)

type level string

type tags []string

type device struct {
	ID       string              `db:"id"`
	Name     *string             `db:"name"`
	Level    level               `db:"level"`
	Trusted  bool                `db:"trusted"`
	Attempts int                 `db:"attempts"`
	Big      *int64              `db:"big,bigint"`
	SeenAt   time.Time           `db:"seenAt"`
	UsedAt   *time.Time          `db:"usedAt"`
	Data     any                 `db:"data"`
	Rights   map[string][]string `db:"rights"`
	Tags     tags                `db:"tags"`
	Scores   []float64           `db:"scores"`
	Code     string              `db:"code,unique"`
}

func devices(t *testing.T) (*schema.Table, *store.Rows[device]) {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: []schema.Extension{
		schema.Of[device]("device"), {Table: "device", Columns: []schema.Column{{Name: "plugin", Kind: schema.String}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s.Table("device"), store.NewRows[device](s.Table("device"))
}

func ptr[T any](v T) *T { return &v }

func fullDevice(id string) device {
	return device{
		ID: id, Name: ptr("phone"), Level: "high", Trusted: true, Attempts: 3, Big: ptr(int64(1) << 60),
		SeenAt: time.Date(2026, 11, 23, 12, 34, 56, 789_000_000, time.UTC), UsedAt: ptr(time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)),
		Data: map[string]any{"a": []any{1.0}}, Rights: map[string][]string{"repo": {"read", "write"}},
		Tags: tags{"x", "y"}, Scores: []float64{1, 2.5}, Code: "code-" + id,
	}
}

func TestRowsRoundTrip(t *testing.T) {
	t.Parallel()
	table, rows := devices(t)
	if rows.Table() != table {
		t.Errorf("Table: got %p, want %p", rows.Table(), table)
	}
	for name, want := range map[string]device{
		"every value": fullDevice("d1"),
		"zero values": {ID: "d2", SeenAt: time.Unix(0, 0).UTC()},
		"empty values": {
			ID: "d3", Name: ptr(""), Big: ptr(int64(0)), SeenAt: time.Unix(0, 0).UTC(), Data: map[string]any{},
			Rights: map[string][]string{}, Tags: tags{}, Scores: []float64{},
		},
		"text in JSON": {ID: "d4", SeenAt: time.Unix(0, 0).UTC(), Data: "text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := memdb.New()
			got, err := rows.Create(t.Context(), db, want)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Create: got %+v, %v, want %+v", got, err, want)
			}
			got, err = rows.Find(t.Context(), db, store.Eq("id", want.ID))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Find: got %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func TestRowsNilIsNull(t *testing.T) {
	t.Parallel()
	table, rows := devices(t)
	db := memdb.New()
	if _, err := rows.Create(t.Context(), db, device{ID: "d1"}); err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"name", "big", "usedAt", "data", "rights", "tags", "scores", "plugin"} {
		if n, err := db.Count(t.Context(), store.From(table, store.Eq(column, nil))); n != 1 || err != nil {
			t.Errorf("rows in which %s is null: got %d, %v, want 1", column, n, err)
		}
	}
}

func TestRowsOperations(t *testing.T) {
	t.Parallel()
	_, rows := devices(t)
	ctx, db := t.Context(), memdb.New()
	for i := range 4 {
		d := fullDevice(fmt.Sprintf("d%d", i))
		d.Attempts = i
		if _, err := rows.Create(ctx, db, d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := rows.Create(ctx, db, fullDevice("d0")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Create again: got error %v, want ErrConflict", err)
	}
	list, err := rows.List(ctx, db, store.Query{
		Where: []store.Cond{store.Gt("attempts", int64(0))}, OrderBy: []store.Order{{Column: "attempts", Desc: true}}, Limit: 2,
	})
	if err != nil || len(list) != 2 || list[0].ID != "d3" || list[1].ID != "d2" {
		t.Errorf("List: got %+v, %v, want d3 and d2", list, err)
	}
	if list, err := rows.List(ctx, db, store.Query{Where: []store.Cond{store.Eq("id", "none")}}); err != nil || list == nil || len(list) != 0 {
		t.Errorf("List of nothing: got %v, %v, want an empty slice", list, err)
	}
	if n, err := rows.Update(ctx, db, store.Record{"name": nil}, store.Lt("attempts", int64(2))); n != 2 || err != nil {
		t.Errorf("Update: got %d, %v, want 2", n, err)
	}
	if d, err := rows.Find(ctx, db, store.Eq("id", "d1")); err != nil || d.Name != nil {
		t.Errorf("Find after Update: got name %v, %v, want nil", d.Name, err)
	}
	if d, err := rows.Increment(ctx, db, "attempts", 2, store.Eq("id", "d1"), store.Lt("attempts", int64(3))); err != nil || d.Attempts != 3 {
		t.Errorf("Increment: got %d, %v, want 3", d.Attempts, err)
	}
	if _, err := rows.Increment(ctx, db, "attempts", 2, store.Eq("id", "d1"), store.Lt("attempts", int64(3))); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Increment past its guard: got error %v, want ErrNotFound", err)
	}
	if d, err := rows.Consume(ctx, db, store.Eq("code", "code-d2")); err != nil || d.ID != "d2" {
		t.Errorf("Consume: got %q, %v, want d2", d.ID, err)
	}
	if d, err := rows.Consume(ctx, db, store.Eq("code", "code-d2")); !errors.Is(err, store.ErrNotFound) || d.ID != "" {
		t.Errorf("Consume again: got %q, %v, want nothing and ErrNotFound", d.ID, err)
	}
	if n, err := rows.Delete(ctx, db, store.In("id", "d0", "d1", "d2")); n != 2 || err != nil {
		t.Errorf("Delete: got %d, %v, want 2", n, err)
	}
	if _, err := rows.Find(ctx, db, store.Eq("id", "d0")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Find after Delete: got error %v, want ErrNotFound", err)
	}
	if _, err := rows.List(ctx, db, store.Query{Where: []store.Cond{store.Eq("nobody", 1)}}); err == nil {
		t.Errorf("List with an unknown column: got no error, want one")
	}
}

func TestRowsReadWhatDriversReturn(t *testing.T) {
	t.Parallel()
	_, rows := devices(t)
	driver := record{
		"id": []byte("d1"), "name": []byte("phone"), "level": "high", "trusted": int64(1), "attempts": []byte("3"), "big": nil,
		"seenAt": "2026-11-23 12:34:56.789", "usedAt": int64(1795437296789), "data": []byte(`{"a":1}`), "rights": `{"repo":["read"]}`,
		"tags": `["x"]`, "scores": []byte(`[1]`), "code": nil, "plugin": "ignored",
	}
	want := device{
		ID: "d1", Name: ptr("phone"), Level: "high", Trusted: true, Attempts: 3,
		SeenAt: time.Date(2026, 11, 23, 12, 34, 56, 789_000_000, time.UTC), UsedAt: ptr(time.UnixMilli(1795437296789).UTC()),
		Data: map[string]any{"a": 1.0}, Rights: map[string][]string{"repo": {"read"}}, Tags: tags{"x"}, Scores: []float64{1},
	}
	if got, err := rows.Find(t.Context(), canned{rec: driver}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Find:\n got %+v, %v\nwant %+v", got, err, want)
	}
	for column, bad := range map[string]any{"trusted": "maybe", "seenAt": "soon", "rights": `["no", "object"]`, "tags": `{}`} {
		rec := record{"id": "d1", column: bad}
		_, err := rows.Find(t.Context(), canned{rec: rec})
		if err == nil || !strings.Contains(err.Error(), column) || !strings.Contains(err.Error(), "device") {
			t.Errorf("Find with %s = %v: got error %v, want one that names table and column", column, bad, err)
		}
		if _, err := rows.List(t.Context(), canned{rec: rec}, store.Query{}); err == nil {
			t.Errorf("List with %s = %v: got no error, want one", column, bad)
		}
	}
}

func TestNewRowsPanics(t *testing.T) {
	t.Parallel()
	table, _ := devices(t)
	for name, c := range map[string]struct {
		bind func()
		want string
	}{
		"an unknown column": {func() {
			store.NewRows[struct { //nolint:unused // read by reflection
				X string `db:"nobody"`
			}](table)
		}, `table "device" has no column "nobody"`},
		"another kind": {func() {
			store.NewRows[struct { //nolint:unused // read by reflection
				Attempts string `db:"attempts"`
			}](table)
		}, `column "attempts" of table "device" is a number`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("panic: got %q, want it to say %q", got, c.want)
				}
			}()
			c.bind()
		})
	}
}

type openDevice struct {
	Name  *string     `db:"name"`
	Extra model.Extra `db:",extra"`
	ID    string      `db:"id"`
}

// TestRowsExtra: columns that the struct does not name travel in its Extra, in the order of the schema.
func TestRowsExtra(t *testing.T) {
	t.Parallel()
	s, err := schema.Merge(schema.Source{Owner: "test", Extensions: []schema.Extension{
		schema.Of[openDevice]("device"),
		{Table: "device", Columns: []schema.Column{{Name: "shelf", Kind: schema.Number, Returned: true}, {Name: "note", Kind: schema.String}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	rows, db := store.NewRows[openDevice](s.Table("device")), memdb.New()
	var extra model.Extra
	extra.Set("note", "mine")
	extra.Set("shelf", int64(3))
	if _, err := rows.Create(t.Context(), db, openDevice{ID: "d1", Extra: extra}); err != nil {
		t.Fatal(err)
	}
	got, err := rows.Find(t.Context(), db, store.Eq("note", "mine"))
	want := openDevice{ID: "d1", Extra: model.Extra{{Name: "shelf", Value: int64(3)}, {Name: "note", Value: "mine", Hidden: true}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestRowsExtraOfAnotherType(t *testing.T) {
	t.Parallel()
	type wrong struct {
		ID    string         `db:"id"`
		Extra map[string]any `db:",extra"`
	}
	table, _ := devices(t)
	defer func() {
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "model.Extra") {
			t.Errorf("NewRows: got %v, want a panic that names model.Extra", v)
		}
	}()
	store.NewRows[wrong](table)
}
