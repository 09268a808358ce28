// Package model holds the rows that every installation has: [User], [Session], [Account] and [Verification].
//
// User and Session are open: plugins and the app add columns to them, which travel in Extra and are read through a
// typed key:
//
//	var Plan = model.Field[string]{Name: "plan"}
//
//	plan, ok := Plan.Get(user.Extra)
package model
