module github.com/cardea-auth/cardea/adapters/stdlib

go 1.26.0

require github.com/cardea-auth/cardea v0.0.0

require (
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/cardea-auth/cardea => ../..
