package pyroscope

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"testing"
	"time"

	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
	"google.golang.org/protobuf/proto"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

func fuzzed(path, query, contentType string, body []byte) *journal.Exchange {
	return &journal.Exchange{
		Method: http.MethodPost, Path: path, Query: query, Read: time.Now(), Body: body,
		Header: http.Header{"Content-Type": {contentType}},
	}
}

func bare() *Server {
	return &Server{options: Options{MaxInflated: 1 << 20}, slots: make(chan struct{}, 1)}
}

// FuzzPush compares the protobuf decoder with the library's.
func FuzzPush(f *testing.F) {
	seed, err := proto.Marshal(&pushv1.PushRequest{Series: []*pushv1.RawProfileSeries{{
		Labels:  []*typesv1.LabelPair{{Name: "a", Value: "b"}},
		Samples: []*pushv1.RawSample{{RawProfile: []byte("x"), ID: "1"}},
	}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, message []byte) {
		got, fail := bare().decodeProto(message)
		var want pushv1.PushRequest
		if proto.Unmarshal(message, &want) != nil || fail != nil {
			return
		}
		i := 0
		for _, series := range want.Series {
			for _, sample := range series.Samples {
				if i >= len(got) || !bytes.Equal(got[i].Raw, sample.RawProfile) || got[i].ID != sample.ID || len(got[i].Labels) != len(series.Labels) {
					t.Fatalf("profile %d differs from the library's", i+1)
				}
				for j, l := range series.Labels {
					if got[i].Labels[j].Name != l.Name || got[i].Labels[j].Value != l.Value {
						t.Fatalf("label %d of profile %d differs from the library's", j+1, i+1)
					}
				}
				i++
			}
		}
		if i != len(got) {
			t.Fatalf("decoded %d profiles, the library %d", len(got), i)
		}
	})
}

// FuzzBody sends anything to every decoder: none may panic.
func FuzzBody(f *testing.F) {
	f.Add("/ingest", "name=a{b=c}&format=pprof", "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=profile\r\n\r\n\x12\x00\r\n--x--"))
	f.Add("/ingest", "name=a.cpu&from=1&until=2", "", []byte("a;b 1\nc 2"))
	f.Add(PushPath, "", "application/json", []byte(`{"series":[{"samples":[{"rawProfile":"AAAA"}]}]}`))
	f.Add(PushPath, "", "application/proto", []byte{0x0a, 4, 0x12, 2, 0x0a, 0})
	f.Fuzz(func(t *testing.T, path, query, contentType string, body []byte) {
		s := bare()
		push := s.Decode(*fuzzed(path, query, contentType, body))
		s.SetLimits(Limits{})
		s.refuse("", push.Profiles)
	})
}

// FuzzProfile parses anything as a profile: it may fail, not panic, and not take long.
func FuzzProfile(f *testing.F) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte{0x0a, 4, 8, 1, 16, 1, 0x32, 0, 0x32, 3, 'c', 'p', 'u'})
	_ = z.Close()
	f.Add(b.Bytes())
	f.Add([]byte{0x0a, 4, 8, 1, 16, 1, 0x32, 0, 0x32, 3, 'c', 'p', 'u', 0x12, 3, 0x12, 1, 5})
	f.Fuzz(func(t *testing.T, raw []byte) {
		firstSampleType(raw, 1<<16)
		p := Profile{Raw: raw, format: IngestPprof}
		if _, err := p.parse(1 << 16); err != nil && err.Error() == "" {
			t.Fatal("an error without text")
		}
	})
}
