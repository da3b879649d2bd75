package page

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func newTestTree(t *testing.T, v any) tree {
	t.Helper()
	made, err := newTree(v, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestTreeKeepsTheOrderOfFields(t *testing.T) {
	made := newTestTree(t, struct {
		Z string  `json:"z"`
		A []int   `json:"a"`
		M float64 `json:"m"`
	}{"x", []int{1, 2}, 1e15})
	var names []string
	for _, f := range made.Fields() {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "z a m" {
		t.Errorf("got the fields %s", got)
	}
	if got := made.Fields()[2].Value.Text(); got != "1000000000000000" {
		t.Errorf("got the number %s", got)
	}
}

func TestColumnsStandWhereTheirObjectsHaveThem(t *testing.T) {
	type row struct {
		URL   string            `json:"url"`
		Error string            `json:"error,omitempty"`
		Set   map[string]string `json:"set"`
		At    string            `json:"at,omitempty"`
	}
	made := newTestTree(t, []row{{URL: "a"}, {URL: "b", At: "now"}, {URL: "c", Error: "oh"}})
	if got := made.Columns(); !slices.Equal(got, []string{"url", "error", "set", "at"}) {
		t.Errorf("got the columns %q", got)
	}
	cells := made.Items()[2].Row(made.Columns())
	if cells[1].Value.Text() != "oh" || !cells[3].Value.Empty() {
		t.Errorf("got the row %v", cells)
	}
}

func TestHowValuesAreShown(t *testing.T) {
	wide := map[string]any{"nested": []int{1}}
	for _, name := range strings.Split("abcdefghij", "") {
		wide[name] = 1
	}
	for _, test := range []struct {
		value               any
		table, flat, labels bool
	}{
		{value: []string{"a"}, flat: true},
		{value: map[string]string{"a": "b"}, labels: true},
		{value: map[string]any{"a": []int{1}}},
		{value: []map[string]string{{"a": "b"}}},
		{value: []map[string]any{{"a": []int{1}}}, table: true},
		{value: []any{wide}},
		{value: []map[string]any{{"a": map[string]any{"b": map[string]int{"c": 1}}}}},
		{value: []map[string]any{{"health": "up", "url": "u"}}, table: true},
		{value: nil},
	} {
		made := newTestTree(t, test.value)
		if made.Table() != test.table || made.Flat() != test.flat || made.Labels() != test.labels {
			t.Errorf("%v: table %t, flat %t, labels %t", test.value, made.Table(), made.Flat(), made.Labels())
		}
	}
}
