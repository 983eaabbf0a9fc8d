GO       ?= go
GOLANGCI ?= $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: build ## a working instance on this machine; everything it keeps is in ./data
	./folkmoot serve

.PHONY: build
build: ## one static binary, ./folkmoot
	@command -v $(GO) >/dev/null || { echo "Go is missing: install it from https://go.dev/dl (1.26 or newer)"; exit 1; }
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o folkmoot ./cmd/folkmoot

.PHONY: test
test: deps ## every test: race detector, SQLite and PostgreSQL, a third-party peer, a real browser
	$(GO) vet ./...
	$(GO) run ./internal/testkit/pg $(GO) test -race -shuffle=on -timeout 25m ./...

.PHONY: deps
deps: ## install what the tests need beside Go, or say what is missing
	@.ci/deps

.PHONY: quick
quick: ## the tests that need nothing but Go
	$(GO) test -shuffle=on $$($(GO) list ./... | grep -v internal/e2e)

.PHONY: check
check: fmt vet lint test ## all that a change must pass, in the order of speed

.PHONY: fmt
fmt: ## fail if a file is not formatted
	@test -z "$$(gofmt -l . | tee /dev/stderr)"

.PHONY: vet
vet: ## go vet
	$(GO) vet ./...

.PHONY: lint
lint: ## golangci-lint
	$(GOLANGCI) run

.PHONY: golden
golden: ## rewrite the golden files; look at the diff
	FOLKMOOT_DEV_UPDATE=1 $(GO) test ./internal/fediverse ./federation/...

.PHONY: fuzz
fuzz: ## ten seconds for every fuzz target
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 10s $$pkg || exit 1; done; done

.PHONY: bench
bench: ## benchmarks; compare figures of one run only
	$(GO) run ./internal/testkit/pg $(GO) test -run '^$$' -bench . -benchmem ./federation/... ./internal/...
