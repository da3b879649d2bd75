package profilescrape

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Limits on the size of a profile, as it is sent and inflated. Beyond them a target is taken to be broken: the largest real
// profiles stay far below.
const (
	maxBody     = 32 << 20
	maxInflated = 64 << 20
)

// checkProfile tells what is wrong with a body that should be a profile in pprof format, gzipped or not, of at most limit
// bytes when inflated.
func checkProfile(body []byte, limit int64) error {
	if len(body) == 0 {
		return errors.New("the answer is empty")
	}
	raw := body
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		var err error
		if raw, err = inflate(body, limit); err != nil {
			return fmt.Errorf("the answer is not a valid profile: %w", err)
		}
	}
	if err := checkMessage(raw); err != nil {
		return fmt.Errorf("the answer is not a valid profile: %w", err)
	}
	return nil
}

// inflate stops at the limit: a small body can inflate to a thousand times its size.
func inflate(body []byte, limit int64) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return readCapped(r, limit, "inflated")
}

func readCapped(r io.Reader, limit int64, what string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("%s it is larger than %d bytes", what, limit)
	}
	return b, err
}
