package adapter

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"
)

// writeLog writes two segments: a series with two samples in the first, one more sample in the second.
func writeLog(t *testing.T, dir string) {
	t.Helper()
	w, err := wlog.New(slog.New(slog.DiscardHandler), nil, dir, compression.Snappy)
	if err != nil {
		t.Fatal(err)
	}
	var enc record.Encoder
	series := enc.Series([]record.RefSeries{{Ref: 7, Labels: labels.FromStrings("__name__", "up", "job", "a")}}, nil)
	samples := enc.Samples([]record.RefSample{{Ref: 7, T: 2000, V: 1}, {Ref: 7, T: 1000, V: 1}, {Ref: 8, T: 1, V: 1}}, nil)
	if err := w.Log(series, samples); err != nil {
		t.Fatal(err)
	}
	if _, err := w.NextSegmentSync(); err != nil {
		t.Fatal(err)
	}
	if err := w.Log(enc.Samples([]record.RefSample{{Ref: 7, T: 3000, V: 1}}, nil)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReadLogsOfPrometheus(t *testing.T) {
	storage := t.TempDir()
	if logs, err := (&prometheus{}).ReadLogs(storage); err != nil || logs != nil {
		t.Errorf("before the first start: %v, %v", logs, err)
	}
	writeLog(t, filepath.Join(storage, "wal"))
	torn, err := os.OpenFile(filepath.Join(storage, "wal", "00000001"), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := torn.Write([]byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if err := torn.Close(); err != nil {
		t.Fatal(err)
	}
	logs, err := (&prometheus{}).ReadLogs(storage)
	if err != nil || len(logs) != 1 {
		t.Fatalf("got %v, %v", logs, err)
	}
	log := logs[0]
	if log.Folder != "wal" || !slices.Equal(log.Segments, []int{0, 1}) || log.Checkpoint != nil || len(log.Samples) != 1 {
		t.Fatalf("got %+v", log)
	}
	if s := log.Samples[0]; s.Labels.Get("job") != "a" || !slices.Equal(s.Times, []int64{1000, 2000, 3000}) {
		t.Errorf("got %+v", s)
	}
}
