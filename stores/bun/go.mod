module github.com/cardea-auth/cardea/stores/bun

go 1.26

require github.com/cardea-auth/cardea v0.0.0

replace github.com/cardea-auth/cardea => ../..
