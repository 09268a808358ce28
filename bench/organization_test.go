package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/plugin/organization"
)

// BenchmarkOrganization is what is asked most of an organization of 10,000 members, in an SQLite file.
func BenchmarkOrganization(b *testing.B) {
	auth := onSQLite(b, []core.Plugin{organization.New(organization.Options{Teams: organization.TeamOptions{Enabled: true}})})
	cookie := signUp(b, auth)
	ann, err := auth.FindUserByEmail(b.Context(), "ann@example.com")
	if err != nil {
		b.Fatal(err)
	}
	fill(b, auth, ann.ID, 10_000)
	for name, path := range map[string]string{
		"page":             "/organization/list-members?organizationSlug=acme&limit=100",
		"last page":        "/organization/list-members?organizationSlug=acme&limit=100&offset=9900",
		"sorted":           "/organization/list-members?organizationSlug=acme&limit=100&sortBy=createdAt&sortDirection=desc",
		"sorted by role":   "/organization/list-members?organizationSlug=acme&limit=100&sortBy=role",
		"full":             "/organization/get-full-organization?organizationSlug=acme",
		"get-session":      "/get-session",
		"has a permission": "/organization/get-active-member-role?organizationSlug=acme",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req := httptest.NewRequest("GET", "/api/auth"+path, nil)
				req.Header.Set("Cookie", cookie)
				w := httptest.NewRecorder()
				auth.ServeHTTP(w, req)
				if w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

// fill makes an organization with so many members.
func fill(b *testing.B, auth *core.Auth, owner string, n int) {
	b.Helper()
	s, tables := auth.Store(), auth.Schema()
	now := auth.Now()
	err := s.InTx(b.Context(), func(ctx context.Context) error {
		org, err := s.Create(ctx, tables.Table(organization.OrganizationTable), store.Record{"name": "Acme", "slug": "acme", "createdAt": now})
		if err != nil {
			return err
		}
		for i := range n {
			id, role := owner, "owner"
			if i > 0 {
				u, err := auth.CreateUser(ctx, model.User{Name: fmt.Sprintf("P%d", i), Email: fmt.Sprintf("p%d@example.com", i)})
				if err != nil {
					return err
				}
				id, role = u.ID, "member"
			}
			_, err := s.Create(ctx, tables.Table(organization.MemberTable), store.Record{
				"organizationId": org["id"], "userId": id, "role": role, "createdAt": now.Add(time.Duration(i) * time.Second),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func signUp(b *testing.B, auth *core.Auth) (cookie string) {
	b.Helper()
	req := httptest.NewRequest("POST", "/api/auth/sign-up/email", strings.NewReader(`{"name":"Ann","email":"ann@example.com","password":"correct horse"}`))
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	auth.ServeHTTP(w, req)
	cookie, _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	if w.Code != 200 || cookie == "" {
		b.Fatal(w.Code, w.Body)
	}
	return cookie
}
