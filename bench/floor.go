package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/password"
)

// floor is the least that a Go server must do to answer /get-session over the same tables: net/http, one prepared query,
// encoding/json. It has no framework around it and serves as the mark. Sign-up goes to the real thing, so that there is
// somebody to ask for.
type floor struct {
	cell cell
	find *sql.Stmt
	auth *core.Auth
	hash password.Hasher
}

const findQuery = `SELECT s."expiresAt", s."token", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId", s."id",
 u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt", u."id"
 FROM "session" s JOIN "user" u ON u."id" = s."userId" WHERE s."token" = $1 LIMIT 1`

func newFloor(c cell, db *sql.DB, auth *core.Auth) (*floor, error) {
	f := &floor{cell: c, auth: auth, hash: new(password.Scrypt)}
	if db == nil {
		return f, nil
	}
	var err error
	f.find, err = db.PrepareContext(context.Background(), findQuery)
	return f, err
}

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/mallocs":
		mallocs(w, r)
	case "/hash":
		if _, err := f.hash.Hash(r.Context(), "password-1234"); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		write(w, []byte(`{}`))
	case "/api/auth/get-session":
		if f.cell.cached {
			f.getCached(w, r)
			return
		}
		f.getSession(w, r)
	default:
		f.auth.ServeHTTP(w, r)
	}
}

// stamp is a time in the form of JavaScript's toISOString.
type stamp struct{ time.Time }

func (s stamp) MarshalJSON() ([]byte, error) {
	return s.UTC().AppendFormat(nil, `"2006-01-02T15:04:05.000Z"`), nil
}

type floorSession struct {
	ExpiresAt stamp   `json:"expiresAt"`
	Token     string  `json:"token"`
	CreatedAt stamp   `json:"createdAt"`
	UpdatedAt stamp   `json:"updatedAt"`
	IPAddress *string `json:"ipAddress"`
	UserAgent *string `json:"userAgent"`
	UserID    string  `json:"userId"`
	ID        string  `json:"id"`
}

type floorUser struct {
	Name          string  `json:"name"`
	Email         string  `json:"email"`
	EmailVerified bool    `json:"emailVerified"`
	Image         *string `json:"image"`
	CreatedAt     stamp   `json:"createdAt"`
	UpdatedAt     stamp   `json:"updatedAt"`
	ID            string  `json:"id"`
}

type floorPair struct {
	Session floorSession `json:"session"`
	User    floorUser    `json:"user"`
}

func (f *floor) getSession(w http.ResponseWriter, r *http.Request) {
	token, ok := verify(cookieValue(r.Header.Get("Cookie"), "better-auth.session_token"))
	if !ok || f.find == nil {
		write(w, []byte("null"))
		return
	}
	var p floorPair
	s, u := &p.Session, &p.User
	err := f.find.QueryRowContext(r.Context(), token).Scan(&s.ExpiresAt.Time, &s.Token, &s.CreatedAt.Time, &s.UpdatedAt.Time,
		&s.IPAddress, &s.UserAgent, &s.UserID, &s.ID, &u.Name, &u.Email, &u.EmailVerified, &u.Image, &u.CreatedAt.Time, &u.UpdatedAt.Time, &u.ID)
	if err != nil || !s.ExpiresAt.After(time.Now()) {
		write(w, []byte("null"))
		return
	}
	body, err := json.Marshal(&p)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	write(w, body)
}

func write(w http.ResponseWriter, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Cache-Control"] = []string{"no-store"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	_, _ = w.Write(body)
}

func cookieValue(header, name string) string {
	for part := range strings.SplitSeq(header, ";") {
		if k, v, ok := strings.Cut(strings.TrimLeft(part, " "), "="); ok && k == name {
			return v
		}
	}
	return ""
}

func verify(raw string) (string, bool) {
	raw, err := url.PathUnescape(raw)
	i := strings.LastIndexByte(raw, '.')
	if err != nil || i < 1 {
		return "", false
	}
	got, err := base64.StdEncoding.DecodeString(raw[i+1:])
	if err != nil {
		return "", false
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(raw[:i]))
	return raw[:i], subtle.ConstantTimeCompare(got, m.Sum(nil)) == 1
}

// withDatabase returns a PostgreSQL URL that names another database.
func withDatabase(dsn, name string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
