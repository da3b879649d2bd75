package pprof

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"reflect"
	"runtime/pprof"
)

// Live serves a profile of the process that the fake runs in: allocs, heap, goroutine, block, mutex, threadcreate, or profile, its CPU
// profile. That one is measured for as long as the scrape asks, on the real clock, so not inside testing/synctest; a process measures one
// at a time, and a scrape that comes meanwhile is answered 500, as net/http/pprof does.
func Live(name string) Source {
	if name == cpuProfile {
		return measureCPU
	}
	return func(context.Context, Ask) ([]byte, error) {
		p := pprof.Lookup(name)
		if p == nil {
			return nil, fmt.Errorf("look up the profile %q of this process: there is none", name)
		}
		var body bytes.Buffer
		if err := p.WriteTo(&body, 0); err != nil {
			return nil, fmt.Errorf("write the profile %q of this process: %w", name, err)
		}
		return body.Bytes(), nil
	}
}

// cpuProfile is the last part of the path of CPU profiles.
const cpuProfile = "profile"

// liveAt is the profile of this process that belongs to a path.
func liveAt(at string) Source { return Live(path.Base(at)) }

// measureCPU is the one source that takes the scrape's time itself: see measures.
func measureCPU(ctx context.Context, ask Ask) ([]byte, error) {
	var body bytes.Buffer
	if err := pprof.StartCPUProfile(&body); err != nil {
		return nil, fmt.Errorf("measure the CPU profile of this process: %w", err)
	}
	sleep(ctx, ask.Waited)
	pprof.StopCPUProfile()
	return body.Bytes(), nil
}

// measures says whether a source takes the scrape's time itself. Sources are functions, which can be told apart by their code only.
func measures(source Source) bool {
	return reflect.ValueOf(source).Pointer() == reflect.ValueOf(Source(measureCPU)).Pointer()
}
