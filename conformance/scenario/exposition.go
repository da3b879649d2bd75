package scenario

import (
	"strconv"
	"strings"
)

// expositionFormats are what generated series can be served as.
var expositionFormats = []string{"text", "openmetrics", "protobuf"}

// expositionOption reads an option of exposition.
func (b *builder) expositionOption(step *StartFake, w token, key, value string) *Error {
	if step.Kind != "exposition" {
		return errorf(w.pos, "option %s is for exposition only", key)
	}
	o := &step.Options
	switch key {
	case "series":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 1_000_000 {
			return errorf(w.pos, "option %s: want a number from 1 to 1000000", w.text)
		}
		o.Series = n
	case "every-type", "gzip":
		o.EveryType, o.Gzip = o.EveryType || key == "every-type", o.Gzip || key == "gzip"
		if w.text != key {
			return errorf(w.pos, "option %s: %s has no value", w.text, key)
		}
	case "format":
		return o.setFormats(w, value)
	case "age":
		var err *Error
		o.Age, err = duration(token{text: value, pos: w.pos})
		return err
	default:
		f, err := b.config(token{text: value, pos: w.pos}, everything)
		o.Page = &f
		return err
	}
	return nil
}

// setFormats reads FORMAT[+FORMAT].
func (o *FakeOptions) setFormats(w token, value string) *Error {
	o.Formats = strings.Split(value, "+")
	for _, format := range o.Formats {
		if err := oneOf(format, expositionFormats); err != nil {
			return errorf(w.pos, "option %s: %s", w.text, err.Text).hinted(err.Hint)
		}
	}
	return nil
}

// sources counts the options that say what is served.
func (o FakeOptions) sources() int {
	n := 0
	for _, given := range []bool{o.Page != nil, o.Series > 0, o.EveryType} {
		if given {
			n++
		}
	}
	return n
}
