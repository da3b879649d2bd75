package control_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/recording"
)

func TestRecordAndLoad(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir, Script: "503 200"}, {Kind: api.Mimir, Name: "other"}, {Kind: api.Pyroscope}}}, func(w *world) {
		ctx, m, other := w.Context(), w.fake("mimir"), w.fake("other")
		w.push(m, "up", "lost")
		w.push(m, "up", "kept", "X-Scope-OrgID", "a", "Authorization", "Bearer s3cret")
		var file, secret bytes.Buffer
		w.must(m.Record(ctx, &file, false))
		w.must(m.Record(ctx, &secret, true))
		if strings.Contains(file.String(), "s3cret") || !strings.Contains(secret.String(), "s3cret") {
			w.Errorf("the recordings are\n%s\n%s", file.String(), secret.String())
		}
		n, err := other.Load(ctx, bytes.NewReader(file.Bytes()))
		if err != nil || n != 2 {
			w.Fatalf("%d were loaded, %v", n, err)
		}
		found, err := other.WaitFor(ctx, client.Samples("{}", 1))
		if err != nil || len(found.Series) != 1 || found.Series[0].Labels.Get("job") != "kept" || found.Series[0].Tenant != "a" {
			w.Errorf("found %+v, %v: only what was accepted counts", found, err)
		}
		list, err := other.Requests(ctx, api.Filter{})
		if err != nil || len(list) != 2 || list[0].Status != 503 || list[1].Status != 200 {
			w.Errorf("the loaded requests are %+v, %v", list, err)
		}
		if first, err := m.Requests(ctx, api.Filter{}); err != nil || !first[0].Arrived.Equal(list[0].Arrived) {
			w.Errorf("the time of arrival is %v, want %v", list[0].Arrived, first[0].Arrived)
		}

		lines := strings.SplitAfter(file.String(), "\n")
		for text, want := range map[string]string{
			"":                             "it is empty",
			"{}\n":                         "line 1 is not the head of one",
			strings.Join(lines[:2], ""):    "it ends after 1 requests without its last line: it was cut short",
			lines[0] + lines[1] + lines[3]: "line 3 says that there are 2 requests, but there are 1",
			lines[0] + lines[1][:20] + "\n" + lines[3]:                      "line 2: ",
			strings.Replace(file.String(), `"version":1`, `"version":2`, 1): "its version is 2",
		} {
			if _, err := other.Load(ctx, strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
				w.Errorf("loading %.60q gives %v, want %s", text, err, want)
			}
		}
		if _, err := w.fake("pyroscope").Load(ctx, bytes.NewReader(file.Bytes())); err == nil || !strings.Contains(err.Error(), "the recording is of a mimir, and pyroscope is a pyroscope") {
			w.Errorf("loading a mimir into a pyroscope gives %v", err)
		}

		w.must(m.Reset(ctx))
		exchanges := readAll(t, &secret)
		summary, err := recording.Replay(ctx, m.URL(), exchanges, recording.ReplayOptions{Transport: w.data.Transport})
		w.must(err)
		if summary.Sent != 2 || summary.Same != 2 || summary.String() != "2 requests sent, 1 answered 200, 1 answered 503, 2 as recorded" {
			w.Errorf("the replay came to %s", summary)
		}
	})
}

func readAll(t *testing.T, file *bytes.Buffer) []journal.Exchange {
	t.Helper()
	var all []journal.Exchange
	_, err := recording.Read(file, func(e journal.Exchange) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
