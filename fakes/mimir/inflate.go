package mimir

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
)

// errEncoding is a Content-Encoding that the fake does not take.
type errEncoding struct{ name string }

func (e errEncoding) Error() string {
	return fmt.Sprintf("content encoding %q is not supported: send snappy, zstd or gzip", e.name)
}

// errTooLarge is a body that would be larger than allowed once inflated, or takes too much room once decoded.
type errTooLarge struct {
	actual int // 0 when unknown: reading stopped at the limit
	limit  int
}

func (e errTooLarge) Error() string {
	actual := "is"
	if e.actual > 0 {
		actual = fmt.Sprintf("of %d bytes is", e.actual)
	}
	return fmt.Sprintf("the incoming push request has been rejected because its message size %s larger than the allowed limit of %d bytes "+
		"(err-mimir-distributor-max-write-message-size). To adjust the related limit, configure -distributor.max-recv-msg-size, "+
		"or contact your service administrator.", actual, e.limit)
}

// inflater undoes Content-Encoding within a limit that it knows before it inflates, or holds while it does.
type inflater struct {
	limit int
	zstd  func() (*zstd.Decoder, error)
	// slots bound how many bodies of unknown or great size are inflated and decoded at once, and with it the memory that a flood of
	// them takes.
	slots chan struct{}
}

const (
	inflateSlots = 4
	largeBody    = 8 << 20
)

func newInflater(limit int) *inflater {
	return &inflater{
		limit: limit,
		slots: make(chan struct{}, inflateSlots),
		zstd: sync.OnceValues(func() (*zstd.Decoder, error) {
			return zstd.NewReader(nil, zstd.WithDecoderConcurrency(inflateSlots), zstd.WithDecoderMaxMemory(uint64(limit)))
		}),
	}
}

// announced is how long a body says that it will be, 0 when it does not.
func announced(encoding string, body []byte) int {
	if size, err := snappy.DecodedLen(body); isSnappy(encoding) && err == nil && size <= maxSnappyRatio*len(body) {
		return size
	}
	return 0
}

// enter waits for a slot if the body may be large; leave gives it back, when what was inflated is no longer needed.
func (i *inflater) enter(encoding string, body []byte) (leave func()) {
	if size, err := snappy.DecodedLen(body); isSnappy(encoding) && err == nil && size <= largeBody {
		return func() {}
	}
	i.slots <- struct{}{}
	return func() { <-i.slots }
}

// isSnappy takes no encoding at all for snappy, as Prometheus does.
func isSnappy(encoding string) bool { return encoding == "" || encoding == "snappy" }

// inflate returns the body without its Content-Encoding, in buffer if it fits.
func (i *inflater) inflate(encoding string, body, buffer []byte) ([]byte, error) {
	switch {
	case isSnappy(encoding):
		return i.snappy(body, buffer)
	case encoding == "zstd":
		return i.inflateZstd(body, buffer)
	case encoding == "gzip":
		return i.inflateGzip(body, buffer)
	default:
		return nil, errEncoding{encoding}
	}
}

// maxSnappyRatio is how many bytes one byte of a snappy block can make at most: a copy of three bytes makes 64.
const maxSnappyRatio = 22

// snappy reads the block format. The decoder is the strict one: blocks that use S2's extensions do not pass, as they would not in Mimir.
func (i *inflater) snappy(body, buffer []byte) ([]byte, error) {
	size, err := snappy.DecodedLen(body)
	if err != nil {
		return nil, fmt.Errorf("inflate snappy block: %w", err)
	}
	if size > i.limit {
		return nil, errTooLarge{size, i.limit}
	}
	if size > maxSnappyRatio*len(body) {
		return nil, fmt.Errorf("inflate snappy block: %d bytes cannot hold the %d that it announces", len(body), size)
	}
	inflated, err := snappy.Decode(buffer[:cap(buffer)], body)
	if err != nil {
		return nil, fmt.Errorf("inflate snappy block: %w", err)
	}
	return inflated, nil
}

func (i *inflater) inflateZstd(body, buffer []byte) ([]byte, error) {
	decoder, err := i.zstd()
	if err != nil {
		return nil, fmt.Errorf("make zstd decoder: %w", err)
	}
	inflated, err := decoder.DecodeAll(body, buffer[:0])
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, errTooLarge{limit: i.limit}
	case err != nil:
		return nil, fmt.Errorf("inflate zstd: %w", err)
	}
	return inflated, nil
}

func (i *inflater) inflateGzip(body, buffer []byte) ([]byte, error) {
	in, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("inflate gzip: %w", err)
	}
	out := bytes.NewBuffer(buffer[:0])
	n, err := out.ReadFrom(io.LimitReader(in, int64(i.limit)+1))
	switch {
	case n > int64(i.limit):
		return nil, errTooLarge{limit: i.limit}
	case err != nil:
		return nil, fmt.Errorf("inflate gzip: %w", err)
	}
	return out.Bytes(), nil
}
