package wire_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/wire"
)

type benchSession struct {
	ExpiresAt time.Time `json:"expiresAt"`
	Token     string    `json:"token"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	IPAddress *string   `json:"ipAddress"`
	UserAgent *string   `json:"userAgent"`
	UserID    string    `json:"userId"`
	ID        string    `json:"id"`
}

type benchUser struct {
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	EmailVerified bool      `json:"emailVerified"`
	Image         *string   `json:"image"`
	CreatedAt     time.Time `json:"createdAt"`
	UpdatedAt     time.Time `json:"updatedAt"`
	ID            string    `json:"id"`
}

type benchOutput struct {
	Session *benchSession `json:"session"`
	User    *benchUser    `json:"user"`
}

// ownUser writes itself, as the models do.
type ownUser struct{ benchUser }

func (u *ownUser) AppendJSON(dst []byte) ([]byte, error) {
	dst = append(dst, `{"name":`...)
	dst = wire.AppendString(dst, u.Name)
	dst = append(dst, `,"email":`...)
	dst = wire.AppendString(dst, u.Email)
	dst = append(dst, `,"emailVerified":false,"image":null,"createdAt":`...)
	dst = wire.AppendTime(dst, u.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = wire.AppendTime(dst, u.UpdatedAt)
	dst = append(dst, `,"id":`...)
	dst = wire.AppendString(dst, u.ID)
	return append(dst, '}'), nil
}

type ownOutput struct {
	User *ownUser `json:"user"`
	Also ownUser  `json:"also"`
}

func benchValue() *benchOutput {
	at := time.Date(2024, 5, 6, 7, 8, 9, 123_000_000, time.UTC)
	ip, agent := "203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
	return &benchOutput{
		Session: &benchSession{at, "vT3pR8sYkq1ZwXh5Nn0bUe7cJm2Lf9Ga", at, at, &ip, &agent, "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE", "xY2zA4bC6dE8fG0hJ2kL4mN6pQ8rS0tU"},
		User:    &benchUser{"Ada Lovelace", "ada.lovelace@example.com", true, nil, at, at, "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE"},
	}
}

func benchAppend(b *testing.B, v any) {
	dst, err := wire.Append(nil, v)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(dst)))
	for b.Loop() {
		dst, _ = wire.Append(dst[:0], v)
	}
}

func BenchmarkAppendStruct(b *testing.B) { benchAppend(b, benchValue()) }

func BenchmarkAppendAppender(b *testing.B) {
	u := ownUser{*benchValue().User}
	benchAppend(b, &ownOutput{&u, u})
}

func BenchmarkAppendString(b *testing.B) { benchAppend(b, benchValue().Session.UserAgent) }

func BenchmarkAppendTime(b *testing.B) {
	at := benchValue().Session.CreatedAt
	dst := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		dst = wire.AppendTime(dst[:0], at)
	}
}

type benchSignIn struct {
	Email       string  `json:"email"`
	Password    string  `json:"password"`
	CallbackURL *string `json:"callbackURL"`
	RememberMe  bool    `json:"rememberMe" default:"true"`
}

func BenchmarkParseBind(b *testing.B) {
	plan := compile(b, benchSignIn{})
	data := []byte(`{"email":"ada.lovelace@example.com","password":"correct horse battery staple"}`)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		v, err := wire.Parse(data, wire.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		var in benchSignIn
		problems := plan.Bind(&in, wire.Source{Body: v, HasBody: true})
		if issues := plan.Check(&in, problems); len(issues) > 0 {
			b.Fatal(issues.Message())
		}
	}
}

func BenchmarkCheckTyped(b *testing.B) {
	plan := compile(b, struct {
		Email    string `json:"email" check:"email"`
		Password string `json:"password" check:"min=1"`
	}{})
	in := &struct {
		Email    string `json:"email" check:"email"`
		Password string `json:"password" check:"min=1"`
	}{"ada.lovelace@example.com", "correct horse battery staple"}
	b.ReportAllocs()
	for b.Loop() {
		if issues := plan.CheckTyped(in); len(issues) > 0 {
			b.Fatal(issues.Message())
		}
	}
}

// TestNoAllocations holds what the benchmarks promise.
func TestNoAllocations(t *testing.T) {
	u := ownUser{*benchValue().User}
	for name, v := range map[string]any{"struct": benchValue(), "appender": &ownOutput{&u, u}} {
		dst := make([]byte, 0, 4096)
		if got := testing.AllocsPerRun(100, func() { dst, _ = wire.Append(dst[:0], v) }); got != 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}
