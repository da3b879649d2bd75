// Package receiver is the far end of a benchmark: an HTTP server in a process of its own that takes remote-write requests. It
// counts them ([Counting]) or decodes them and compares every sample with what must have been sent ([Checking]).
package receiver

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/touchstone-telemetry/touchstone/bench/load"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

// Task is what a receiver is told, as JSON on standard input.
type Task struct {
	// Latency is added to every answer.
	Latency time.Duration `json:"latency"`
	// Check makes the receiver decode and compare: every series of Shape with Rounds samples.
	Check  bool       `json:"check"`
	Shape  load.Shape `json:"shape"`
	Rounds int        `json:"rounds"`
}

// Started is the first line that a receiver writes.
type Started struct {
	URL string `json:"url"`
}

// Stats is the last line that a receiver writes, once its standard input has ended.
type Stats struct {
	Requests int64      `json:"requests"`
	Bytes    int64      `json:"bytes"`
	Usage    side.Usage `json:"usage"`
	// Samples were decoded and compared; Wrong says what was first found wrong. Only with Check.
	Samples int    `json:"samples"`
	Wrong   string `json:"wrong,omitempty"`
}

// Main is the body of a receiver process. It serves on a free loopback port until stdin ends.
func Main(stdin io.Reader, stdout io.Writer) error {
	decoder := json.NewDecoder(stdin)
	var task Task
	if err := decoder.Decode(&task); err != nil {
		return fmt.Errorf("read task: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	r := &server{task: task}
	r.buffers.New = func() any { return new([drainSize]byte) }
	if task.Check {
		r.checker = newChecker(task.Shape, task.Rounds)
	}
	web := &http.Server{Handler: r}
	go web.Serve(listener)
	defer web.Close()
	encoder := json.NewEncoder(stdout)
	if err := encoder.Encode(Started{URL: "http://" + listener.Addr().String() + "/api/v1/push"}); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, decoder.Buffered()); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, stdin); err != nil {
		return err
	}
	return encoder.Encode(r.stats())
}

// server takes requests and answers 204.
type server struct {
	task     Task
	requests atomic.Int64
	bytes    atomic.Int64
	checker  *checker // nil when counting
	buffers  sync.Pool
}

func (s *server) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if s.task.Latency > 0 {
		time.Sleep(s.task.Latency)
	}
	s.requests.Add(1)
	if s.checker == nil {
		s.bytes.Add(s.drain(request.Body))
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := io.ReadAll(request.Body)
	s.bytes.Add(int64(len(body)))
	if err == nil {
		err = s.checker.take(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// drain reads a body in large pieces, so that the receiver costs little beside what is measured.
func (s *server) drain(body io.Reader) (n int64) {
	buffer := s.buffers.Get().(*[drainSize]byte)
	defer s.buffers.Put(buffer)
	for {
		m, err := body.Read(buffer[:])
		n += int64(m)
		if err != nil {
			return n
		}
	}
}

const drainSize = 128 << 10

func (s *server) stats() Stats {
	stats := Stats{Requests: s.requests.Load(), Bytes: s.bytes.Load(), Usage: side.CurrentUsage()}
	if s.checker != nil {
		stats.Samples, stats.Wrong = s.checker.verdict()
	}
	return stats
}
