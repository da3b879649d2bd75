package river

import (
	"reflect"
)

// Same tells whether two decoded structs of one type hold the same arguments. Only fields with river tags count. What has
// no literal (a receiver, say) is compared by identity and never looked into, because it may be in use.
func Same(a, b any) bool {
	return sameValue(reflect.ValueOf(a), reflect.ValueOf(b))
}

func sameValue(a, b reflect.Value) bool {
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Interface:
		return a.IsNil() == b.IsNil() && (a.IsNil() || sameDynamic(a.Elem(), b.Elem()))
	case reflect.Pointer:
		return samePointer(a, b)
	case reflect.Struct:
		return sameStruct(a, b)
	case reflect.Slice:
		return sameList(a, b)
	case reflect.Map:
		return sameMap(a, b)
	}
	return a.Comparable() && b.Comparable() && a.Equal(b)
}

// sameDynamic compares what two interfaces hold: literals by value, all else by identity.
func sameDynamic(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice || a.Kind() == reflect.Map {
		return sameValue(a, b)
	}
	return a.Type() == b.Type() && a.Comparable() && b.Comparable() && a.Equal(b)
}

func samePointer(a, b reflect.Value) bool {
	if a.IsNil() || b.IsNil() || a.Pointer() == b.Pointer() {
		return a.IsNil() == b.IsNil()
	}
	elem := a.Type().Elem()
	if elem.Kind() == reflect.Struct && len(fieldsOf(elem).fields) == 0 {
		return false
	}
	return sameValue(a.Elem(), b.Elem())
}

func sameStruct(a, b reflect.Value) bool {
	fields := fieldsOf(a.Type()).fields
	if len(fields) == 0 {
		return reflect.DeepEqual(a.Interface(), b.Interface())
	}
	for _, f := range fields {
		if !sameValue(a.FieldByIndex(f.index), b.FieldByIndex(f.index)) {
			return false
		}
	}
	return true
}

func sameList(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !sameValue(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

func sameMap(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for _, key := range a.MapKeys() {
		if other := b.MapIndex(key); !other.IsValid() || !sameValue(a.MapIndex(key), other) {
			return false
		}
	}
	return true
}
