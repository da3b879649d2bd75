package wal

import (
	"encoding/binary"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// family is what is known about one metric, and when a layout that has it was last appended.
type family struct {
	column.Metadata
	seen int64
}

// families knows the metrics. All but shown belongs to the holder of WAL.write.
type families struct {
	byName map[string]*family
	// forgotten grows when a family is forgotten: plans then look whether it was one of theirs.
	forgotten int
	shown     atomic.Pointer[column.Catalogue]
}

// described is what a plan remembers of the metadata of its layout.
type described struct {
	families  []*family
	forgotten int // of the families when it was last compared with them
	done      bool
	last      int64 // the newest time appended
	wanted    []column.Metadata
}

// Metadata returns what is known about the metrics whose series are in the log. It never blocks for long, and the same
// pointer means that nothing has changed.
func (w *WAL) Metadata() *column.Catalogue { return w.catalog.families.shown.Load() }

// news appends what the layout of the plan says that is not known yet.
func (f *families) news(dst []column.Metadata, p *plan, layout *column.Layout) []column.Metadata {
	if p.described.done && p.described.forgotten == f.forgotten {
		return dst
	}
	p.described.done, p.described.wanted = false, layout.Metadata
	for _, m := range layout.Metadata {
		if known := f.byName[m.Family]; known == nil || known.Metadata != m {
			dst = append(dst, m)
		}
	}
	return dst
}

// learn takes in what was stored.
func (f *families) learn(news []column.Metadata) {
	if len(news) == 0 {
		return
	}
	for _, m := range news {
		f.set(m, never)
	}
	f.publish()
}

func (f *families) set(m column.Metadata, seen int64) {
	if f.byName == nil {
		f.byName = map[string]*family{}
	}
	known := f.byName[m.Family]
	if known == nil {
		known = &family{seen: never}
		f.byName[m.Family] = known
	}
	known.Metadata, known.seen = m, max(known.seen, seen)
}

// attach notes that the layout of the plan was appended at t.
func (f *families) attach(p *plan, t int64) {
	d := &p.described
	if !d.done {
		d.families = d.families[:0]
		for _, m := range d.wanted {
			d.families = append(d.families, f.byName[m.Family])
		}
		d.done, d.forgotten, d.wanted = true, f.forgotten, nil
	}
	d.last = max(d.last, t)
}

// settle hands what the plan noted to the families.
func (d *described) settle() {
	for _, f := range d.families {
		f.seen = max(f.seen, d.last)
	}
}

// forget removes the families that no layout has had since the cutoff.
func (f *families) forget(cutoff int64) {
	before := len(f.byName)
	maps.DeleteFunc(f.byName, func(_ string, known *family) bool { return known.seen < cutoff })
	if len(f.byName) != before {
		f.forgotten++
		f.publish()
	}
}

// publish shows the present state to readers.
func (f *families) publish() {
	all := make(map[string]column.Metadata, len(f.byName))
	for name, known := range f.byName {
		all[name] = known.Metadata
	}
	f.shown.Store(column.NewCatalogue(all))
}

// records returns the present state as records, one for each time at which families were last seen.
func (f *families) records() [][]byte {
	bySeen := map[int64][]column.Metadata{}
	for _, known := range f.byName {
		bySeen[known.seen] = append(bySeen[known.seen], known.Metadata)
	}
	var all [][]byte
	for _, seen := range slices.Sorted(maps.Keys(bySeen)) {
		all = append(all, appendMetadata(nil, bySeen[seen], seen))
	}
	return all
}

// appendMetadata encodes a record of metadata that was valid at t.
func appendMetadata(dst []byte, all []column.Metadata, t int64) []byte {
	dst = binary.AppendVarint(append(dst, recordMetadata), t)
	dst = binary.AppendUvarint(dst, uint64(len(all)))
	for _, m := range all {
		dst = appendText(appendText(dst, m.Family), m.Type)
		dst = appendText(appendText(dst, m.Help), m.Unit)
	}
	return dst
}

func decodeMetadata(record []byte) (all []column.Metadata, t int64, err error) {
	c := cursor{rest: record[1:]}
	t = c.varint()
	all = make([]column.Metadata, c.count())
	for i := range all {
		all[i] = column.Metadata{Family: c.text(), Type: c.text(), Help: c.text(), Unit: c.text()}
	}
	return all, t, c.err
}
