package process

import (
	"context"
	"fmt"
	"io"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// printer writes whole lines. At the first that cannot be written it tells failed and writes no more.
type printer struct {
	failed context.CancelCauseFunc
	out    io.Writer
	err    error
}

func (p *printer) print(line string) {
	if p.err != nil {
		return
	}
	if _, err := fmt.Fprintln(p.out, line); err != nil {
		p.err = fmt.Errorf("print what arrived: %w", err)
		p.failed(p.err)
	}
}

func (p *printer) request(r api.Summary) { p.print(control.Line(r)) }

// seeds tells how to have what is drawn once more.
func (p *printer) seeds(fakes []api.Fake) {
	for _, f := range fakes {
		if f.Script.Seed != 0 {
			p.print(fmt.Sprintf("%s draws replies by chance: write \"seed: %d\" into its script to have the same again", f.ID, f.Script.Seed))
		}
	}
}

func (p *printer) missed(events int64) {
	p.print(fmt.Sprintf("... %d events came faster than they could be printed", events))
}
