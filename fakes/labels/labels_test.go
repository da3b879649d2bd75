package labels

import "testing"

func TestString(t *testing.T) {
	tests := []struct {
		labels Labels
		want   string
	}{
		{nil, `{}`},
		{Labels{{MetricName, "up"}}, `up`},
		{Labels{{MetricName, "up"}, {"job", `a"b`}}, `up{job="a\"b"}`},
		{Labels{{"job", "a"}}, `{job="a"}`},
		{Labels{{MetricName, "a b"}, {"x.y", "z"}}, `{__name__="a b", "x.y"="z"}`},
	}
	for _, test := range tests {
		if got := test.labels.String(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func TestKey(t *testing.T) {
	one := Labels{{"a", "1"}, {"b", "2"}}
	other := Labels{{"b", "2"}, {"a", "1"}}
	if one.Key() != other.Key() {
		t.Error("the key depends on the order")
	}
	if split := (Labels{{"a", "1b"}, {"", "2"}}); split.Key() == one.Key() {
		t.Error("different labels share a key")
	}
	if other[0].Name != "b" {
		t.Error("making the key reordered the labels")
	}
}

func TestMissPrefersTheLikelierMisspelling(t *testing.T) {
	s, err := Parse(`up{job="node", instance=~"h.*"}`)
	if err != nil {
		t.Fatal(err)
	}
	near := Labels{{MetricName, "up"}, {"job", "nodes"}, {"instance", "h1"}}
	far := Labels{{MetricName, "up"}, {"job", "blackbox"}, {"instance", "g"}}
	distance, why := s.Miss(near)
	if want := `job is "nodes", not "node"`; why != want {
		t.Errorf("reason is %s, want %s", why, want)
	}
	further, why := s.Miss(far)
	if want := `job is "blackbox", not "node", instance is "g", which does not match "h.*"`; why != want {
		t.Errorf("reason is %s, want %s", why, want)
	}
	if distance >= further {
		t.Errorf("distance %d of the near one is not below %d of the far one", distance, further)
	}
	if distance, why := s.Miss(Labels{{MetricName, "up"}, {"job", "node"}, {"instance", "h2"}}); distance != 0 || why != "" {
		t.Errorf("a match misses by %d: %s", distance, why)
	}
	if _, why := s.Miss(Labels{{MetricName, "up"}, {"instance", "h2"}}); why != "job is missing" {
		t.Errorf("reason is %s, want job is missing", why)
	}
}
