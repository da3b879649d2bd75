package adapter

import (
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// laterNames are the components that Grafana Agent renamed in v0.34, when Phlare became Pyroscope.
var laterNames = map[sut.Capability]sut.Capability{
	sut.CanScrapePhlare: sut.CanScrapeProfiles,
	sut.CanWritePhlare:  sut.CanWriteProfiles,
}

const phlareNote = "phlare.scrape and phlare.write are rewritten to pyroscope.scrape and pyroscope.write: the settings in http_client_config " +
	"move up, enable_http_2 and credential become enable_http2 and credentials"

// spellingClauses are about the old spelling itself, of which nothing is left when it has been rewritten.
var spellingClauses = map[string]string{
	"PHW-HTTP2-NAME":      oldSpelling,
	"PHW-HCC-BLOCK":       oldSpelling,
	"PHW-HCC-OPTIONAL":    oldSpelling,
	"PHW-BASIC-TOPLEVEL":  oldSpelling,
	"PHW-NO-BACKOFF-ARGS": oldSpelling,
	"SC-HTTP2-NAME":       oldSpelling,
	"SC-HCC-BLOCK":        oldSpelling,
	"SC-HCC-OPTIONAL":     oldSpelling,
}

const oldSpelling = "it is about the spelling of phlare.*, which is rewritten to pyroscope.* for this agent"

// renamePhlare makes components of Phlare those of Pyroscope that took their place, and tells whether there were any.
func renamePhlare(file *river.File) bool {
	found := false
	for _, b := range file.Body.Blocks("phlare.scrape", "phlare.write") {
		found = true
		b.Name.Text = strings.Replace(b.Name.Text, "phlare", "pyroscope", 1)
		flatten(&b.Body)
		for _, endpoint := range b.Body.Blocks("endpoint") {
			flatten(&endpoint.Body)
		}
		respell(&b.Body)
	}
	if found {
		renameReferences(file)
	}
	return found
}

// flatten puts what is in http_client_config into its place.
func flatten(body *river.Body) {
	for _, inner := range body.Blocks("http_client_config") {
		at := slices.Index(body.Statements, river.Statement(inner))
		body.Statements = slices.Replace(body.Statements, at, at+1, inner.Body.Statements...)
	}
}

// spellings are those of the pages of Phlare that no program knows.
var spellings = map[string]string{"enable_http_2": "enable_http2", "credential": "credentials"}

func respell(body *river.Body) {
	body.Walk(func(_ []*river.Block, s river.Statement) bool {
		if a, ok := s.(*river.Attribute); ok && spellings[a.Name.Text] != "" {
			a.Name.Text = spellings[a.Name.Text]
		}
		return true
	})
}

// renameReferences turns phlare.write.x.receiver into pyroscope.write.x.receiver.
func renameReferences(file *river.File) {
	file.Body.Walk(func(_ []*river.Block, s river.Statement) bool {
		if a, ok := s.(*river.Attribute); ok {
			river.WalkExpr(a.Value, func(e river.Expr) bool {
				if id, ok := e.(*river.Identifier); ok && id.Text == "phlare" {
					id.Text = "pyroscope"
				}
				return true
			})
		}
		return true
	})
}
