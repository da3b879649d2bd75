package wire

import (
	"math"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

const (
	// minPatience is how often a frame is sent before it is compiled: as often as compressing it costs as much as compiling,
	// so that a frame never costs more than twice what is needed, however short it lives.
	minPatience = 16
	// maxPatience bounds it after values that did not fit, each of which doubles it.
	maxPatience = 64
)

// compiled is the template of a frame, made once the frame has been sent often enough, and again after a value that did not
// fit. Safe for concurrent use.
type compiled struct {
	mu       sync.Mutex // guards what follows, but not what template points to, which never changes
	template *template
	// wide tells which series, of those that are sent, had a value with something in its lower half.
	wide []bool
	// sent counts down to compiling, which takes patience.
	left, patience int
}

// templated appends a part to what is packed, unless there is no template that serves it.
func (e *encoded) templated(s *scratch, p *column.Part) bool {
	if !e.prefix(p) {
		return false
	}
	t := e.ready(p)
	if t == nil {
		return false
	}
	s.compress(1)
	var ok bool
	if s.packed, ok = t.append(s.packed, p.Values, p.T); !ok {
		e.renounce(t, p)
		return false
	}
	s.length += e.rawSize(p.Len())
	return true
}

// ready returns the template, nil if there is none yet. It makes one when the time has come.
func (e *encoded) ready(p *column.Part) *template {
	c := &e.compiled
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.template != nil {
		return c.template
	}
	if c.wide == nil {
		c.wide = make([]bool, len(e.sent()))
		c.left, c.patience = minPatience, minPatience
	}
	c.observe(p.Values)
	if c.left--; c.left == 0 {
		c.template = e.compile(c.wide)
	}
	return c.template
}

// observe notes which series need room for whole values.
func (c *compiled) observe(values []float64) {
	for i, v := range values {
		if uint32(math.Float64bits(v)) != 0 {
			c.wide[i] = true
		}
	}
}

// renounce gives up a template that a value does not fit into.
func (e *encoded) renounce(t *template, p *column.Part) {
	c := &e.compiled
	c.mu.Lock()
	defer c.mu.Unlock()
	c.observe(p.Values)
	if c.template == t {
		c.template = nil
		c.patience = min(2*c.patience, maxPatience)
		c.left = c.patience
	}
}

// compile makes the template, nil if a series is too large for one.
func (e *encoded) compile(wide []bool) *template {
	ends := e.sent()
	from := uint32(0)
	for _, end := range ends {
		if end-from > maxFarOffset {
			return nil
		}
		from = end
	}
	return compile(e.text, ends, wide)
}

// sent are the ends of the series that are sent.
func (e *encoded) sent() []uint32 {
	if e.lacking == nil {
		return e.ends
	}
	ends := make([]uint32, len(e.kept))
	for i, member := range e.kept {
		ends[i] = e.ends[member]
	}
	return ends
}
