package wal

// Stats are the numbers of a log. The first six are those of prometheus.remote_write@v0.32, debug metrics.
type Stats struct {
	// ActiveSeries is how many series are known (agent_wal_storage_active_series).
	ActiveSeries int
	// DeletedSeries is how many are no longer known but still lie in segments (agent_wal_storage_deleted_series).
	DeletedSeries int
	// CreatedSeries and RemovedSeries count series that became known, also by replay, and series that left the segments
	// (agent_wal_storage_created_series_total, agent_wal_storage_removed_series_total).
	CreatedSeries, RemovedSeries uint64
	// SamplesAppended counts the samples that Append stored, native histograms among them (agent_wal_samples_appended_total).
	SamplesAppended uint64

	// ExemplarsAppended counts the exemplars that Append stored (agent_wal_exemplars_appended_total).
	ExemplarsAppended uint64

	// Segments is how many segments there are, Bytes how large they are without the checkpoint.
	Segments int
	Bytes    int64
	// Truncations counts the truncations that removed segments.
	Truncations uint64
	// FailedWrites counts appends and background syncs that the disk refused.
	FailedWrites uint64
	// Repairs counts damaged places that were repaired when the log was opened or skipped when it was read.
	Repairs uint64
	// LostParts counts parts that damage made unreadable.
	LostParts uint64
}

// Stats returns the present numbers.
func (w *WAL) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.stats
	s.Segments = len(w.disk.segments)
	for _, one := range w.disk.segments {
		s.Bytes += one.end
	}
	return s
}
