package wire

// Known is the number of encoded frames that a format keeps.
func Known(f *Format) int {
	f.frames.mu.RLock()
	defer f.frames.mu.RUnlock()
	return len(f.frames.known)
}
