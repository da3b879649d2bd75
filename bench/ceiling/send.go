package ceiling

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// connections is how many are open at once: enough for the subject never to wait for its client.
const connections = 2

// sender plays traffic to a subject, request by request on each connection.
type sender struct {
	requests []wireRequest
	lanes    []*lane
}

// wireRequest is a request as it goes out, byte for byte.
type wireRequest struct {
	bytes []byte
	units int64
}

// lane is one connection.
type lane struct {
	conn net.Conn
	in   *bufio.Reader
	next int
}

func dial(base string, t traffic) (*sender, error) {
	parsed, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	s := &sender{}
	for _, r := range t.requests {
		bytes, err := r.encode(parsed.Host)
		if err != nil {
			return nil, err
		}
		s.requests = append(s.requests, wireRequest{bytes, r.units})
	}
	for i := range connections {
		conn, err := net.Dial("tcp", parsed.Host)
		if err != nil {
			s.close()
			return nil, err
		}
		s.lanes = append(s.lanes, &lane{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), next: i * len(s.requests) / connections})
	}
	return s, nil
}

func (s *sender) close() {
	for _, l := range s.lanes {
		l.conn.Close()
	}
}

// bytesPerUnit is how long the requests are.
func (s *sender) bytesPerUnit() float64 {
	bytes, units := 0, int64(0)
	for _, r := range s.requests {
		bytes, units = bytes+len(r.bytes), units+r.units
	}
	return float64(bytes) / float64(units)
}

// encode writes the request once; it is sent many times.
func (r request) encode(address string) ([]byte, error) {
	target := "http://" + address + r.path
	if r.url != "" {
		target = r.url
	}
	out, err := http.NewRequest(r.method, target, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	out.Header = r.header
	var b bytes.Buffer
	if r.url != "" {
		err = out.WriteProxy(&b)
	} else {
		err = out.Write(&b)
	}
	return b.Bytes(), err
}

// once sends every request once, and returns the units.
func (s *sender) once() (units int64, err error) {
	for range s.requests {
		n, err := s.lanes[0].exchange(s.requests)
		if err != nil {
			return 0, err
		}
		units += n
	}
	return units, nil
}

// until sends on all connections until a time, waits for all answers, and returns the units.
func (s *sender) until(end time.Time) (int64, error) {
	units, errs := make([]int64, len(s.lanes)), make([]error, len(s.lanes))
	var running sync.WaitGroup
	for i, l := range s.lanes {
		running.Go(func() {
			for errs[i] == nil && time.Now().Before(end) {
				var n int64
				n, errs[i] = l.exchange(s.requests)
				units[i] += n
			}
		})
	}
	running.Wait()
	total := int64(0)
	for _, n := range units {
		total += n
	}
	return total, errors.Join(errs...)
}

// exchange sends the next request and reads its answer, which must be a 2xx.
func (l *lane) exchange(requests []wireRequest) (int64, error) {
	r := requests[l.next%len(requests)]
	l.next++
	if _, err := l.conn.Write(r.bytes); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return 0, fmt.Errorf("read an answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 200))
		return 0, fmt.Errorf("answered %s: %s", response.Status, text)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return r.units, err
}
