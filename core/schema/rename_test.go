package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/schema"
)

func renaming(owner string, r ...schema.Rename) schema.Source {
	return schema.Source{Owner: owner, Rename: r}
}

func TestRename(t *testing.T) {
	t.Parallel()
	s, err := schema.Merge(
		renaming("Config", schema.Rename{Table: "user", SQLName: "users", Columns: map[string]string{"name": "email", "email": "name", "id": "user_id"}},
			schema.Rename{Table: "device", Columns: map[string]string{"userId": "user_id"}}),
		source("core", table("user", text("name"), text("email"))),
		source("plugin", schema.Extension{Table: "device", SQLName: "devices", Indexes: []schema.Index{{Columns: []string{"userId", "name"}}}, Columns: []schema.Column{
			{Name: "userId", Kind: schema.String, Index: true, References: &schema.Reference{Table: "user"}}, {Name: "name", SQLName: "label", Kind: schema.String},
		}}),
		renaming("plugin", schema.Rename{Table: "device", SQLName: "appliances", Columns: map[string]string{"userId": "user_id"}}),
	)
	if err != nil {
		t.Fatal(err)
	}
	u, d := s.Table("user"), s.Table("device")
	if got, want := names(u), []string{"name=email", "email=name", "id=user_id"}; u.SQLName != "users" || !slices.Equal(got, want) {
		t.Errorf("user: %s %q", u.SQLName, got)
	}
	if got, want := names(d), []string{"userId=user_id", "name=label", "id=id"}; d.SQLName != "appliances" || !slices.Equal(got, want) {
		t.Errorf("device: %s %q", d.SQLName, got)
	}
	var indexes []string
	for _, ix := range d.AllIndexes() {
		indexes = append(indexes, ix.Name)
	}
	if want := []string{"appliances_user_id_idx", "appliances_user_id_label_idx"}; !slices.Equal(indexes, want) {
		t.Errorf("indexes: %q, want %q", indexes, want)
	}
}

func TestRenameProblems(t *testing.T) {
	t.Parallel()
	core := source("core", table("user", text("name"), text("email")), table("session", text("token")))
	for want, r := range map[string][]schema.Rename{
		`Config renames the table "users", which nobody declares`:                                    {{Table: "users", SQLName: "x"}},
		`Config renames the column "phone" of table "user", which nobody declares`:                   {{Table: "user", Columns: map[string]string{"phone": "x"}}},
		`columns "name" (core) and "email" (core) of table "user" share the name "email"`:            {{Table: "user", Columns: map[string]string{"name": "Email"}}},
		`column "name" of table "user", declared by core, would have the name of the id`:             {{Table: "user", Columns: map[string]string{"name": "ID"}}},
		`models "user" (core) and "session" (core) share the table "User"`:                           {{Table: "session", SQLName: "User"}},
		`renames the table "user": the name "a\"b" has a character that cannot stand in a name`:      {{Table: "user", SQLName: `a"b`}},
		"renames the column \"name\" of table \"user\": the name \"a`b\" has a character":            {{Table: "user", Columns: map[string]string{"name": "a`b"}}},
		`renames the column "name" of table "user": a name is empty`:                                 {{Table: "user", Columns: map[string]string{"name": ""}}},
		`renames the table "user" to "b", but Config renames it to "a": rename it in one place`:      {{Table: "user", SQLName: "a"}, {Table: "user", SQLName: "b"}},
		`the column "name" of table "user" to "b", but Config renames it to "a": rename it in one p`: {{Table: "user", Columns: map[string]string{"name": "a"}}, {Table: "user", Columns: map[string]string{"name": "b"}}},
	} {
		_, err := schema.Merge(core, renaming("Config", r...))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

func TestReferencesToColumns(t *testing.T) {
	t.Parallel()
	to := func(column string, kind schema.Kind) schema.Source {
		return source("p", table("token", schema.Column{Name: "client", Kind: kind, References: &schema.Reference{Table: "client", Column: column}}))
	}
	client := source("core", table("client", schema.Column{Name: "clientId", Kind: schema.String, Unique: true}, text("name")))
	s, err := schema.MergeWith(schema.SerialIDs, client, to("clientId", schema.String))
	if err != nil {
		t.Fatal(err)
	}
	c := s.Table("token").Column("client")
	if _, ok := c.IDs(); ok || c.References.Target() != "clientId" {
		t.Errorf("a reference to a column holds no ids: %+v", c)
	}
	s, err = schema.MergeWith(schema.SerialIDs, client, to("", schema.String), to("id", schema.String))
	if err != nil {
		t.Fatal(err)
	}
	c = s.Table("token").Column("client")
	if ids, ok := c.IDs(); !ok || ids != schema.SerialIDs || c.References.Target() != "id" || s.Table("client").IDs != schema.SerialIDs {
		t.Errorf("a reference to the id holds ids: %+v", c)
	}
	for want, src := range map[string]schema.Source{
		`refers to the column "nope" of table "client", which nobody declares`: to("nope", schema.String),
		`refers to the column "name" of table "client", which is not unique`:   to("name", schema.String),
		`refers to the column "clientId" of table "client", which is a string`: to("clientId", schema.Number),
	} {
		if _, err := schema.Merge(client, src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := schema.Merge(client, to("clientId", schema.String), to("", schema.String)); err == nil || !strings.Contains(err.Error(), "referring to client.clientId by p") {
		t.Errorf("got %v, want two definitions", err)
	}
	if _, err := schema.MergeWith(9, client); err == nil || !strings.Contains(err.Error(), "no kind of ids") {
		t.Errorf("got %v", err)
	}
}
