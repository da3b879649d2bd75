package scenario

import "strings"

// variant says which of the marked lines of a file are kept.
type variant int

const (
	everything variant = iota // a page or a certificate: nothing is marked
	offending                 // what is being tested
	control                   // the same without what is wrong
)

const (
	offendingMark = "// offending"
	controlMark   = "// control"
)

// keep returns the file as the variant has it. Lines left out become empty, so that the places of the others stay true.
func (f File) keep(v variant) File {
	drop := map[variant]string{offending: controlMark, control: offendingMark}[v]
	if drop == "" || !strings.Contains(f.Text, drop) {
		return f
	}
	var b strings.Builder
	for l := range strings.Lines(f.Text) {
		if strings.HasSuffix(strings.TrimRight(l, " \t\r\n"), drop) {
			l = "\n"
		}
		b.WriteString(l)
	}
	f.Text = b.String()
	return f
}
