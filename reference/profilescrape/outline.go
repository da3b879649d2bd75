package profilescrape

import (
	"errors"
	"fmt"
	"slices"
)

// outline is what the parts of a profile refer to. A profile is judged by it without being built: a parser needs many
// times the memory of what it reads, so a small answer that inflates well could end the agent.
type outline struct {
	types     int    // of samples
	texts     uint64 // entries of the string table
	mappings  ids
	locations ids
	functions ids
	dated     bool // there was a time
}

// ids are the identifiers of one kind of entry, in ascending order.
type ids []uint64

// settle sorts identifiers and refuses 0 and what is there twice.
func (s ids) settle(what string) error {
	slices.Sort(s)
	for i, id := range s {
		if id == 0 || i > 0 && id == s[i-1] {
			return fmt.Errorf("the %s %d is there twice or reserved", what, id)
		}
	}
	return nil
}

// has looks first where the identifier is when they are 1, 2, 3 and so on, as they usually are.
func (s ids) has(id uint64) bool {
	if id-1 < uint64(len(s)) && s[id-1] == id {
		return true
	}
	_, found := slices.BinarySearch(s, id)
	return found
}

// checkMessage tells what is wrong with a profile that is not compressed.
func checkMessage(b []byte) error {
	var o outline
	if err := profileFields.each(b, o.collect); err != nil {
		return err
	}
	err := errors.Join(o.mappings.settle("mapping"), o.locations.settle("location"), o.functions.settle("function"))
	if err != nil {
		return err
	}
	switch {
	case o.types == 0:
		return errors.New("it has no sample types")
	case o.texts == 0:
		return errors.New("it has no string table")
	}
	return profileFields.each(b, o.check)
}

// collect takes in one field of the profile.
func (o *outline) collect(number int, v uint64, inside []byte) error {
	switch number {
	case 1:
		o.types++
	case 3:
		return o.mappings.collect(mappingFields, inside)
	case 4:
		return o.locations.collect(locationFields, inside)
	case 5:
		return o.functions.collect(functionFields, inside)
	case 6:
		if o.texts++; o.texts == 1 && len(inside) > 0 {
			return errors.New("its string table does not begin with the empty string")
		}
	case 9:
		if o.dated {
			return errors.New("it is more than one profile")
		}
		o.dated = v != 0
	}
	return nil
}

// collect takes in the identifier of an entry, its field 1.
func (s *ids) collect(f fields, entry []byte) error {
	var id uint64
	err := f.each(entry, func(number int, v uint64, _ []byte) error {
		if number == 1 {
			id = v
		}
		return nil
	})
	*s = append(*s, id)
	return err
}

// check looks at one field of the profile.
func (o *outline) check(number int, v uint64, inside []byte) error {
	switch number {
	case 1, 11:
		return o.checkTexts(valueTypeFields, inside, 1, 2)
	case 2:
		return o.checkSample(inside)
	case 3:
		return o.checkTexts(mappingFields, inside, 5, 6)
	case 4:
		return o.checkLocation(inside)
	case 5:
		return o.checkTexts(functionFields, inside, 2, 3, 4)
	case 7, 8, 13, 14, 15:
		return o.checkText(v)
	}
	return nil
}

func (o *outline) checkText(index uint64) error {
	if index >= o.texts {
		return fmt.Errorf("it refers to string %d of %d", index, o.texts)
	}
	return nil
}

// checkTexts looks at the fields of a message that are indexes into the string table.
func (o *outline) checkTexts(f fields, message []byte, texts ...int) error {
	return f.each(message, func(number int, v uint64, _ []byte) error {
		if slices.Contains(texts, number) {
			return o.checkText(v)
		}
		return nil
	})
}

func (o *outline) checkSample(sample []byte) error {
	values := 0
	err := sampleFields.each(sample, func(number int, v uint64, label []byte) error {
		switch number {
		case 1:
			if !o.locations.has(v) {
				return fmt.Errorf("a sample refers to location %d, which is not there", v)
			}
		case 2:
			values++
		case 3:
			return o.checkTexts(labelFields, label, 1, 2, 4)
		}
		return nil
	})
	if err == nil && values != o.types {
		return fmt.Errorf("a sample has %d values for %d sample types", values, o.types)
	}
	return err
}

func (o *outline) checkLocation(location []byte) error {
	return locationFields.each(location, func(number int, _ uint64, line []byte) error {
		if number != 4 {
			return nil
		}
		return o.checkLine(line)
	})
}

func (o *outline) checkLine(line []byte) error {
	var function uint64
	err := lineFields.each(line, func(number int, v uint64, _ []byte) error {
		if number == 1 {
			function = v
		}
		return nil
	})
	if err == nil && !o.functions.has(function) {
		return fmt.Errorf("a location refers to function %d, which is not there", function)
	}
	return err
}
