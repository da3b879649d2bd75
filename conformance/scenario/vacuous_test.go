package scenario

import (
	"bytes"
	"strings"
	"testing"
)

const vacuous = `# Something holds.
clause RW-FORWARD
fake mimir m
start agent c
wait m accepted >= 1 within 1m
check m CHECK RW-FORWARD

-- c --
`

func TestChecksThatCannotFailAreRefused(t *testing.T) {
	for check, want := range map[string]string{
		"requests >= 0":  "always holds",
		"samples * >= 0": "always holds",
		"attempts >= 1":  "always holds",
		"inflight >= 1":  "always holds",
		"age * >= 0s":    "always holds",
		"requests >= 1":  "",
		"attempts >= 2":  "",
		"age * >= 1ms":   "",
	} {
		_, err := Parse("a.txtar", []byte(strings.Replace(vacuous, "CHECK", check, 1)))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", check, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "a.txtar:6:")):
			t.Errorf("%s: got %v, want %s", check, err, want)
		}
	}
	idle := strings.Replace(vacuous, "wait m accepted >= 1 within 1m\n", "", 1)
	for _, check := range []string{"requests != 5", "requests <= 5", "requests = 0..5"} {
		_, err := Parse("a.txtar", []byte(strings.Replace(idle, "CHECK", check, 1)))
		if err == nil || !strings.Contains(err.Error(), "shows the agent at work") {
			t.Errorf("%s without a witness: got %v", check, err)
		}
	}
}

func TestWhatIsNoScenarioIsRefusedInOneLine(t *testing.T) {
	for want, src := range map[string][]byte{
		"no text in UTF-8": append([]byte("# s\n"), 0xff, 0xfe, 0),
		"at most":          bytes.Repeat([]byte("# s\n"), mostSource/4+1),
	} {
		_, err := Parse("a.txtar", src)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %.300v, want one line with %s", err, want)
		}
	}
}

func TestCellsThatAreEqualAreTold(t *testing.T) {
	head := "clause RW-FORWARD\neach x = a, b\n"
	check := "requests >= 1 RW-FORWARD\n\n-- c --\n{{x.text}}\n-- x/a --\n1\n-- x/b --\n"
	text := strings.Replace(strings.Replace(vacuous, "clause RW-FORWARD\n", head, 1), "CHECK RW-FORWARD\n\n-- c --\n", check, 1)
	for end, want := range map[string]bool{"1\n": true, "2\n": false} {
		s, err := Parse("a.txtar", []byte(text+end))
		if err != nil {
			t.Fatal(err)
		}
		told := false
		for _, problem := range Lint([]*Scenario{s}, vocabulary(t, "RW-FORWARD")) {
			told = told || strings.Contains(problem.Error(), "the cases a#x=a and a#x=b do and check the same")
		}
		if told != want {
			t.Errorf("cells that end in %q: told %v, want %v", end, told, want)
		}
	}
}
