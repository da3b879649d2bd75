package query_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"golang.org/x/tools/txtar"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
	"github.com/touchstone-telemetry/touchstone/fakes/query/profiles"
)

// peer is a server that transcripts are played against: "write" is where it takes remote write, "api/" stands for its query API, and what
// begins with a slash is a path of its own.
type peer struct {
	name, base, write, api string
	// family is the name whose wants hold where there are none under the own one.
	family string
}

// TestTranscripts plays each transcript against a strict fake, and against the real servers that these variables give the URLs of:
//
//	TOUCHSTONE_MIMIR_URL       http://localhost:8080, a Mimir
//	TOUCHSTONE_CORTEX_URL      http://localhost:9009, a Cortex, which Mimir comes from
//	TOUCHSTONE_PROMETHEUS_URL  http://localhost:9090, a Prometheus with --web.enable-remote-write-receiver
//	TOUCHSTONE_PYROSCOPE_URL   http://localhost:4040, a Pyroscope
//
// How a transcript reads is told in testdata/transcripts/README.md.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no transcripts (%v)", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		for _, p := range peers(t, strings.HasPrefix(name, "pyroscope")) {
			t.Run(name+"/"+p.name, func(t *testing.T) {
				play{t: t, peer: p, now: time.Now(), run: fmt.Sprint(time.Now().UnixNano())}.all(archive)
			})
		}
	}
}

func peers(t *testing.T, forProfiles bool) []peer {
	var all []peer
	add := func(name, base, write, api string) {
		if base != "" {
			all = append(all, peer{name: name, base: base, write: base + write, api: base + api, family: families[name]})
		}
	}
	if forProfiles {
		add("fake", profiles.StartT(t, pyroscope.Options{Strict: true}).URL(), "", "")
		add("pyroscope", os.Getenv("TOUCHSTONE_PYROSCOPE_URL"), "", "")
		return all
	}
	add("fake", metrics.StartT(t, mimir.Options{Strict: true}).URL(), mimir.PushPath, "/prometheus/api/v1/")
	add("mimir", os.Getenv("TOUCHSTONE_MIMIR_URL"), mimir.PushPath, "/prometheus/api/v1/")
	add("cortex", os.Getenv("TOUCHSTONE_CORTEX_URL"), mimir.PushPath, "/prometheus/api/v1/")
	add("prometheus", os.Getenv("TOUCHSTONE_PROMETHEUS_URL"), "/api/v1/write", "/api/v1/")
	if last := &all[len(all)-1]; last.name == "prometheus" && isVersion2(t, last.api) {
		last.name, last.family = "prometheus2", "prometheus" // it knows no remote write 2.0 and looks at no Content-Type
	}
	return all
}

// families name those whose wants hold where a server has none of its own.
var families = map[string]string{"cortex": "mimir"}

func isVersion2(t *testing.T, api string) bool {
	response, err := http.Get(api + "status/buildinfo")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(body, []byte(`"version":"2.`))
}

// ago is how far from now $AGO and $SOON are.
const ago = 5 * time.Minute

// play is one transcript against one peer.
type play struct {
	t *testing.T
	peer
	now time.Time
	run string // what tells this play's series from those of others
}

func (p play) all(archive *txtar.Archive) {
	for _, step := range archive.Files {
		s, err := p.parse(step)
		if err != nil {
			p.t.Fatalf("%s: %v", step.Name, err)
		}
		if len(s.only) == 0 || slices.Contains(s.only, p.name) {
			p.one(step.Name, s)
		}
	}
}

// one sends a request and compares the answer.
func (p play) one(name string, s *step) {
	request, err := http.NewRequestWithContext(p.t.Context(), s.method, s.target, bytes.NewReader(s.body()))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header = s.header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Errorf("%s: %v", name, err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Errorf("%s: %v", name, err)
	}
	if s.answer != "" && response.StatusCode == http.StatusOK {
		if body, err = jsonOf(s.answer, body); err != nil {
			p.t.Errorf("%s: %v", name, err)
		}
	}
	for _, want := range s.wanted(p.peer) {
		if problem := want.problem(response, string(body)); problem != "" {
			p.t.Errorf("%s: %s; it was answered %s: %s", name, problem, response.Status, bytes.TrimSpace(body))
		}
	}
}

