package sabotage

import (
	"reflect"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	fakelabels "github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func TestTargetEdits(t *testing.T) {
	job, app := fakelabels.Label{Name: "job", Value: "j"}, fakelabels.Label{Name: "app", Value: "a"}
	honest := observe.Target{
		Labels: fakelabels.Labels{app, job}, URL: "http://a", State: "down", Error: "refused", Scraped: time.Unix(2, 0), Succeeded: time.Unix(1, 0),
	}
	for act, change := range map[string]func(*observe.Target){
		"calls-targets-up":    func(t *observe.Target) { t.State, t.Error = "up", "" },
		"hides-target-labels": func(t *observe.Target) { t.Labels = fakelabels.Labels{job} },
		"forgets-scrape-times": func(t *observe.Target) {
			t.Scraped, t.Succeeded = time.Time{}, time.Time{}
		},
	} {
		a, want, list := parse(t, act), honest, []observe.Target{honest}
		change(&want)
		if got := a.Targets(list); len(got) != 1 || !reflect.DeepEqual(got[0], want) || a.Touched() != 1 || !reflect.DeepEqual(list[0], honest) {
			t.Errorf("%s: got %+v, touched %d, before %+v", act, got, a.Touched(), list)
		}
	}
	if a := parse(t, "hides-targets"); len(a.Targets([]observe.Target{honest})) != 0 || a.Touched() != 1 {
		t.Errorf("hides-targets: touched %d", a.Touched())
	}
}
