package mimir

import (
	"fmt"
	"mime"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// errProtocol is a Content-Type that the fake does not take.
type errProtocol struct{ contentType string }

func (e errProtocol) Error() string {
	return fmt.Sprintf("content type %q is not supported: send %s, alone or with %s", e.contentType, protobufType, protoV2)
}

const (
	protobufType = "application/x-protobuf"
	protoV1      = "proto=prometheus.WriteRequest"
	protoV2      = "proto=io.prometheus.write.v2.Request"
)

// versionOf reads the Content-Type. None at all means 1.0, whose first senders had none.
func versionOf(contentType string) (Version, error) {
	if contentType == "" {
		return V1, nil
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != protobufType {
		return Unknown, errProtocol{contentType}
	}
	switch message := params["proto"]; {
	case message == "" || "proto="+message == protoV1:
		return V1, nil
	case "proto="+message == protoV2:
		return V2, nil
	}
	return Unknown, errProtocol{contentType}
}

// write is a request's body, decoded as far as it could be.
type write struct {
	version Version
	batch   *batch // nil with an error, or when only counted
	counts  Counts
	err     error // errEncoding, errProtocol, errTooLarge, or of a body that is not what it claims
}

// decode reads the body of an exchange. The room for what comes out is asked of hold before it is taken.
func (s *Server) decode(e *journal.Exchange, hold func(int64) error, onlyCount bool) write {
	w := write{}
	if w.version, w.err = versionOf(e.Header.Get("Content-Type")); w.err != nil {
		return w
	}
	if e.BodyError != "" {
		w.err = fmt.Errorf("read body: %s", e.BodyError)
		return w
	}
	d := s.borrow(hold)
	defer s.giveBack(d)
	encoding := strings.ToLower(e.Header.Get("Content-Encoding"))
	defer s.inflater.enter(encoding, e.Body)()
	inflated := int64(announced(encoding, e.Body))
	if w.err = hold(inflated); w.err != nil {
		return w
	}
	defer hold(-inflated)
	message, err := s.inflater.inflate(encoding, e.Body, d.buffer)
	if err != nil {
		w.err = err
		return w
	}
	d.buffer = message[:0]
	if onlyCount {
		w.counts, w.err = count(w.version, message)
		return w
	}
	if w.err = d.decode(w.version, message); w.err == nil {
		w.batch = d.batch.clone()
		w.counts = w.batch.count()
	}
	return w
}

func (s *Server) borrow(hold func(int64) error) *decoder {
	d, ok := s.decoders.Get().(*decoder)
	if !ok {
		d = &decoder{limit: 2 * s.options.MaxDecoded}
	}
	d.table, d.hold = s.currentTable(), hold
	return d
}

// currentTable is the table for one request: a new one when the one before is full.
func (s *Server) currentTable() *table {
	t := s.table.Load()
	if t.full() {
		s.table.CompareAndSwap(t, newTable(t.limit))
		t = s.table.Load()
	}
	return t
}

func (s *Server) giveBack(d *decoder) {
	d.clear()
	s.decoders.Put(d)
}

// decoder turns messages into a batch. It is used again and again, so that decoding allocates nothing but what is new.
type decoder struct {
	table *table
	limit int // of the bytes that the decoded form of one request takes

	hold  func(int64) error
	spent int // of limit
	paid  int // of spent, to hold

	batch   batch
	buffer  []byte   // the inflated body
	raw     []byte   // what stands for the labels of a series, put together
	extra   []byte   // the labels of an exemplar
	symbols []symbol // of version 2.0, by their place in the message
	said    saying
}

// largestKept is how large a buffer may be to be kept for the next body.
const largestKept = 4 << 20

func (d *decoder) clear() {
	if cap(d.buffer) > largestKept || d.batch.bytes() > largestKept {
		*d = decoder{limit: d.limit}
		return
	}
	d.batch.clear()
	clear(d.symbols)
	d.table, d.hold, d.spent, d.paid, d.buffer, d.symbols, d.said = nil, nil, 0, 0, d.buffer[:0], d.symbols[:0], saying{}
}

// decode fills the batch. The table is held for reading meanwhile.
func (d *decoder) decode(version Version, message []byte) error {
	d.table.mu.RLock()
	defer d.table.mu.RUnlock()
	if version == V2 {
		return d.decodeV2(message)
	}
	return d.decodeV1(message)
}

// spend counts room that the decoded form takes: a few bytes on the wire can ask for a thousand times as many.
func (d *decoder) spend(n int) error {
	if d.spent += n; d.spent > d.paid {
		return d.pay()
	}
	return nil
}

// payment is how many bytes of what is spent are asked for at once, so that few requests ask twice.
const payment = 256 << 10

func (d *decoder) pay() error {
	if d.spent > d.limit {
		return errTooLarge{limit: d.limit / 2}
	}
	more := min(d.spent+payment, d.limit) - d.paid
	if err := d.hold(int64(more)); err != nil {
		return err
	}
	d.paid += more
	return nil
}

// lookUp finds the series with these label fields of version 1.0. The table is held for reading, but let go when the series is new.
func (d *decoder) lookUp(raw []byte) (*series, error) {
	if s, ok := d.table.byRaw[string(raw)]; ok {
		return s, nil
	}
	d.table.mu.RUnlock()
	defer d.table.mu.RLock()
	set, err := parseLabels(raw, d.spend)
	if err != nil {
		return nil, err
	}
	s, size := d.table.add(d.table.byRaw, string(raw), set, textSize(set))
	d.batch.labelBytes += size
	return s, nil
}

// begin notes where the arrays end before a series is read, finish makes the series' ref of what came since.
func (d *decoder) begin() ref {
	return ref{
		samples:    uint32(len(d.batch.samples)),
		exemplars:  uint32(len(d.batch.exemplars)),
		histograms: uint32(len(d.batch.histograms)),
	}
}

func (d *decoder) finish(from ref, s *series) error {
	from.series = s
	from.samples = uint32(len(d.batch.samples)) - from.samples
	from.exemplars = uint32(len(d.batch.exemplars)) - from.exemplars
	from.histograms = uint32(len(d.batch.histograms)) - from.histograms
	d.batch.refs = append(d.batch.refs, from)
	return d.spend(sizeOfRef)
}
