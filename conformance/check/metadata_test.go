package check

import (
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

func TestMetadata(t *testing.T) {
	told := push(0, "", 200)
	told.Kind, told.Metadata = "metadata", []observe.Metadata{{Metric: "up", Type: "gauge", Help: "Is it?", Unit: "ok"}, {Metric: "x"}}
	refused := push(time.Second, "", 400)
	refused.Kind, refused.Metadata = "metadata", []observe.Metadata{{Metric: "late", Type: "gauge"}}
	o := seen(push(0, "a", 200), told, refused)
	table(t, o, []row{
		{"m metadata up present", Pass, ""},
		{"m metadata up = gauge", Pass, ""},
		{"m metadata up = counter", Fail, "got gauge, want counter"},
		{"m metadata up absent", Fail, ""},
		{"m metadata down absent", Pass, ""},
		{"m metadata down present", Fail, "got no metadata of down"},
		{"m metadata late present", Fail, "got no metadata of late"},
		{"m metadata up from middle absent", Inconclusive, "nothing that fits"},
		{`m help up = "Is it?"`, Pass, ""},
		{`m help up = "It is."`, Fail, "got Is it?, want It is."},
		{"m help down = x", Fail, "got no metadata of down"},
		{"m unit up = ok", Pass, ""},
		{"m unit up = seconds", Fail, "got ok, want seconds"},
		{"m batch of kind=metadata <= 2", Pass, ""},
		{"m batch of kind=metadata has 1", Pass, ""},
		{"m batch of kind=metadata <= 1", Fail, "carries 2, want <= 1"},
		{"m requests of kind=metadata = 2", Pass, ""},
	})
}
