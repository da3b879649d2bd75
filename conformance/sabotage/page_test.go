package sabotage

import "testing"

const page = `# TYPE sent_total counter
sent_total{component_id="a",url="x"} 5
sent_total{url="y \" {"} 7
sent 1
`

func TestPageEdits(t *testing.T) {
	for act, want := range map[string]string{
		"hides-metric:sent_total": "# TYPE sent_total counter\nsent 1\n",
		"miscounts-metric:sent": `# TYPE sent_total counter
sent_total{component_id="a",url="x"} 5
sent_total{url="y \" {"} 7
sent 2
`,
		"drops-metric-label:component_id": `# TYPE sent_total counter
sent_total{url="x"} 5
sent_total{url="y \" {"} 7
sent 1
`,
	} {
		a := parse(t, act)
		if got := string(a.Metrics([]byte(page))); got != want || a.Touched() == 0 {
			t.Errorf("%s: got\n%s", act, got)
		}
		if got := string(a.Metrics(nil)); got != "" {
			t.Errorf("%s: an empty page became %q", act, got)
		}
	}
}

func TestFrozenMetricKeepsItsFirstValue(t *testing.T) {
	a := parse(t, "freezes-metric:sent")
	a.Metrics([]byte("sent 1\n"))
	if got := string(a.Metrics([]byte("sent 2\nother 2\n"))); got != "sent 1\nother 2\n" || a.Touched() != 1 {
		t.Errorf("got %q, touched %d", got, a.Touched())
	}
}
