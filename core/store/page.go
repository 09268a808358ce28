package store

import (
	"context"
	"errors"
)

// PageQuery asks for a page of a list and what else there is to know for showing it.
type PageQuery struct {
	// Query names the rows, as in [Store.FindMany].
	Query
	// Total asks how many rows match in all.
	Total bool
	// Also names a row of the table that is wanted whether or not it is on the page: the first that matches all of these
	// conditions. Without conditions no row is wanted.
	Also []Cond
}

// Page is what a [PageQuery] finds.
type Page struct {
	// Rows are the rows of the page; empty, not nil, if there are none.
	Rows []Record
	// Total is how many rows match on this page and others, or 0 if that was not asked.
	Total int64
	// Also is the row that was wanted besides, or nil.
	Also Record
}

// PageFinder is what a store may offer besides Store: [FindPage] in one statement, and so at one moment.
type PageFinder interface {
	FindPage(ctx context.Context, q PageQuery) (Page, error)
}

// FindPage asks s for a page. A store that is no [PageFinder] is asked up to three times.
func FindPage(ctx context.Context, s Store, q PageQuery) (p Page, err error) {
	if finder, ok := s.(PageFinder); ok {
		return finder.FindPage(ctx, q)
	}
	if p.Rows, err = s.FindMany(ctx, q.Query); err != nil {
		return Page{}, err
	}
	if q.Total {
		if p.Total, err = s.Count(ctx, q.Query); err != nil {
			return Page{}, err
		}
	}
	if len(q.Also) > 0 {
		p.Also, err = s.FindOne(ctx, From(q.Table, q.Also...))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Page{}, err
		}
	}
	return p, nil
}
