// Package recording keeps what a fake saw as a file: start with [Write], [Read] and [Replay]. A recording is lines of JSON: a header with the version of
// the format, a line for each request, and a footer with their number, so that a file that was cut is noticed. Values of secret headers are left
// out unless asked for. It does not interpret bodies.
package recording

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// Version is that of the format written, and the only one read.
const Version = 1

// format is the word by which the first line tells what the file is.
const format = "touchstone-recording"

// MaxLine is how many bytes a line may have: a request of the largest body that fakes take by default, and then some.
const MaxLine = 128 << 20

// Header is what a recording says about itself.
type Header struct {
	// Fake is the name of the fake, Kind its kind.
	Fake string `json:"fake,omitempty"`
	Kind string `json:"kind"`
	// Recorded is when the recording was written.
	Recorded time.Time `json:"recorded"`
	// Secrets tells that secret headers were kept.
	Secrets bool `json:"secrets"`
	// Dropped is how many requests the journal had no longer.
	Dropped int `json:"dropped,omitempty"`
}

// first and last are the first and the last line.
type first struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Header
}

type last struct {
	End *int `json:"end"`
}

// Write writes a recording. Unless the header says that it has secrets, those of the exchanges are redacted; the exchanges are not changed.
func Write(w io.Writer, header Header, exchanges []journal.Exchange) error {
	buffered := bufio.NewWriter(w)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(first{format, Version, header})
	for i := 0; i < len(exchanges) && err == nil; i++ {
		e := exchanges[i]
		if !header.Secrets {
			e = Redact(e)
		}
		err = encoder.Encode(e)
	}
	if err == nil {
		n := len(exchanges)
		err = encoder.Encode(last{&n})
	}
	if err = errors.Join(err, buffered.Flush()); err != nil {
		return fmt.Errorf("write a recording: %w", err)
	}
	return nil
}

// Read reads a recording and calls each for every request, in the order recorded. It stops at the first error: of each, or that the file is no
// recording, of another version, damaged or cut short. The line is named. Requests before that line have been given to each.
func Read(r io.Reader, each func(journal.Exchange) error) (Header, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), MaxLine)
	header, err := readHeader(lines)
	if err != nil {
		return header, err
	}
	n := 0
	for line := 2; lines.Scan(); line++ {
		if end, ok := isLast(lines.Bytes()); ok {
			return header, checkEnd(lines, line, end, n)
		}
		var e journal.Exchange
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return header, fmt.Errorf("read a recording: line %d: %w", line, err)
		}
		if err := each(e); err != nil {
			return header, fmt.Errorf("line %d of the recording: %w", line, err)
		}
		n++
	}
	if err := lines.Err(); err != nil {
		return header, fmt.Errorf("read a recording: line %d: %w", n+2, err)
	}
	return header, fmt.Errorf("read a recording: it ends after %d requests without its last line: it was cut short", n)
}

func readHeader(lines *bufio.Scanner) (Header, error) {
	var head first
	if !lines.Scan() {
		if err := lines.Err(); err != nil {
			return head.Header, fmt.Errorf("read a recording: %w", err)
		}
		return head.Header, errors.New("read a recording: it is empty")
	}
	err := json.Unmarshal(lines.Bytes(), &head)
	switch {
	case err != nil || head.Format != format:
		return head.Header, fmt.Errorf("read a recording: line 1 is not the head of one: want {\"format\":%q,\"version\":%d,...}", format, Version)
	case head.Version != Version:
		return head.Header, fmt.Errorf("read a recording: its version is %d, and only version %d can be read", head.Version, Version)
	}
	return head.Header, nil
}

// isLast tells whether a line is the last, and how many requests that says there are. Only the last line begins with this key.
func isLast(line []byte) (int, bool) {
	if !bytes.HasPrefix(line, []byte(`{"end":`)) {
		return 0, false
	}
	var end last
	if json.Unmarshal(line, &end) != nil || end.End == nil {
		return 0, false
	}
	return *end.End, true
}

func checkEnd(lines *bufio.Scanner, line, want, got int) error {
	if want != got {
		return fmt.Errorf("read a recording: line %d says that there are %d requests, but there are %d: lines are missing or were added", line, want, got)
	}
	for lines.Scan() {
		if line++; len(bytes.TrimSpace(lines.Bytes())) > 0 {
			return fmt.Errorf("read a recording: line %d comes after the last line", line)
		}
	}
	return lines.Err()
}
