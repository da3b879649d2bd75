// Package query is where the fakes are asked what they hold: package metrics below it answers PromQL over what a fake Mimir accepted, package
// profiles answers Pyroscope's query API. Here are only the tests of both with clients and programs of others, and transcripts that
// compare the fakes with real servers: see testdata/transcripts.
package query
