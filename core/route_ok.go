package core

import "context"

// OKOutput is the answer of GET /ok.
type OKOutput struct {
	OK bool `json:"ok"`
}

// OK is GET /ok: it says that the server is up, without asking the database.
var OK = Define(Spec{ID: "ok", Method: "GET", Path: "/ok", Access: Public, Summary: "Check that the server is up."},
	func(context.Context, *Exchange, None) (OKOutput, error) { return OKOutput{OK: true}, nil })
