package mimir

import (
	"slices"
	"unsafe"
)

// batch is what one request carried, in flat arrays: with a sample or two per series this is a few allocations for the whole, not a
// few for each. It is never changed once made.
type batch struct {
	refs       []ref // in the order sent
	samples    []Sample
	exemplars  []Exemplar
	histograms []Histogram
	metadata   []Metadata // of series (2.0) those that refs point to, several to one, else of metrics (1.0)

	labelBytes int // taken by the series that this batch was the first to bring
}

// ref says that the next so many samples, exemplars and histograms of the batch belong to a series.
type ref struct {
	series     *series
	samples    uint32
	exemplars  uint32
	histograms uint32
	metadata   int32 // index into the batch's metadata plus one; 0 is none
}

// clone returns a copy that shares nothing with the decoder's buffers.
func (b *batch) clone() *batch {
	return &batch{
		refs:       slices.Clone(b.refs),
		samples:    slices.Clone(b.samples),
		exemplars:  slices.Clone(b.exemplars),
		histograms: slices.Clone(b.histograms),
		metadata:   slices.Clone(b.metadata),
		labelBytes: b.labelBytes,
	}
}

// clear empties the batch and keeps its arrays, without the pointers in them.
func (b *batch) clear() {
	clear(b.refs)
	clear(b.exemplars)
	clear(b.histograms)
	clear(b.metadata)
	*b = batch{
		refs:       b.refs[:0],
		samples:    b.samples[:0],
		exemplars:  b.exemplars[:0],
		histograms: b.histograms[:0],
		metadata:   b.metadata[:0],
	}
}

const (
	sizeOfRef       = int(unsafe.Sizeof(ref{}))
	sizeOfSample    = int(unsafe.Sizeof(Sample{}))
	sizeOfExemplar  = int(unsafe.Sizeof(Exemplar{}))
	sizeOfHistogram = int(unsafe.Sizeof(Histogram{}))
	sizeOfMetadata  = int(unsafe.Sizeof(Metadata{}))
	sizeOfSymbol    = int(unsafe.Sizeof(symbol{}))
)

// sizeOfBatch is a round figure for the batch itself and its place in a journal.
const sizeOfBatch = 512

// bytes is about what the batch holds.
func (b *batch) bytes() int {
	n := sizeOfBatch + b.labelBytes + len(b.refs)*sizeOfRef + len(b.samples)*sizeOfSample
	for i := range b.exemplars {
		n += sizeOfExemplar + labelSize(b.exemplars[i].Labels)
	}
	for i := range b.histograms {
		n += sizeOfHistogram + b.histograms[i].buckets()*8
	}
	for _, m := range b.metadata {
		n += sizeOfMetadata + len(m.Metric) + len(m.Type) + len(m.Help) + len(m.Unit)
	}
	return n
}

// buckets counts the numbers and spans that the histogram holds in slices.
func (h *Histogram) buckets() int {
	return len(h.NegativeSpans) + len(h.NegativeDeltas) + len(h.NegativeCounts) +
		len(h.PositiveSpans) + len(h.PositiveDeltas) + len(h.PositiveCounts) + len(h.CustomValues)
}

// each calls f with every series of the batch and what belongs to it, cut out of the batch's arrays.
func (b *batch) each(f func(Series, *series)) {
	samples, exemplars, histograms := b.samples, b.exemplars, b.histograms
	for _, r := range b.refs {
		one := Series{Labels: r.series.labels}
		one.Samples, samples = cut(samples, r.samples)
		one.Exemplars, exemplars = cut(exemplars, r.exemplars)
		one.Histograms, histograms = cut(histograms, r.histograms)
		if r.metadata > 0 {
			one.Metadata = &b.metadata[r.metadata-1]
		}
		f(one, r.series)
	}
}

func cut[T any](from []T, n uint32) (head, tail []T) {
	if n == 0 {
		return nil, from
	}
	return from[:n:n], from[n:]
}

// unfold lists the series as they were sent.
func (b *batch) unfold(tenant string) []Series {
	all := make([]Series, 0, len(b.refs))
	b.each(func(one Series, _ *series) {
		one.Tenant = tenant
		all = append(all, one)
	})
	return all
}

// plainMetadata is what version 1.0 sent, nil for 2.0.
func (b *batch) plainMetadata() []Metadata {
	if len(b.metadata) > 0 && slices.ContainsFunc(b.refs, func(r ref) bool { return r.metadata > 0 }) {
		return nil
	}
	return b.metadata
}
