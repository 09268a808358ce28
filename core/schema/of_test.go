package schema_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
)

type base struct {
	ID        string    `db:"id"`
	CreatedAt time.Time `db:"createdAt,sql=created_at"`
}

type role string

type everything struct {
	base
	Name    string              `db:"name,unique,returned,input,sortable"`
	Role    role                `db:"role"`
	Nick    *string             `db:"nick,required"`
	On      bool                `db:"on"`
	Count   int                 `db:"count,index"`
	Big     *int64              `db:"big,bigint"`
	SeenAt  *time.Time          `db:"seenAt"`
	Data    any                 `db:"data"`
	Rights  map[string][]string `db:"rights,required"`
	Tags    []string            `db:"tags"`
	Scores  []float64           `db:"scores,required"`
	UserID  string              `db:"userId,references=user"`
	TeamID  *string             `db:"teamId,references=team,ondelete=set-null"`
	OrgID   string              `db:"orgId,references=org,ondelete=restrict"`
	OwnerID string              `db:"ownerId,references=user,ondelete=cascade"`
	Skipped func()              `db:"-"`
	Plain   func()
}

func TestOf(t *testing.T) {
	t.Parallel()
	s, r := schema.String, func(table string, o schema.OnDelete) *schema.Reference {
		return &schema.Reference{Table: table, OnDelete: o}
	}
	want := []schema.Column{
		{Name: "createdAt", SQLName: "created_at", Kind: schema.Date, Required: true},
		{Name: "name", Kind: s, Required: true, Unique: true, Returned: true, Input: true, Sortable: true},
		{Name: "role", Kind: s, Required: true},
		{Name: "nick", Kind: s, Required: true},
		{Name: "on", Kind: schema.Boolean, Required: true},
		{Name: "count", Kind: schema.Number, Required: true, Index: true},
		{Name: "big", Kind: schema.Number, BigInt: true},
		{Name: "seenAt", Kind: schema.Date},
		{Name: "data", Kind: schema.JSON},
		{Name: "rights", Kind: schema.JSON, Required: true},
		{Name: "tags", Kind: schema.StringArray},
		{Name: "scores", Kind: schema.NumberArray, Required: true},
		{Name: "userId", Kind: s, Required: true, References: r("user", schema.Cascade)},
		{Name: "teamId", Kind: s, References: r("team", schema.SetNull)},
		{Name: "orgId", Kind: s, Required: true, References: r("org", schema.Restrict)},
		{Name: "ownerId", Kind: s, Required: true, References: r("user", schema.Cascade)},
	}
	got := schema.Of[everything]("thing")
	if got.Table != "thing" || got.SQLName != "" || got.Indexes != nil {
		t.Errorf("extension: got %+v, want the table thing and nothing besides columns", got)
	}
	if len(got.Columns) != len(want) {
		t.Fatalf("columns: got %d, want %d", len(got.Columns), len(want))
	}
	for i, w := range want {
		if w.SQLName == "" {
			w.SQLName = w.Name
		}
		if !reflect.DeepEqual(got.Columns[i], w) {
			t.Errorf("column %d:\n got %+v\nwant %+v", i, got.Columns[i], w)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	fields := schema.Fields(reflect.TypeFor[everything]())
	v := reflect.ValueOf(everything{base: base{ID: "the id"}, Name: "the name"})
	for i, want := range []struct{ name, value string }{{"id", "the id"}, {"createdAt", ""}, {"name", "the name"}} {
		if got := fields[i].Column.Name; got != want.name {
			t.Errorf("field %d: got %q, want %q", i, got, want.name)
		}
		if got := v.FieldByIndex(fields[i].Index); want.value != "" && got.String() != want.value {
			t.Errorf("value of field %q: got %q, want %q", want.name, got, want.value)
		}
	}
}

func TestOfPanics(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of   func()
		want string
	}{
		"no struct": {func() { schema.Of[string]("x") }, "string is not a struct"},
		"a pointer": {func() { schema.Of[*base]("x") }, "is not a struct"},
		"a float": {func() {
			schema.Of[struct {
				F float64 `db:"f"`
			}]("x")
		}, "float64"},
		"a small int": {func() {
			schema.Of[struct {
				F int32 `db:"f"`
			}]("x")
		}, "int32"},
		"bytes": {func() {
			schema.Of[struct {
				F []byte `db:"f"`
			}]("x")
		}, "[]uint8"},
		"named elements": {func() {
			schema.Of[struct {
				F []role `db:"f"`
			}]("x")
		}, "role"},
		"a struct": {func() {
			schema.Of[struct {
				F base `db:"f"`
			}]("x")
		}, "base"},
		"an option": {func() {
			schema.Of[struct {
				F string `db:"f,uniq"`
			}]("x")
		}, `"uniq"`},
		"an action": {func() {
			schema.Of[struct {
				F string `db:"f,references=y,ondelete=explode"`
			}]("x")
		}, "ondelete=explode"},
		"a default that is no number": {func() {
			schema.Of[struct {
				F int `db:"f,default=one"`
			}]("x")
		}, "default=one"},
		"a default for a list": {func() {
			schema.Of[struct {
				F []string `db:"f,default=a"`
			}]("x")
		}, "default=a"},
		"a moment other than now": {func() {
			schema.Of[struct {
				F time.Time `db:"f,default=2026-01-01"`
			}]("x")
		}, "default=2026-01-01"},
		"a length that is none": {func() {
			schema.Of[struct {
				F string `db:"f,max=0"`
			}]("x")
		}, "max=0"},
		"a length of a number": {func() {
			schema.Of[struct {
				F int `db:"f,max=5"`
			}]("x")
		}, "max=5"},
		"values of a number": {func() {
			schema.Of[struct {
				F int `db:"f,enum=1|2"`
			}]("x")
		}, "enum=1|2"},
		"an action alone": {func() {
			schema.Of[struct {
				F string `db:"f,ondelete=cascade"`
			}]("x")
		}, "ondelete=cascade"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("panic: got %q, want it to say %q", got, c.want)
				}
			}()
			c.of()
		})
	}
}

func TestOfOptions(t *testing.T) {
	t.Parallel()
	type app struct {
		Email string    `db:"email,existing"`
		Text  string    `db:"text,default=a b,max=5"`
		Flag  bool      `db:"flag,default=true"`
		Count int       `db:"count,default=-3"`
		At    time.Time `db:"at,default=now,onupdate=now"`
		Role  *string   `db:"role,enum=user|admin"`
		Boss  *string   `db:"boss,references=user.email,ondelete=restrict"`
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	e := schema.Of[app]("user")
	got := map[string]any{}
	for _, c := range e.Columns {
		got[c.Name] = nil
		if c.Default != nil {
			got[c.Name] = c.Default(now)
		}
	}
	want := map[string]any{"text": "a b", "flag": true, "count": int64(-3), "at": now, "role": nil, "boss": nil}
	if !maps.Equal(got, want) {
		t.Errorf("columns with defaults: got %v, want %v", got, want)
	}
	at, role, boss := e.Columns[3], e.Columns[4], e.Columns[5]
	if e.Columns[0].MaxLength != 5 || at.OnUpdate(now) != now || !slices.Equal(role.Enum, []string{"user", "admin"}) ||
		*boss.References != (schema.Reference{Table: "user", Column: "email", OnDelete: schema.Restrict}) {
		t.Errorf("got %+v, %+v, %+v", at, role, boss)
	}
}
