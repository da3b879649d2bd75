// Package host is the inside of a measured process: [Main] opens a [Subject], says where it listens, and tells on demand how much it has
// taken and how much CPU time that cost. Whoever sends the requests, and judges the figures, is another process.
package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/touchstone-telemetry/touchstone/bench/side"
)

// Task is what a host is told first, as JSON on standard input.
type Task struct {
	// Subject names what to open.
	Subject string `json:"subject"`
	// Target is where a proxy's clients want to go.
	Target string `json:"target,omitempty"`
}

// Started is the first thing a host says.
type Started struct {
	URL string `json:"url"`
}

// Question asks for a Reading.
type Question struct {
	// Await, if not 0, first waits until the subject has taken so many units, by the subject's own way of waiting.
	Await int64 `json:"await,omitempty"`
}

// Reading is what a host answers to each Question.
type Reading struct {
	Taken int64      `json:"taken"` // units since the start
	Usage side.Usage `json:"usage"`
	Error string     `json:"error,omitempty"`
}

// Subject is what is measured: something that listens and takes requests.
type Subject interface {
	// URL is where it listens, without a path.
	URL() string
	// Taken is how many units it has taken since the start: samples, profiles, pages, ...
	Taken() int64
	// Await returns nil once n units were taken, decoded and can be waited for.
	Await(ctx context.Context, n int64) error
	// Close stops it.
	Close()
}

// awaitLimit is how long the subject may need for what was sent before the measurement.
const awaitLimit = time.Minute

// Main is the body of a host. It ends when standard input does.
func Main(stdin io.Reader, stdout io.Writer, open func(Task) (Subject, error)) error {
	in, out := json.NewDecoder(stdin), json.NewEncoder(stdout)
	var task Task
	if err := in.Decode(&task); err != nil {
		return fmt.Errorf("read task: %w", err)
	}
	subject, err := open(task)
	if err != nil {
		return fmt.Errorf("open %q: %w", task.Subject, err)
	}
	defer subject.Close()
	if err := out.Encode(Started{subject.URL()}); err != nil {
		return err
	}
	for {
		var q Question
		if err := in.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read question: %w", err)
		}
		if err := out.Encode(answer(subject, q)); err != nil {
			return err
		}
	}
}

func answer(subject Subject, q Question) Reading {
	var r Reading
	if q.Await > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), awaitLimit)
		defer cancel()
		if err := subject.Await(ctx, q.Await); err != nil {
			r.Error = err.Error()
		}
	}
	r.Taken, r.Usage = subject.Taken(), side.CurrentUsage()
	return r
}
