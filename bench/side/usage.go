package side

import (
	"runtime"
	"syscall"
	"time"
)

// Usage is what a process has used since it started, by the system's own accounting.
type Usage struct {
	CPUSeconds float64 `json:"cpuSeconds"`
	PeakRSS    int64   `json:"peakRSS"` // bytes
}

// CurrentUsage reads the usage of this process.
func CurrentUsage() Usage {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return Usage{}
	}
	unit := int64(1024) // Linux counts in KiB, Darwin in bytes
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	cpu := time.Duration(r.Utime.Nano() + r.Stime.Nano())
	return Usage{CPUSeconds: cpu.Seconds(), PeakRSS: r.Maxrss * unit}
}
