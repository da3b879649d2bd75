package river

import (
	"errors"
	"fmt"
	"time"
)

// Quantity is what an argument counts or measures.
type Quantity interface{ ~int | ~int64 }

// MoreThanZero refuses a quantity that is 0 or less, for the argument named field. Join the results of several checks with
// errors.Join, so that one run tells everything.
func MoreThanZero[Q Quantity](field string, v Q) error {
	if v > 0 {
		return nil
	}
	return Fieldf(field, "%s must be more than 0, not %s", field, quantityText(v))
}

// NotNegative refuses a quantity below 0, for the argument named field.
func NotNegative[Q Quantity](field string, v Q) error {
	if v >= 0 {
		return nil
	}
	return Fieldf(field, "%s must be 0 or more, not %s", field, quantityText(v))
}

// Range refuses bounds that are not more than 0, and an upper one that is below the lower one.
func Range[Q Quantity](lowerField string, lower Q, upperField string, upper Q) error {
	if err := errors.Join(MoreThanZero(lowerField, lower), MoreThanZero(upperField, upper)); err != nil {
		return err
	}
	if upper < lower {
		return Fieldf(upperField, "%s %s is below %s %s", upperField, quantityText(upper), lowerField, quantityText(lower))
	}
	return nil
}

// quantityText writes a duration as a configuration has it.
func quantityText(v any) string {
	if d, is := v.(time.Duration); is {
		return DurationText(d)
	}
	return fmt.Sprint(v)
}