// step is one request of a transcript with what is wanted of the answer.
type step struct {
	method, target string
	header         http.Header
	content        content
	answer         string // the message that a good answer is, in protobuf
	only           []string
	wants          map[string][]want // by the peer's name; "" for all that have none of their own
}

func (s *step) wanted(by peer) []want {
	for _, name := range []string{by.name, by.family} {
		if own, ok := s.wants[name]; ok {
			return own
		}
	}
	return s.wants[""]
}

// want is one thing wanted of an answer: a status, or a text in the body or a header.
type want struct {
	where string // status, body, or a header's name
	what  *regexp.Regexp
}

func (w want) problem(r *http.Response, body string) string {
	got := r.Header.Get(w.where)
	switch w.where {
	case "status":
		got = strconv.Itoa(r.StatusCode)
	case "body":
		got = body
	}
	if w.what.MatchString(got) {
		return ""
	}
	return fmt.Sprintf("the %s is not like %q", w.where, w.what)
}

func (p play) parse(f txtar.File) (*step, error) {
	s := &step{header: http.Header{"X-Scope-Orgid": {"transcripts"}}, content: content{symbols: writev2.NewSymbolTable()}, wants: map[string][]want{}}
	text := strings.NewReplacer("$RUN", p.run, "$NOWMS", fmt.Sprint(p.now.UnixMilli()),
		"$AGOMS", fmt.Sprint(p.now.Add(-ago).UnixMilli()), "$AGO", fmt.Sprint(p.now.Add(-ago).Unix()),
		"$SOONMS", fmt.Sprint(p.now.Add(ago).UnixMilli()), "$NOW", fmt.Sprint(p.now.Unix())).Replace(string(f.Data))
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(s, line); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	if s.target == "" || len(s.wants) == 0 {
		return nil, fmt.Errorf("the step says nothing of what to send, or nothing of what to want")
	}
	return s, nil
}

func (p play) line(s *step, line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case word == "GET" || word == "POST":
		s.method, s.target = word, p.url(rest)
	case word == "only":
		s.only = strings.Fields(rest)
	case word == "body":
		return s.parseBody(rest, p.now)
	case word == "answer":
		s.answer = rest
	case word == "about":
		return s.content.about(rest)
	case word == "want":
		return s.want("", rest)
	case word == "on":
		name, rest, _ := strings.Cut(rest, " want ")
		return s.want(name, rest)
	case strings.HasSuffix(word, ":"):
		s.header.Set(strings.TrimSuffix(word, ":"), rest)
	default:
		return fmt.Errorf("want GET, POST, a header, body, about, answer, want, on or only")
	}
	return nil
}

func (p play) url(target string) string {
	path, query, _ := strings.Cut(target, "?")
	switch {
	case path == "write":
		path = p.write
	case strings.HasPrefix(path, "api/"):
		path = p.api + strings.TrimPrefix(path, "api/")
	default:
		path = p.base + path
	}
	values := url.Values{}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			values.Add(name, value)
		}
	}
	return path + "?" + values.Encode()
}

// want reads "400", "2xx", "body REGEXP" or "Header: REGEXP".
func (s *step) want(peer, text string) error {
	where, pattern, _ := strings.Cut(text, " ")
	switch {
	case strings.HasSuffix(where, ":"):
		where = strings.TrimSuffix(where, ":")
	case where != "body":
		where, pattern = "status", "^"+strings.ReplaceAll(text, "x", `\d`)+"$"
	}
	what, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	s.wants[peer] = append(s.wants[peer], want{where, what})
	return nil
}
