package model_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/schema"
)

var when = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

func tables(t *testing.T, extra ...schema.Extension) *schema.Schema {
	t.Helper()
	s, err := schema.Merge(schema.Source{Owner: "core", Extensions: model.Schema()}, schema.Source{Owner: "test", Extensions: extra})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var userExtra = schema.Extension{Table: model.UserTable, Columns: []schema.Column{
	{Name: "plan", Kind: schema.String, Returned: true},
	{Name: "secretNote", Kind: schema.String},
	{Name: "age", Kind: schema.Number, Returned: true},
}}

func TestUserJSON(t *testing.T) {
	t.Parallel()
	table := tables(t, userExtra).Table(model.UserTable)
	u, err := model.UserFromRow(table, []any{"Ann <b>", "ann@example.com", int64(1), nil, when.Format("2006-01-02T15:04:05.000Z"), when, "pro", "hidden", int64(3), "u1"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := u.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"Ann <b>","email":"ann@example.com","emailVerified":true,"image":null,"createdAt":"2026-01-02T03:04:05.678Z",` +
		`"updatedAt":"2026-01-02T03:04:05.678Z","plan":"pro","age":3,"id":"u1"}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	std, err := json.Marshal(map[string]any{"user": u})
	if err != nil || !json.Valid(std) || strings.Contains(string(std), "hidden") {
		t.Errorf("encoding/json: got %s, %v", std, err)
	}
}

func TestSessionJSON(t *testing.T) {
	t.Parallel()
	table := tables(t).Table(model.SessionTable)
	s, err := model.SessionFromRecord(table, map[string]any{
		"id": "s1", "token": "t", "userId": "u1", "expiresAt": when, "createdAt": when, "updatedAt": when, "ipAddress": "", "userAgent": nil,
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.AppendJSON(nil)
	want := `{"expiresAt":"2026-01-02T03:04:05.678Z","token":"t","createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-01-02T03:04:05.678Z",` +
		`"ipAddress":"","userAgent":null,"userId":"u1","id":"s1"}`
	if err != nil || string(got) != want {
		t.Errorf("got\n%s (%v)\nwant\n%s", got, err, want)
	}
}

func TestRecordRoundTrip(t *testing.T) {
	t.Parallel()
	table := tables(t, userExtra).Table(model.UserTable)
	image := "https://img.example/a.png"
	in := &model.User{ID: "u1", Name: "Ann", Email: "a@example.com", Image: &image, CreatedAt: when, UpdatedAt: when}
	model.Field[string]{Name: "plan"}.Set(&in.Extra, "pro")
	out, err := model.UserFromRecord(table, in.Record())
	if err != nil {
		t.Fatal(err)
	}
	if out.Name != in.Name || *out.Image != image || !out.CreatedAt.Equal(when) {
		t.Errorf("got %+v", out)
	}
	if plan, ok := (model.Field[string]{Name: "plan"}).Get(out.Extra); !ok || plan != "pro" {
		t.Errorf("plan: got %q, %v", plan, ok)
	}
	if _, ok := (model.Field[int64]{Name: "age"}).Get(out.Extra); ok {
		t.Error("a null column has a value")
	}
	if v, ok := out.Extra.Get("age"); !ok || v != nil {
		t.Errorf("a null column: got %v, %v, want nil and there", v, ok)
	}
	if _, ok := (model.Field[int64]{Name: "plan"}).Get(out.Extra); ok {
		t.Error("a column of another type has a value")
	}
}

func TestUnreadableRow(t *testing.T) {
	t.Parallel()
	table := tables(t).Table(model.UserTable)
	row := []any{"Ann", "ann@example.com", true, nil, "not a date", when, "u1"}
	if _, err := model.UserFromRow(table, row); err == nil || !strings.Contains(err.Error(), `"createdAt"`) {
		t.Errorf("got %v, want an error that names the column", err)
	}
}

// TestSchemaFitsTheFields: rows are read by position, so the schema's order is part of the code.
func TestSchemaFitsTheFields(t *testing.T) {
	t.Parallel()
	s := tables(t)
	want := map[string]string{
		model.UserTable:    "name email emailVerified image createdAt updatedAt id",
		model.SessionTable: "expiresAt token createdAt updatedAt ipAddress userAgent userId id",
		model.AccountTable: "accountId providerId userId accessToken refreshToken idToken accessTokenExpiresAt refreshTokenExpiresAt " +
			"scope password createdAt updatedAt id",
	}
	for name, order := range want {
		var got []string
		for _, c := range s.Table(name).Columns {
			got = append(got, c.Name)
		}
		if strings.Join(got, " ") != order {
			t.Errorf("%s: got %v, want %s", name, got, order)
		}
	}
}
