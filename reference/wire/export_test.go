package wire

// Known is the number of encoded frames that a format keeps.
func Known(f *Format) int {
	f.frames.mu.RLock()
	defer f.frames.mu.RUnlock()
	return len(f.frames.known)
}

// Compiled is the number of frames that have a template.
func Compiled(f *Format) (n int) {
	f.frames.mu.RLock()
	defer f.frames.mu.RUnlock()
	for _, k := range f.frames.known {
		k.encoded.mu.Lock()
		if k.encoded.template != nil {
			n++
		}
		k.encoded.mu.Unlock()
	}
	return n
}
