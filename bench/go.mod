module github.com/cardea-auth/cardea/bench

go 1.26.0

require github.com/cardea-auth/cardea v0.0.0
require github.com/cardea-auth/cardea/adapters/stdlib v0.0.0
require github.com/cardea-auth/cardea/adapters/echo v0.0.0
require github.com/cardea-auth/cardea/adapters/gin v0.0.0
require github.com/cardea-auth/cardea/adapters/fiber v0.0.0
require github.com/cardea-auth/cardea/stores/memory v0.0.0
require github.com/cardea-auth/cardea/stores/bun v0.0.0

replace github.com/cardea-auth/cardea => ..
replace github.com/cardea-auth/cardea/adapters/stdlib => ../adapters/stdlib
replace github.com/cardea-auth/cardea/adapters/echo => ../adapters/echo
replace github.com/cardea-auth/cardea/adapters/gin => ../adapters/gin
replace github.com/cardea-auth/cardea/adapters/fiber => ../adapters/fiber
replace github.com/cardea-auth/cardea/stores/memory => ../stores/memory
replace github.com/cardea-auth/cardea/stores/bun => ../stores/bun
