SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
PLATFORMS   := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS     := -X main.version=$(VERSION)

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/touchstone, bin/reference and the bench's peer
	go build -ldflags '$(LDFLAGS)' -o bin/touchstone ./cmd/touchstone
	go build -ldflags '$(LDFLAGS)' -o bin/reference ./cmd/reference
	go build -o bin/peer ./bench/peer

.PHONY: conformance
conformance: ## run the whole suite against the embedded reference, both lanes; report in out/report.json
	@mkdir -p bin out
	go build -ldflags '$(LDFLAGS)' -o bin/touchstone ./cmd/touchstone
	bin/touchstone test --agent reference --json out/report.json

.PHONY: selftest
selftest: build ## prove every scenario against the sabotages it names and against agents that do nothing
	bin/touchstone selftest

.PHONY: agents
agents: ## unpack Debian's prometheus and vmagent into bin/agents (needs apt-get, installs nothing)
	@mkdir -p bin/agents
	cd bin/agents && apt-get download -q prometheus victoria-metrics && for f in *.deb; do dpkg -x "$$f" . && rm "$$f"; done
	bin/agents/usr/bin/prometheus --version 2>&1 | head -1
	bin/agents/usr/bin/vmagent --version 2>&1 | head -1

.PHONY: conformance-agents
conformance-agents: build ## run the suite against the agents that make agents unpacked
	bin/touchstone test --agent prometheus=bin/agents/usr/bin/prometheus --agent vmagent=bin/agents/usr/bin/vmagent --json out/agents.json

.PHONY: bench
bench: build ## compare the reference's sending pipeline with Prometheus' own, side by side
	bin/touchstone bench shards

.PHONY: test
test: ## run all tests with the race detector
	go test -race ./...

.PHONY: lint
lint: ## vet, staticcheck, formatting, tidiness of go.mod, and the scenarios
	go vet ./...
	go run $(STATICCHECK) ./...
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt clean:"; echo "$$unformatted"; exit 1; fi
	go mod tidy -diff
	go run ./cmd/touchstone scenario lint

.PHONY: cross
cross: ## build everything for linux and darwin, amd64 and arm64
	@for p in $(PLATFORMS); do echo "build $$p"; GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0 go build -o /dev/null ./... ; done

.PHONY: deps
deps: ## list the modules that cmd/reference links, each with the reason
	@go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}' ./cmd/reference | sort -u | \
		awk 'NR==FNR {if ($$0 !~ /^#/ && NF) {m=$$1; $$1=""; why[m]=$$0}; next} {printf "%-45s %-38s%s\n", $$1, $$2, ($$1 in why) ? why[$$1] : " NO REASON GIVEN in docs/dependencies.txt"}' docs/dependencies.txt -

.PHONY: clean
clean: ## remove what was built and reported
	rm -rf bin out
