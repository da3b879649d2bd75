package adapter

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/prometheus/prometheus/tsdb/wlog"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	ours "github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// ReadLogs reads the log of Prometheus' agent mode.
func (a *prometheus) ReadLogs(storage string) ([]observe.Log, error) {
	return readTSDBLogs(storage, "wal")
}

// ReadLogs reads the logs of all prometheus.remote_write components.
func (a *flow) ReadLogs(storage string) ([]observe.Log, error) {
	return readTSDBLogs(storage, "prometheus.remote_write.*/wal")
}

// readTSDBLogs reads the logs in the folders below storage that fit the pattern. Before the first start there are none.
func readTSDBLogs(storage, pattern string) ([]observe.Log, error) {
	folders, err := filepath.Glob(filepath.Join(storage, filepath.FromSlash(pattern)))
	if err != nil {
		return nil, err
	}
	var logs []observe.Log
	for _, folder := range folders {
		log, err := readTSDBLog(folder)
		if err != nil {
			return nil, fmt.Errorf("read the log in %s: %w", folder, err)
		}
		name, err := filepath.Rel(storage, folder)
		if err != nil {
			return nil, err
		}
		log.Folder = filepath.ToSlash(name)
		logs = append(logs, log)
	}
	return logs, nil
}

// readTSDBLog reads a log as Prometheus, Alloy and the Agent write it.
func readTSDBLog(dir string) (observe.Log, error) {
	var log observe.Log
	r := &tsdbReader{
		decoder: record.NewDecoder(labels.NewSymbolTable(), slog.New(slog.DiscardHandler)),
		series:  map[chunks.HeadSeriesRef]*observe.StoredSeries{},
	}
	checkpoint, number, err := wlog.LastCheckpoint(dir)
	switch {
	case err == nil:
		log.Checkpoint = &number
		if err := r.read(wlog.SegmentRange{Dir: checkpoint, Last: -1}); err != nil {
			return log, err
		}
	case !errors.Is(err, record.ErrNotFound):
		return log, err
	}
	if log.Segments, err = segmentsIn(dir); err != nil {
		return log, err
	}
	if err := r.read(wlog.SegmentRange{Dir: dir, First: -1, Last: -1}); err != nil {
		return log, err
	}
	log.Samples = r.stored()
	return log, nil
}

// segmentsIn are the numbers of the segments in a folder, ascending.
func segmentsIn(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && !e.IsDir() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// tsdbReader collects series and samples from records.
type tsdbReader struct {
	decoder record.Decoder
	series  map[chunks.HeadSeriesRef]*observe.StoredSeries
	order   []chunks.HeadSeriesRef
}

// read reads segments. Their end may be torn: the agent may be writing at this moment.
func (r *tsdbReader) read(segments wlog.SegmentRange) error {
	files, err := wlog.NewSegmentsRangeReader(segments)
	if err != nil {
		return err
	}
	defer files.Close()
	reader := wlog.NewReader(files)
	for reader.Next() {
		if err := r.take(reader.Record()); err != nil {
			return err
		}
	}
	var torn *wlog.CorruptionErr
	if err := reader.Err(); err != nil && !errors.As(err, &torn) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return nil
}

func (r *tsdbReader) take(rec []byte) error {
	switch r.decoder.Type(rec) {
	case record.Series:
		found, err := r.decoder.Series(rec, nil)
		for _, s := range found {
			r.define(s)
		}
		return err
	case record.Samples, record.SamplesV2:
		found, err := r.decoder.Samples(rec, nil)
		for _, s := range found {
			if stored := r.series[s.Ref]; stored != nil {
				stored.Times = append(stored.Times, s.T)
			}
		}
		return err
	}
	return nil
}

func (r *tsdbReader) define(s record.RefSeries) {
	if r.series[s.Ref] != nil {
		return // a checkpoint repeats what segments say
	}
	stored := &observe.StoredSeries{}
	s.Labels.Range(func(l labels.Label) {
		stored.Labels = append(stored.Labels, ours.Label{Name: l.Name, Value: l.Value})
	})
	r.series[s.Ref] = stored
	r.order = append(r.order, s.Ref)
}

func (r *tsdbReader) stored() []observe.StoredSeries {
	all := make([]observe.StoredSeries, 0, len(r.order))
	for _, ref := range r.order {
		s := *r.series[ref]
		slices.Sort(s.Times)
		all = append(all, s)
	}
	return all
}
