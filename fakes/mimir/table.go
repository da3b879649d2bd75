package mimir

import (
	"fmt"
	"strings"
	"sync"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/proto"
)

// series is a label set that was seen. Two of them may hold the same labels: see table.
type series struct {
	labels labels.Labels
}

// table knows label sets by their bytes on the wire, as version 1.0 encodes them, so that the labels of a series are taken apart once and
// not with each sample. It is a cache: when it is full it starts anew, and those who hold a series keep it.
type table struct {
	mu    sync.RWMutex // guards all below; decoders hold it for reading while they walk through a body
	byRaw map[string]*series
	bytes int
}

// maxTableBytes bounds what the table holds: about 400,000 series of ten labels.
const maxTableBytes = 256 << 20

func newTable() *table { return &table{byRaw: map[string]*series{}} }

func (t *table) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byRaw, t.bytes = map[string]*series{}, 0
}

// add keeps a label set under its bytes; size is what that takes, 0 when somebody else was faster. The lock is not held.
func (t *table) add(raw []byte, set labels.Labels) (s *series, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.byRaw[string(raw)]; ok {
		return s, 0
	}
	size = 2*len(raw) + labelSize(set)
	if t.bytes+size > maxTableBytes {
		t.byRaw, t.bytes = map[string]*series{}, 0
	}
	s = &series{labels: set}
	t.byRaw[string(raw)] = s
	t.bytes += size
	return s, size
}

// labelSize is about what a label set takes in memory.
func labelSize(set labels.Labels) int {
	n := 0
	for _, l := range set {
		n += sizeOfLabel + len(l.Name) + len(l.Value)
	}
	return n
}

// sizeOfLabel is what a label takes beside its text.
const sizeOfLabel = 32

// parseLabels reads label fields: number 1, each a message of name (1) and value (2). All text lies in one string. The room for it is
// asked of spend before it is taken.
func parseLabels(raw []byte, spend func(int) error) (labels.Labels, error) {
	count, size := 0, 0
	err := eachLabel(raw, func(name, value []byte) {
		count++
		size += len(name) + len(value)
	})
	if err != nil {
		return nil, err
	}
	if err := spend(count*sizeOfLabel + size); err != nil {
		return nil, err
	}
	var text strings.Builder
	text.Grow(size)
	set := make(labels.Labels, 0, count)
	_ = eachLabel(raw, func(name, value []byte) { // the first walk has seen all errors
		from := text.Len()
		text.Write(name)
		text.Write(value)
		both := text.String()[from:]
		set = append(set, labels.Label{Name: both[:len(name)], Value: both[len(name):]})
	})
	return set, nil
}

func eachLabel(raw []byte, f func(name, value []byte)) error {
	r := proto.NewReader(raw)
	for i := 1; r.Next(); i++ {
		name, value, err := readLabel(r.Bytes())
		if err != nil {
			return fmt.Errorf("label %d: %w", i, err)
		}
		f(name, value)
	}
	return r.Err()
}

func readLabel(message []byte) (name, value []byte, err error) {
	r := proto.NewReader(message)
	for r.Next() {
		switch r.Number {
		case 1:
			name = r.Bytes()
		case 2:
			value = r.Bytes()
		}
	}
	return name, value, r.Err()
}
