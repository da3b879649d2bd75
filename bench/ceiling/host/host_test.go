package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

type fixed struct{ closed bool }

func (*fixed) URL() string  { return "http://127.0.0.1:1" }
func (*fixed) Taken() int64 { return 7 }
func (f *fixed) Close()     { f.closed = true }
func (*fixed) Await(_ context.Context, n int64) error {
	if n > 7 {
		return errors.New("there are only 7")
	}
	return nil
}

func TestConversation(t *testing.T) {
	subject, out := &fixed{}, &bytes.Buffer{}
	in := strings.NewReader(`{"subject":"x"} {} {"await":7} {"await":8}`)
	if err := Main(in, out, func(task Task) (Subject, error) {
		if task.Subject != "x" {
			t.Errorf("opened %q", task.Subject)
		}
		return subject, nil
	}); err != nil || !subject.closed {
		t.Fatalf("ended with %v, closed %v", err, subject.closed)
	}
	answers := json.NewDecoder(out)
	var started Started
	if err := answers.Decode(&started); err != nil || started.URL != subject.URL() {
		t.Errorf("started %+v %v", started, err)
	}
	for _, want := range []string{"", "", "there are only 7"} {
		var r Reading
		if err := answers.Decode(&r); err != nil || r.Taken != 7 || r.Error != want || r.Usage.CPUSeconds <= 0 {
			t.Errorf("got %+v %v, want the error %q", r, err, want)
		}
	}
}

func TestMainTellsWhatIsWrong(t *testing.T) {
	broken := func(Task) (Subject, error) { return nil, errors.New("no such thing") }
	for input, want := range map[string]string{"": "read task", `{"subject":"x"}`: `open "x": no such thing`} {
		if err := Main(strings.NewReader(input), &bytes.Buffer{}, broken); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", input, err)
		}
	}
}
