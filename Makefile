# `make test` needs Go and nothing else. It uses PostgreSQL, MariaDB, Redis and Node where it finds them and says what it
# did not find; with CI=true it insists on all of them.

MODULES := $(shell sed -n 's/^\t\.\/\(.*\)/\1/p; s/^\t\.$$/./p' go.work)
PACKAGES := ./... $(foreach m,$(filter-out .,$(MODULES)),./$(m)/...)
# The race detector needs a C compiler.
RACE := $(shell CC=$${CC:-cc}; command -v $$CC >/dev/null 2>&1 && [ "$$(go env CGO_ENABLED)" = 1 ] && echo -race)
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: test check fmt vet lint alone tidy matrix fuzz bench services

test: services
	go test $(RACE) $(PACKAGES)

services:
	@[ -n "$(RACE)" ] || echo "no C compiler: testing without -race"
	@go run ./internal/services

check: fmt vet lint test alone tidy

fmt:
	@files=$$(git ls-files '*.go' | xargs gofmt -l); [ -z "$$files" ] || { echo "not gofmt'ed:"; echo "$$files"; exit 1; }

vet:
	go vet $(PACKAGES)

lint:
	@for m in $(MODULES); do echo "lint $$m"; (cd $$m && go run $(GOLANGCI) run ./...) || exit 1; done

# Each module as its users get it: without the workspace.
alone:
	@for m in $(MODULES); do echo "build $$m alone"; (cd $$m && GOWORK=off go vet ./...) || exit 1; done

tidy:
	@for m in $(MODULES); do (cd $$m && GOWORK=off go mod tidy -diff) || exit 1; done

# Every adapter with every store.
matrix:
	CARDEA_MATRIX=full go test $(RACE) -count=1 ./conformance/testbed/... ./conformance/js/...

# Each fuzz target for a little while.
fuzz:
	@go run ./internal/fuzzall -time $(or $(FUZZTIME),10s) $(PACKAGES)

bench:
	cd bench && go run .
