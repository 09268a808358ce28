package storetest

import (
	"sync"

	"github.com/cardea-auth/cardea/core/schema"
)

// sample returns the schema that most cases use. It is the same value every time, so that Options.Open can recognise it.
var sample = sync.OnceValue(func() *schema.Schema { return mustMerge(sampleTables()) })

func mustMerge(tables []schema.Extension) *schema.Schema {
	s, err := schema.Merge(schema.Source{Owner: "storetest", Extensions: tables})
	if err != nil {
		panic(err) // the schemas of this package are constants
	}
	return s
}

func sampleTables() []schema.Extension {
	return []schema.Extension{
		{Table: "owner", Columns: []schema.Column{
			{Name: "email", Kind: schema.String, Required: true, Unique: true},
			{Name: "name", Kind: schema.String},
		}},
		// A column of every kind, all of them nullable.
		{Table: "item", Columns: []schema.Column{
			{Name: "label", Kind: schema.String, Sortable: true},
			{Name: "note", Kind: schema.String},
			{Name: "code", Kind: schema.String, Unique: true},
			{Name: "flag", Kind: schema.Boolean},
			{Name: "count", Kind: schema.Number},
			{Name: "big", Kind: schema.Number, BigInt: true},
			{Name: "at", Kind: schema.Date},
			{Name: "data", Kind: schema.JSON},
			{Name: "tags", Kind: schema.StringArray},
			{Name: "scores", Kind: schema.NumberArray},
			{Name: "ownerId", Kind: schema.String, Index: true, References: &schema.Reference{Table: "owner"}},
		}},
		{Table: "strict", Columns: []schema.Column{
			{Name: "name", Kind: schema.String, Required: true},
			{Name: "size", Kind: schema.Number, Required: true},
		}},
		{Table: "ticket", Columns: []schema.Column{
			{Name: "identifier", Kind: schema.String, Required: true, Index: true},
			{Name: "value", Kind: schema.String, Required: true},
			{Name: "attempts", Kind: schema.Number},
			{Name: "createdAt", Kind: schema.Date, Required: true},
		}},
		{Table: "pair", Columns: []schema.Column{
			{Name: "left", Kind: schema.String, Required: true, Sortable: true},
			{Name: "right", Kind: schema.String, Sortable: true},
			{Name: "note", Kind: schema.String},
		}, Indexes: []schema.Index{{Columns: []string{"left", "right"}, Unique: true}}},
		{Table: "loose", Columns: []schema.Column{
			{Name: "ownerId", Kind: schema.String, References: &schema.Reference{Table: "owner", OnDelete: schema.SetNull}},
		}},
		{Table: "held", Columns: []schema.Column{
			{Name: "ownerId", Kind: schema.String, References: &schema.Reference{Table: "owner", OnDelete: schema.Restrict}},
		}},
		{Table: "node", Columns: []schema.Column{
			{Name: "parentId", Kind: schema.String, References: &schema.Reference{Table: "node"}},
		}},
		// Foreign keys to what is unique besides the id.
		{Table: "client", Columns: []schema.Column{
			{Name: "clientId", SQLName: "client_id", Kind: schema.String, Required: true, Unique: true},
			{Name: "number", Kind: schema.Number, Unique: true},
		}},
		{Table: "grant", Columns: []schema.Column{
			{Name: "client", Kind: schema.String, Index: true, References: &schema.Reference{Table: "client", Column: "clientId"}},
			{Name: "loose", Kind: schema.String, References: &schema.Reference{Table: "client", Column: "clientId", OnDelete: schema.SetNull}},
			{Name: "number", Kind: schema.Number, References: &schema.Reference{Table: "client", Column: "number", OnDelete: schema.Restrict}},
		}},
		// Words that SQL has for itself.
		{Table: "order", Columns: []schema.Column{
			{Name: "select", Kind: schema.String, Unique: true},
			{Name: "group", Kind: schema.String, Sortable: true},
			{Name: "where", Kind: schema.Number},
			{Name: "from", Kind: schema.String, References: &schema.Reference{Table: "table"}},
		}, Indexes: []schema.Index{{Columns: []string{"group", "select"}}}},
		{Table: "table", Columns: []schema.Column{
			{Name: "primary", Kind: schema.Boolean},
		}},
		// Names in the database that are not the logical ones, with what drivers read as placeholders.
		{Table: "renamed", SQLName: "re-named ?0 things", Columns: []schema.Column{
			{Name: "title", SQLName: "the title", Kind: schema.String, Unique: true},
			{Name: "hits", SQLName: "% of $1", Kind: schema.Number},
			{Name: "seenAt", SQLName: "seen_at", Kind: schema.Date},
			{Name: "ownerId", SQLName: "owner?", Kind: schema.String, References: &schema.Reference{Table: "renamedOwner"}},
		}},
		{Table: "renamedOwner", SQLName: "app_users", Columns: []schema.Column{
			{Name: "emailVerified", SQLName: "email_verified", Kind: schema.Boolean},
		}},
	}
}
