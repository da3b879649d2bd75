package wal

// Floor is the time, in milliseconds, before which samples are not to be sent any more, as given to RaiseFloor or to the
// last truncation. Readers skip parts that are older as a whole.
func (w *WAL) Floor() int64 { return w.floor.Load() }

// RaiseFloor makes t the floor, in milliseconds, unless it is higher already.
func (w *WAL) RaiseFloor(t int64) {
	for {
		now := w.floor.Load()
		if t <= now || w.floor.CompareAndSwap(now, t) {
			return
		}
	}
}
