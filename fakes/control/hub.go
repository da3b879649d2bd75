package control

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// kept is how many events the hub keeps for clients that are slow or come back.
const kept = 4096

// hub is the newest events of all fakes. Nobody waits for a client: who reads too slowly finds events gone.
type hub struct {
	bell  journal.Bell
	epoch string // tells events of this process from those of another
	done  chan struct{}

	mu     sync.Mutex // guards all below
	events []api.Event
	first  int64 // the number of events[0], from 1
	closed bool
}

func newHub() *hub {
	return &hub{epoch: strings.ToLower(rand.Text()[:8]), first: 1, done: make(chan struct{})}
}

// add appends an event and wakes the clients.
func (h *hub) add(e api.Event) {
	h.mu.Lock()
	e.Time = time.Now()
	e.ID = h.name(h.first + int64(len(h.events)))
	if h.events = append(h.events, e); len(h.events) > 2*kept {
		h.first += int64(len(h.events) - kept)
		h.events = append([]api.Event(nil), h.events[len(h.events)-kept:]...)
	}
	h.mu.Unlock()
	h.bell.Ring()
}

// name is the id of the event with this number.
func (h *hub) name(number int64) string { return fmt.Sprintf("%s-%d", h.epoch, number) }

// number is that of an event by its id; ok is false when it is not of this process.
func (h *hub) number(id string) (number int64, ok bool) {
	epoch, text, _ := strings.Cut(id, "-")
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || epoch != h.epoch || number < 0 || number > h.newest() {
		return 0, false
	}
	return number, true
}

// newest is the number of the newest event, 0 when there was none.
func (h *hub) newest() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.first + int64(len(h.events)) - 1
}

// since is the events after a number, and how many of them are gone.
func (h *hub) since(number int64) (events []api.Event, gone int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if number+1 < h.first {
		gone = h.first - 1 - number
		number = h.first - 1
	}
	if from := int(number + 1 - h.first); from < len(h.events) {
		events = append(events, h.events[from:]...)
	}
	return events, gone
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}
