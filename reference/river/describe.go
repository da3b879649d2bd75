package river

import (
	"encoding"
	"reflect"
	"regexp"
	"time"
)

// sensitiveKey finds the keys of maps whose values are credentials although their type is a plain string: headers and
// query parameters.
var sensitiveKey = regexp.MustCompile(`(?i)auth|cookie|token|secret|passw|credential|api.?key|access.?key|signature|assertion`)

// sensitiveParameter finds more, because parameters of a URL are seldom labels.
var sensitiveParameter = regexp.MustCompile(`(?i)auth|token|secret|passw|credential|key|sig|assertion`)

// SoundsSecret tells whether a query parameter has a name like that of a credential.
func SoundsSecret(name string) bool { return sensitiveParameter.MatchString(name) }

// Shown is a value that says itself how it is described: with a value that Describe understands, secrets as Secret.
type Shown interface{ Shown() any }

// Describe turns a decoded struct into maps and lists with the names of a configuration, to be shown as JSON. Secrets that
// are set stay of type Secret, and credentials in URLs, headers and parameters are replaced. What has no literal (a
// receiver, say) is shown as reference says, which gets the Go value.
func Describe(args any, reference func(any) string) map[string]any {
	d := describer{reference}
	return d.fields(reflect.Indirect(reflect.ValueOf(args)))
}

type describer struct{ reference func(any) string }

func (d describer) fields(r reflect.Value) map[string]any {
	object := map[string]any{}
	for _, f := range fieldsOf(r.Type()).fields {
		v := r.FieldByIndex(f.index)
		unset := f.optional && v.IsZero() && (f.kind == blockField || v.Kind() == reflect.Pointer)
		if f.kind == labelField || unset {
			continue
		}
		object[f.name] = d.value(v)
	}
	return object
}

func (d describer) value(r reflect.Value) any {
	switch v := r.Interface().(type) {
	case Secret:
		if v == "" {
			return ""
		}
		return v
	case Shown:
		return v.Shown()
	case time.Duration:
		return DurationText(v)
	case encoding.TextMarshaler:
		if r.Kind() != reflect.Pointer || !r.IsNil() {
			text, _ := v.MarshalText()
			return hideCredentials(string(text))
		}
	}
	switch r.Kind() {
	case reflect.String:
		return hideCredentials(r.String())
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return r.Interface()
	}
	return d.composite(r)
}

func (d describer) composite(r reflect.Value) any {
	switch r.Kind() {
	case reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = d.value(r.Index(i))
		}
		return list
	case reflect.Map:
		return d.entries(r)
	case reflect.Struct:
		if len(fieldsOf(r.Type()).fields) > 0 {
			return d.fields(r)
		}
	case reflect.Pointer, reflect.Interface:
		return d.pointer(r)
	}
	return d.reference(r.Interface())
}

func (d describer) pointer(r reflect.Value) any {
	switch {
	case r.IsNil():
		return nil
	case r.Kind() == reflect.Pointer && r.Elem().Kind() != reflect.Struct:
		return d.value(r.Elem())
	case r.Kind() == reflect.Pointer && len(fieldsOf(r.Type().Elem()).fields) > 0:
		return d.fields(r.Elem())
	}
	return d.reference(r.Interface())
}

func (d describer) entries(r reflect.Value) any {
	object := map[string]any{}
	for _, key := range r.MapKeys() {
		if name := key.String(); sensitiveKey.MatchString(name) {
			object[name] = Secret("set")
		} else {
			object[name] = d.value(r.MapIndex(key))
		}
	}
	return object
}
