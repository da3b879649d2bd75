SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
PLATFORMS   := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# Ports of what make backends starts.
PROMETHEUS_PORT  ?= 29090
PROMETHEUS3_PORT ?= 29093
VICTORIA_PORT    ?= 28428
IMAGE       := touchstone-fakes:dev
LDFLAGS     := -X main.version=$(VERSION)

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/touchstone, bin/reference and the bench's peers
	go build -ldflags '$(LDFLAGS)' -o bin/touchstone ./cmd/touchstone
	go build -o bin/reference ./cmd/reference
	go build -o bin/peer ./bench/peer
	go build -o bin/writehandler ./bench/writehandler

.PHONY: conformance
conformance: ## run the whole suite against the embedded reference, both lanes; report in out/report.json
	@mkdir -p bin out
	go build -ldflags '$(LDFLAGS)' -o bin/touchstone ./cmd/touchstone
	bin/touchstone test --agent reference --json out/report.json

.PHONY: selftest
selftest: build ## prove every scenario against the sabotages it names and against agents that do nothing
	bin/touchstone selftest

.PHONY: agents
agents: ## unpack Debian's prometheus, vmagent and VictoriaMetrics into bin/agents (needs apt-get, installs nothing)
	@mkdir -p bin/agents
	cd bin/agents && apt-get download -q prometheus victoria-metrics && for f in *.deb; do dpkg -x "$$f" . && rm "$$f"; done
	bin/agents/usr/bin/prometheus --version 2>&1 | head -1
	bin/agents/usr/bin/vmagent --version 2>&1 | head -1

.PHONY: peers
peers: bin/peers/built ## build current prometheus, promtool and an OpenTelemetry collector into bin/peers, as peers/go.mod pins them

# Prometheus tells its version only if the linker is told. Its modules are called v0.315.0 for 3.15.0.
bin/peers/built: peers/go.mod peers/go.sum peers/otelcol/main.go
	@mkdir -p bin/peers
	cd peers && prometheus=$$(go list -m -f '{{.Version}}' github.com/prometheus/prometheus | sed -E 's/^v0[.]([0-9])0?([0-9]+)[.]/\1.\2./') && \
		GOBIN='$(CURDIR)/bin/peers' nice go install -ldflags "-s -w -X github.com/prometheus/common/version.Version=$$prometheus" tool ./otelcol
	bin/peers/prometheus --version 2>&1 | head -1
	bin/peers/promtool --version 2>&1 | head -1
	bin/peers/otelcol --version
	@touch $@

.PHONY: conformance-agents
conformance-agents: build ## run the suite against the agents that make agents and make peers got
	bin/touchstone test --agent prometheus=bin/agents/usr/bin/prometheus --agent vmagent=bin/agents/usr/bin/vmagent --json out/agents.json
	bin/touchstone test --agent prometheus=bin/peers/prometheus --agent otelcol=bin/peers/otelcol --json out/peers.json

# Grafana Agent mostly waits, so more cases than usual are played at once; each needs about 100 MB.
JOBS ?= 40
.PHONY: conformance-grafana
conformance-grafana: build ## run the suite against Alloy or Grafana Agent, whose programs ALLOY=PATH and GRAFANA_AGENT=PATH name
	@test -n '$(ALLOY)$(GRAFANA_AGENT)' || { echo 'name a program: make $@ ALLOY=PATH or GRAFANA_AGENT=PATH, or both' >&2; exit 2; }
	@mkdir -p out
	bin/touchstone test --jobs $(JOBS) $(if $(ALLOY),--agent 'alloy=$(ALLOY)') $(if $(GRAFANA_AGENT),--agent 'grafana-agent=$(GRAFANA_AGENT)') --json out/grafana.json

.PHONY: backends
backends: ## push to both Prometheus and to VictoriaMetrics, as make agents and make peers got them, read it back, and play the transcripts
	@data=$$(mktemp -d); pids=; trap 'kill $$pids; wait; rm -rf "$$data"' EXIT; \
	touch $$data/empty.yml; \
	bin/agents/usr/bin/prometheus --config.file=$$data/empty.yml --storage.tsdb.path=$$data/prometheus \
		--web.enable-remote-write-receiver --web.listen-address=127.0.0.1:$(PROMETHEUS_PORT) >$$data/prometheus.log 2>&1 & pids="$$pids $$!"; \
	bin/peers/prometheus --config.file=$$data/empty.yml --storage.tsdb.path=$$data/prometheus3 \
		--web.enable-remote-write-receiver --web.listen-address=127.0.0.1:$(PROMETHEUS3_PORT) >$$data/prometheus3.log 2>&1 & pids="$$pids $$!"; \
	bin/agents/usr/bin/victoria-metrics -storageDataPath=$$data/victoria -httpListenAddr=127.0.0.1:$(VICTORIA_PORT) >$$data/victoria.log 2>&1 & pids="$$pids $$!"; \
	for url in 127.0.0.1:$(PROMETHEUS_PORT)/-/ready 127.0.0.1:$(PROMETHEUS3_PORT)/-/ready 127.0.0.1:$(VICTORIA_PORT)/health; do \
		curl -fsS --retry 50 --retry-delay 1 --retry-all-errors -o /dev/null $$url 2>/dev/null || { echo "nothing answers at $$url:"; tail -5 $$data/*.log; exit 1; }; done; \
	for port in $(PROMETHEUS_PORT) $(PROMETHEUS3_PORT); do \
		TOUCHSTONE_PROMETHEUS_URL=http://127.0.0.1:$$port TOUCHSTONE_VICTORIAMETRICS_URL=http://127.0.0.1:$(VICTORIA_PORT) \
			go test -count=1 -v -run 'TestReal|TestTranscripts' ./reference ./fakes/query; done

.PHONY: bench
bench: build ## compare the reference's sending pipeline with Prometheus' own, side by side
	bin/touchstone bench shards

.PHONY: bench-fakes
bench-fakes: build ## measure how much each fake takes on one core, beside Prometheus' own write handler and a parser of profiles
	bin/touchstone bench fakes

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

.PHONY: image
image: ## build the image of the fakes, FROM scratch (needs a Docker engine)
	@mkdir -p out/image
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w $(LDFLAGS)' -o out/image/touchstone ./cmd/touchstone
	cp fakes/container/Dockerfile out/image/
	docker build -q -t $(IMAGE) out/image

.PHONY: clean
clean: ## remove what was built and reported
	rm -rf bin out
