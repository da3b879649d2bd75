package reply

import (
	"errors"
	"testing"
)

func TestTextIsReadBack(t *testing.T) {
	for _, text := range []string{
		"",
		"503*3 200",
		"503*3 ok",
		"429 retry-after=2 429 retry-after=2 200",
		"503*",
		"200 delay=1s 503* retry-after=2",
		"delay=500ms reset*",
		`200 body="a b; c" 302* location=http://x/`,
		"500\nkind=metadata path=/x: 500 200\ntenant=a: connect:unavailable*",
		"connections: refuse*2 accept latency=50ms bandwidth=1000",
		"connections: refuse accept* latency=50ms",
	} {
		s := New()
		if err := s.Play(text); err != nil {
			t.Fatal(err)
		}
		s.Next(Key{})
		if got := s.Text(); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

func TestReplace(t *testing.T) {
	s := New("samples")
	if err := s.Play("503*9; kind=x: 400; connections: refuse"); err != nil {
		t.Fatal(err)
	}
	s.Next(Key{Kind: "samples"})
	if err := s.Replace("50"); !errors.As(err, new(*ParseError)) || s.Text() == "" {
		t.Errorf("a wrong text gives %v and leaves %q", err, s.Text())
	}
	if err := s.Replace("429 200; kind=y: 404"); err != nil {
		t.Fatal(err)
	}
	if got := s.Text(); got != "429 200\nkind=y: 404" {
		t.Errorf("the script is %q", got)
	}
	if got := s.Next(Key{Kind: "samples"}).Code; got != 429 {
		t.Errorf("the first reply is %d", got)
	}
	if got := s.Next(Key{Kind: "other"}); !got.IsZero() {
		t.Errorf("a kind that is not main gets %v", got)
	}
	if !s.Connections().Next().IsZero() {
		t.Error("the connection is still refused")
	}
}
