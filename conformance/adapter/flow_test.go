package adapter

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

func TestFlowProcess(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a := &flow{flowKind: alloyKind, path: self}
	folder := t.TempDir()
	setup := sut.Setup{Lane: sut.Real, Folder: folder, Storage: filepath.Join(folder, "storage"), Config: []byte("phlare.write \"p\" { }\n"), Output: &bytes.Buffer{}}
	p, err := a.Start(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(within(t, 10*time.Second)); err != nil {
		t.Error(err)
	}
	if err := p.Signal(sut.Terminate); err != nil {
		t.Error(err)
	}
	<-p.Done()
	if e := p.Exit(); e.Code != 0 {
		t.Errorf("exit %+v", e)
	}
	setup.Config = []byte("pyroscope.write \"p\" {\n endpoint {\n url = \"http://x\"\n retry_on_http_429 = true\n }\n}\n")
	_, err = a.Start(t.Context(), setup)
	checkUnsupported(t, "alloy", string(setup.Config), err, "pyroscope.write > endpoint > retry_on_http_429")
}

func TestFlowComponents(t *testing.T) {
	pages := map[string]string{
		"/api/v0/web/components": `[{"localID": "pyroscope.write.p"}, {"localID": "prometheus.scrape.a"}]`,
		"/api/v0/web/components/pyroscope.write.p": `{"localID": "pyroscope.write.p", "health": {"state": "unhealthy", "message": "wrong"},
			"arguments": [{"name": "url"}], "exports": [{"name": "receiver"}], "debugInfo": []}`,
		"/api/v0/web/components/prometheus.scrape.a": `{"localID": "prometheus.scrape.a", "health": {"state": "healthy"}, "debugInfo": [{"name": "target"}]}`,
	}
	got, err := (&flow{flowKind: alloyKind}).ListComponents(func(path string) ([]byte, error) { return []byte(pages[path]), nil })
	if err != nil {
		t.Fatal(err)
	}
	writer := observe.Component{ID: "pyroscope.write.p", Health: "unhealthy", Reason: "wrong", Arguments: `[{"name": "url"}]`, Exports: []string{"receiver"}}
	standIn := writer
	standIn.ID = "phlare.write.p"
	want := []observe.Component{writer, standIn, {ID: "prometheus.scrape.a", Health: "healthy", Debug: `[{"name": "target"}]`}}
	if have, _ := json.Marshal(got); !sameJSON(have, want) {
		t.Errorf("got %s", have)
	}
	if _, err := (&flow{}).ListComponents(func(string) ([]byte, error) { return []byte("no JSON"), nil }); err == nil {
		t.Error("a page that is no list was taken")
	}
}

func sameJSON(have []byte, want any) bool {
	text, err := json.Marshal(want)
	return err == nil && bytes.Equal(have, text)
}
