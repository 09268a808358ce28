package bunstore

import (
	"context"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/schema"
)

// settleDates decides how the date columns of a SQLite table keep their values, since SQLite has no type for them:
// better-auth and Drizzle's text mode write text, Drizzle's integer modes seconds or milliseconds, Prisma milliseconds
// into columns declared DATETIME. What stands in the table decides, else the default of the column, else what is known
// of the table's other dates, else the habits of those who declare columns that way. In that last case certain is
// false as long as the table is empty: the first row may tell otherwise.
func settleDates(ctx context.Context, q querier, m *mapping, live *liveTable) (certain bool, err error) {
	var dates []*dateColumn
	for i := range m.columns {
		if c := &m.columns[i]; c.Kind == schema.Date {
			dates = append(dates, &dateColumn{column: c, live: live.column(c.SQLName)})
		}
	}
	if len(dates) == 0 {
		return true, nil
	}
	if err := sampleDates(ctx, q, m.ident, dates); err != nil {
		return false, err
	}
	prisma, err := hasPrisma(ctx, q)
	if err != nil {
		return false, err
	}
	certain = true
	for _, d := range dates {
		if d.seen == 0 {
			d.seen = d.byDefault()
		}
	}
	for _, d := range dates {
		switch {
		case d.seen != 0:
			d.form = d.seen
		case d.bySibling(dates) != 0:
			d.form = d.bySibling(dates)
		default:
			var sure bool
			d.form, sure = d.byHabit(prisma)
			certain = certain && sure
		}
	}
	return certain, nil
}

type dateColumn struct {
	*column
	live *liveColumn
	seen form // as which a value of the column, or its default, shows it
}

// sampleDates looks at some rows.
func sampleDates(ctx context.Context, q querier, table string, dates []*dateColumn) error {
	exprs := make([]string, len(dates))
	values := make([]any, len(dates))
	into := make([]any, len(dates))
	for i, d := range dates {
		exprs[i] = "+" + sqliteEngine{}.quote(d.SQLName)
		into[i] = &values[i]
	}
	return each(ctx, q, "SELECT "+strings.Join(exprs, ", ")+" FROM "+table+" LIMIT 100", nil, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		for i, d := range dates {
			// One text that is not toISOString's is enough to need comparison through SQLite's date functions.
			if f := formOfDate(values[i]); d.seen == 0 || f == asSQLText {
				d.seen = f
			}
		}
		return nil
	})
}

// The smallest numbers that are read as seconds and as milliseconds since the epoch: both are in March 1973. Smaller
// ones tell nothing.
const (
	leastSeconds = 100_000_000
	leastMillis  = 100_000_000_000
)

func formOfDate(v any) form {
	switch v := v.(type) {
	case int64:
		switch {
		case v >= leastMillis:
			return asMillis
		case v >= leastSeconds:
			return asSeconds
		}
	case []byte:
		return formOfDate(string(v))
	case string:
		if _, err := time.Parse(layoutISO, v); err == nil {
			return asISO
		}
		return asSQLText
	}
	return 0
}

func (d *dateColumn) byDefault() form {
	expr := strings.ReplaceAll(d.live.expr, " ", "")
	switch {
	case expr == "":
		return 0
	case affinity(d.live.typ) == "text":
		return asSQLText
	case strings.Contains(expr, "*1000"), strings.Contains(expr, "*86400000"):
		return asMillis
	case strings.Contains(expr, "unixepoch"), strings.Contains(expr, "'%s'"):
		return asSeconds
	}
	return 0 // CURRENT_TIMESTAMP is what Prisma declares too, and then it writes numbers
}

// bySibling returns the form of another date that is declared alike.
func (d *dateColumn) bySibling(dates []*dateColumn) form {
	for _, o := range dates {
		if o.seen != 0 && affinity(o.live.typ) == affinity(d.live.typ) {
			return o.seen
		}
	}
	return 0
}

// byHabit guesses, and reports whether that is more than a guess.
func (d *dateColumn) byHabit(prisma bool) (f form, sure bool) {
	switch {
	case affinity(d.live.typ) == "integer":
		return asMillis, false
	case prisma && d.live.typ == "datetime":
		return asMillis, false
	default:
		// better-auth declares date and writes nothing but ISO text.
		return asISO, d.live.typ == "date" || affinity(d.live.typ) == "text"
	}
}

func hasPrisma(ctx context.Context, q querier) (found bool, err error) {
	err = each(ctx, q, "SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'", nil, func(func(...any) error) error {
		found = true
		return nil
	})
	return found, err
}
