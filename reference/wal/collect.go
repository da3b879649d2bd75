package wal

// collect forgets the series that have no sample since the cutoff, and the frames that no series lives in.
func (w *WAL) collect(l limits) error {
	if err := w.settle(l.cutoff); err != nil {
		return err
	}
	removed := 0
	for _, f := range w.catalog.frames.all() {
		removed += w.retire(f, l)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if removed > 0 {
		w.deleted = append(w.deleted, deleted{removed, w.disk.last().index})
		w.stats.DeletedSeries += removed
	}
	return nil
}

// settle brings together what plans and earlier frames know about the newest sample of each series, and forgets the metadata
// of metrics that have none since the cutoff.
func (w *WAL) settle(cutoff int64) error {
	w.write.Lock()
	defer w.write.Unlock()
	if w.closed {
		return ErrClosed
	}
	for _, p := range w.catalog.plans {
		p.settle()
	}
	w.catalog.sweep()
	w.catalog.families.forget(cutoff)
	for _, f := range w.catalog.frames.all() {
		if !f.moved {
			continue
		}
		for i, id := range f.members {
			if at, known := w.catalog.index[id]; known && at.frame != f {
				at.frame.raise(at.member, f.lastOf(i))
			}
		}
	}
	return nil
}

// retire forgets the members of a frame that have no sample since the cutoff, and marks the frame as gone when it has none
// left and its parts are spare. It holds up appends for one frame only.
func (w *WAL) retire(f *frame, l limits) (removed int) {
	w.write.Lock()
	defer w.write.Unlock()
	if f.gone {
		return 0
	}
	alive := 0
	for i, id := range f.members {
		switch at := w.catalog.index[id]; {
		case at.frame != f:
		case f.lastOf(i) >= l.cutoff:
			alive++
		default:
			delete(w.catalog.index, id)
			removed++
		}
	}
	if alive == 0 && l.spare(f.lastSeq, f.newest) {
		f.gone, f.goneSegment = true, w.writer.index
	}
	if removed > 0 || f.gone {
		f.generation++
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stats.ActiveSeries = len(w.catalog.index)
	return removed
}

// goneBy tells whether nothing refers to the frame once the segments up to upTo are removed. It is called during a
// truncation, the only time when gone changes.
func (f *frame) goneBy(upTo int) bool { return f.gone && f.goneSegment <= upTo }
