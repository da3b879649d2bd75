package metricscrape

import (
	"fmt"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// limits are what a page may have; a page with more counts as a failed scrape. 0 is no limit.
type limits struct {
	samples, labels, name, value uint
}

// checkLabels tells which limit the labels of a series break.
func (l limits) checkLabels(s column.Series) error {
	if n := uint(len(s.Labels)); l.labels > 0 && n > l.labels {
		return fmt.Errorf("label_limit %d exceeded: %s has %d labels", l.labels, named(s), n)
	}
	if l.name == 0 && l.value == 0 {
		return nil
	}
	for _, label := range s.Labels {
		if n := uint(len(label.Name)); l.name > 0 && n > l.name {
			return fmt.Errorf("label_name_length_limit %d exceeded: %s has the label %.50q of %d bytes", l.name, named(s), label.Name, n)
		}
		if n := uint(len(label.Value)); l.value > 0 && n > l.value {
			return fmt.Errorf("label_value_length_limit %d exceeded: %s has %.50q of %d bytes in %s", l.value, named(s), label.Value, n, label.Name)
		}
	}
	return nil
}

func (l limits) checkSamples(n int) error {
	if l.samples > 0 && uint(n) > l.samples {
		return fmt.Errorf("sample_limit %d exceeded: the page has %d samples", l.samples, n)
	}
	return nil
}

// mostSamples is how many samples a page may have, whatever sample_limit says: what is known about each series takes many times
// the memory of the shortest line, and a page of nothing else would have millions.
const mostSamples = 1 << 20

// checkRoom refuses the sample after the last that a page may have.
func (p *page) checkRoom() error {
	if len(p.lines)+len(p.natives.lines) >= mostSamples {
		return fmt.Errorf("the page has more than %d samples: let the target expose fewer, or split it", mostSamples)
	}
	return nil
}

// named is a series in an error.
func named(s column.Series) string {
	for _, label := range s.Labels {
		if label.Name == "__name__" {
			return fmt.Sprintf("%.80s", label.Value)
		}
	}
	return "a series"
}
