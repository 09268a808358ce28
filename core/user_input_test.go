package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/schema"
)

var appColumns = schema.Extension{Table: "user", Columns: []schema.Column{
	{Name: "plan", Kind: schema.String, Returned: true, Input: true, Default: schema.Value("free")},
	{Name: "role2", Kind: schema.String, Returned: true},
	{Name: "age", Kind: schema.Number, Required: true, Returned: true, Input: true},
	{Name: "hidden", Kind: schema.String, Input: true},
	{Name: "level", Kind: schema.Number, Returned: true, Default: func(time.Time) any { return int64(1) }},
	{Name: "since", Kind: schema.Date, Returned: true, Input: true},
	{Name: "tags", Kind: schema.StringArray, Returned: true, Input: true},
	{Name: "prefs", Kind: schema.JSON, Returned: true, Input: true},
}}

func TestColumnsOfTheAppAtSignUp(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]struct {
		status int
		body   string
	}{
		`"x":1`:                                      {400, `{"message":"age is required","code":"MISSING_FIELD"}`},
		`"age":3,"role2":"admin"`:                    {400, `{"message":"role2 is not allowed to be set","code":"FIELD_NOT_ALLOWED"}`},
		`"age":3,"role2":""`:                         {200, `"role2":null`},
		`"age":3,"emailVerified":true,"id":"x"`:      {200, `"emailVerified":false`},
		`"age":3,"hidden":"h"`:                       {200, `"plan":"free","role2":null,"age":3,"level":1,"since":null,"tags":null,"prefs":null,"id":"`},
		`"age":3,"plan":"pro","level":9`:             {200, `"plan":"pro","role2":null,"age":3,"level":1`},
		`"age":"3"`:                                  {200, `"age":3,`},
		`"age":"three"`:                              {400, `[body.age] Invalid input: expected number`},
		`"age":3.5`:                                  {400, `[body.age]`},
		`"age":3,"plan":{"a":1}`:                     {400, `[body.plan]`},
		`"age":3,"since":"2026-01-02T03:04:05Z"`:     {200, `"since":"2026-01-02T03:04:05.000Z"`},
		`"age":3,"since":"yesterday"`:                {400, `[body.since]`},
		`"age":3,"tags":["a","b"]`:                   {200, `"tags":["a","b"]`},
		`"age":3,"tags":[1]`:                         {400, `[body.tags]`},
		`"age":3,"prefs":{"dark":true,"l":[1,null]}`: {200, `"prefs":{"dark":true,"l":[1,null]}`},
	} {
		t.Run(rest, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(c *core.Config) { c.Schema = []schema.Extension{appColumns} })
			a := r.do("POST", "/api/auth/sign-up/email", `{"name":"A","email":"a@example.com","password":"password-1",`+rest+`}`)
			wantStatus(t, a, want.status, want.body)
			if strings.Contains(a.body, "hidden") {
				t.Errorf("a hidden column is shown: %s", a.body)
			}
		})
	}
}
