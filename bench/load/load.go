// Package load makes the series and values that a benchmark feeds to both sides: [Shape] says how many, [Shape.Labels]
// and [Shape.Fill] give labels and values as pure functions, so that a receiver can check every sample it gets.
//
// It sends nothing and keeps nothing.
package load

import (
	"fmt"
	"math"
)

// Label is one name and value of a series.
type Label struct{ Name, Value string }

// Shape is how much data there is: Targets times PerTarget series, one sample of each a round.
type Shape struct {
	Targets   int   `json:"targets"`
	PerTarget int   `json:"perTarget"`
	Start     int64 `json:"start"` // time of round 0 in milliseconds
	// Replaced is how many series of each target end with each round, to be replaced by new ones in their places.
	Replaced int `json:"replaced,omitempty"`
}

// Step is the time between two rounds in milliseconds.
const Step = 1000

// Series is the number of series.
func (s Shape) Series() int { return s.Targets * s.PerTarget }

// Time is the time of a round in milliseconds.
func (s Shape) Time(round int) int64 { return s.Start + int64(round)*Step }

// Generation is how often the series at the i-th place was replaced up to a round. Those that end together are scattered.
func (s Shape) Generation(i, round int) int {
	const scatter = 973 // has no divisor in common with a power of ten
	return (round*s.Replaced + s.PerTarget - 1 - i*scatter%s.PerTarget) / s.PerTarget
}

// Renewed is the last of the labels, which tells apart the series that follow one another in one place.
func (s Shape) Renewed(target, generation int) Label {
	return Label{"pod", fmt.Sprintf("storefront-api-6f7d9c5b4-%05d", target+1000*generation)}
}

// Labels returns the ten labels of the series at the i-th place of a target in its first generation, sorted by name. Encoded as
// remote write 1.0 with one sample they make 314 bytes, like a series of a production cluster.
func (s Shape) Labels(target, i int) []Label {
	return []Label{
		{"__name__", fmt.Sprintf("http_server_request_duration_seconds_%03d", i/20)},
		{"cluster", "production-eu-west-1a"},
		{"code", [...]string{"200", "204", "400", "404", "500"}[i%5]},
		{"container", "storefront-api"},
		{"environment", "production"},
		{"instance", fmt.Sprintf("10.%d.%d.17:8080", target/250, target%250)},
		{"job", "kubernetes-pods"},
		{"method", [...]string{"GET", "PUT", "POST", "HEAD"}[i/5%4]},
		{"namespace", "storefront-production"},
		s.Renewed(target, 0),
	}
}

// Fill writes the values of one target's round: six of ten series are counters that grow by whole numbers, the others
// gauges that jump about. Every value differs from the round before.
func (s Shape) Fill(values []float64, target, round int) {
	for i := range values {
		values[i] = Value(target, i, round)
	}
}

// Value is the value of the i-th series of a target in a round.
func Value(target, i, round int) float64 {
	seed := uint64(target)<<32 | uint64(i)
	if i%10 < 6 {
		return float64(uint64(i)*1000 + uint64(round)*uint64(1+i%7))
	}
	x := seed*0x9e3779b97f4a7c15 + uint64(round)*0xbf58476d1ce4e5b9
	x ^= x >> 31
	x *= 0x94d049bb133111eb
	return math.Float64frombits(x>>12|0x3ff0000000000000) - 1
}
