package conformance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// tooLate is how late the machine must have been for a failure to be put down to it. An idle machine was seen to be 2ms late, one with
// four busy programs for each processor 60ms.
const tooLate = 50 * time.Millisecond

// twice plays units like all, and those of the real lane that do not hold while the machine itself was late a second time, one after the
// other, so that only the agent keeps it busy. What the second play shows counts.
func (r *runner) twice(ctx context.Context, units []unit, known map[string]report.Known, done func(i int, u unit, got outcome, folder string)) {
	late := map[int]time.Duration{}
	r.all(ctx, units, func(i int, u unit, got outcome, folder string) {
		if r.doubtful(u, got, known) {
			late[i] = got.late
			_ = os.RemoveAll(folder) // the second play leaves one of the same name
			r.names.Delete(filepath.Base(folder))
			return
		}
		done(i, u, got, folder)
	})
	for i, u := range units {
		if late[i] == 0 || ctx.Err() != nil {
			continue
		}
		began := time.Now()
		folder, got := r.play(ctx, nil, u)
		got.took = time.Since(began)
		got.again = fmt.Sprintf("this machine was up to %s late when the case was played for the first time", late[i].Round(time.Millisecond))
		done(i, u, got, folder)
	}
}

// doubtful tells whether a failure may be that of the machine.
func (r *runner) doubtful(u unit, got outcome, known map[string]report.Known) bool {
	if u.Lane != scenario.Real || got.seen == nil || got.late < tooLate {
		return false
	}
	switch known[u.agent.Info.Name].Preview(u.agent.reported(), verdict(u, got)).Verdict {
	case report.Fail, report.Inconclusive:
		return true
	}
	return false
}
