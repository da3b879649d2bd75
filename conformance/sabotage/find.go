package sabotage

import (
	"fmt"
	"strings"
)

// Names returns the names of all sabotages in reading order, without arguments.
func Names() []string {
	var names []string
	for _, row := range Table() {
		names = append(names, row.Name)
	}
	return names
}

func find(name string) (Row, error) {
	for _, row := range Table() {
		if row.Name == name {
			return row, nil
		}
	}
	return Row{}, fmt.Errorf("unknown sabotage %q: known are %s", name, strings.Join(Names(), ", "))
}
