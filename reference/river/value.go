package river

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Scope is what the identifiers of an expression may stand for: values as Eval returns them.
type Scope map[string]any

// Func is a function that expressions can call. Arguments and result are values as Eval returns them.
type Func func(args []any) (any, error)

// ValueOf turns a Go value into one that expressions can use: structs with river tags become map[string]any, slices and
// maps are converted element by element, durations become strings, and what the language has no word for (a receiver,
// say) is kept as it is, to be decoded into a field of a type that it satisfies.
func ValueOf(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, Secret, Func:
		return v
	case time.Duration:
		return DurationText(v)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint())
	case reflect.Float32:
		return r.Float()
	case reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = ValueOf(r.Index(i).Interface())
		}
		return list
	case reflect.Map:
		return mapValue(r)
	case reflect.Struct:
		return structValue(r)
	case reflect.Pointer:
		if r.Elem().Kind() == reflect.Struct && len(fieldsOf(r.Type().Elem()).attributes()) > 0 {
			return structValue(r.Elem())
		}
	}
	return v
}

// DurationText is how a configuration would have it: 8h instead of 8h0m0s.
func DurationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func mapValue(r reflect.Value) any {
	if r.Type().Key().Kind() != reflect.String {
		return r.Interface()
	}
	object := make(map[string]any, r.Len())
	for _, key := range r.MapKeys() {
		object[key.String()] = ValueOf(r.MapIndex(key).Interface())
	}
	return object
}

func structValue(r reflect.Value) any {
	names := fieldsOf(r.Type()).attributes()
	if len(names) == 0 {
		return r.Interface()
	}
	object := make(map[string]any, len(names))
	for _, f := range names {
		object[f.name] = ValueOf(r.FieldByIndex(f.index).Interface())
	}
	return object
}

// TypeNamer is a value of another component that tells what the documents call its type, for errors.
type TypeNamer interface{ TypeName() string }

// typeName names the type of a value as the documents do.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case int64, float64:
		return "number"
	case string:
		return "string"
	case Secret:
		return "secret"
	case []any:
		return "list"
	case map[string]any:
		return "map"
	case Func:
		return "function"
	case TypeNamer:
		return v.TypeName()
	default:
		return fmt.Sprintf("a value of type %T", v)
	}
}
