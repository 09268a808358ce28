module github.com/cardea-auth/cardea/stores/memory

go 1.26.0

require github.com/cardea-auth/cardea v0.0.0

replace github.com/cardea-auth/cardea => ../..
