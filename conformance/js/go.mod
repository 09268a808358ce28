module github.com/cardea-auth/cardea/conformance/js

go 1.26.0

ignore ./node_modules
