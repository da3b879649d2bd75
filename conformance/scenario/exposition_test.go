package scenario

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const exposing = `# Pages of all sorts.
killed by x

fake exposition every every-type format=openmetrics+text gzip
fake exposition many series=3 age=1h
fake exposition page page=p
fake mimir m reply 429 retry-after="{{date+30s}}" 200
start agent c
wait m exemplars up >= 1 within 1s
check m requests >= 1
-- p --
up 1
-- c --
{{every.addr}} {{many.addr}} {{page.addr}}
`

func TestExpositionOptions(t *testing.T) {
	c := expand(t, parse(t, exposing), Virtual)[0]
	every, many := c.Steps[0].(*StartFake).Options, c.Steps[1].(*StartFake).Options
	if !every.EveryType || !every.Gzip || !slices.Equal(every.Formats, []string{"openmetrics", "text"}) {
		t.Errorf("every %+v", every)
	}
	if many.Series != 3 || many.Age != time.Hour || many.EveryType {
		t.Errorf("many %+v", many)
	}
	if script := c.Steps[3].(*StartFake).Script; script != `429 retry-after="{{date+30s}}" 200` {
		t.Errorf("script %q", script)
	}
}

func TestExpositionOptionsRefuse(t *testing.T) {
	for _, c := range [][3]string{
		{"every-type ", "every-type=yes ", "every-type has no value"},
		{"gzip", "gzip=on", "gzip has no value"},
		{"gzip", "series=2", "page, series and every-type exclude one another"},
		{"format=openmetrics+text", "format=openmetric", `"openmetric" is not one of text, openmetrics, protobuf (did you mean openmetrics?)`},
		{"age=1h", "age=old", "want a duration like 15s"},
		{"page=p", "page=p age=1h", "a page is served as it is"},
		{"page=p", "page=p format=text", "a page is served as it is"},
		{"fake mimir m", "fake mimir m gzip", "option gzip is for exposition only"},
		{"date+30s", "date+soon", "want a duration behind date+"},
		{"date+30s", "date", "unknown template {{date}}"},
		{"exemplars up >= 1", "exemplars up present", "want an operator"},
		{"exemplars up >= 1", "exemplars up{ >= 1", "a brace is opened"},
		{"wait m exemplars up >= 1", "wait m buckets up has 1", "cannot be waited for"},
		{"wait m exemplars up >= 1", "wait m help up = x", "cannot be waited for"},
		{"wait m exemplars up >= 1", "wait m exemplars up >= 0", "always holds"},
		{"wait m exemplars up >= 1", "wait every exemplars up >= 1", "unknown subject"},
		{"wait m exemplars up >= 1 within 1s\ncheck m requests >= 1", "check m exemplars up = 0", "shows the agent at work"},
		{"wait m exemplars up >= 1 within 1s\ncheck m requests >= 1", "check m histograms up <= 3", "shows the agent at work"},
	} {
		text := strings.Replace(exposing, c[0], c[1], 1)
		if _, err := Parse("t.txtar", []byte(text)); err == nil || !strings.Contains(err.Error(), c[2]) || text == exposing {
			t.Errorf("%s: got %v, want %s", c[1], err, c[2])
		}
	}
}
