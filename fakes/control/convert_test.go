package control

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// TestSeriesAreWrittenAsMimirWritesThem shows that nothing is lost between the fake's types and those of the API.
func TestSeriesAreWrittenAsMimirWritesThem(t *testing.T) {
	var full mimir.Series
	fill(reflect.ValueOf(&full).Elem())
	want, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	var read, wanted any
	got, err := json.Marshal(seriesOf([]mimir.Series{full})[0])
	if err != nil {
		t.Fatal(err)
	}
	if json.Unmarshal(got, &read) != nil || json.Unmarshal(want, &wanted) != nil || !reflect.DeepEqual(read, wanted) {
		t.Errorf("it is written as\n%s\nwant\n%s", got, want)
	}
	var back api.Series
	if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(back, seriesOf([]mimir.Series{full})[0]) {
		t.Errorf("it is read back as %+v, %v", back, err)
	}
}

// fill gives every field a value that is not its zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[labels.Labels]() {
			v.Set(reflect.ValueOf(labels.Labels{{Name: "a", Value: "b"}}))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(7)
	default:
		panic(v.Kind())
	}
}
