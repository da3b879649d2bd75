package report

import (
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

func TestMarkdown(t *testing.T) {
	var b strings.Builder
	if err := WriteMarkdown(&b, mixed(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# touchstone: the harness broke\n",
		"| some | 2.42.0 | real | 1 error, 2 fail, 1 known, 1 pass, 1 skip |\n",
		"| A-MUST | must | some, real | error | Statement of A-MUST. |\n",
		"| A-SHOULD | should | some, real | fail | Statement of A-SHOULD. |\n",
		"<details><summary>fail: area/fail#a=&lt;b&gt; (some, real)</summary>\n\nIt works.\n\n<pre>    line 7: m requests = 1  [A-MUST]\n",
		"no port | is free", // inside pre, where it is no cell
		"- stale entry of some: `area/gone`: no case that was played fits it\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "summary>known") || strings.Contains(b.String(), "summary>skip") {
		t.Error("what needs no attention is unfolded")
	}
}

func TestMarkdownOfAGoodRun(t *testing.T) {
	var b strings.Builder
	if err := WriteMarkdown(&b, build(t, Known{}, played("a", finding(check.Pass, "A-MUST")))); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "# touchstone: everything as expected\n") || strings.Contains(b.String(), "do not hold") {
		t.Errorf("got\n%s", b.String())
	}
	b.Reset()
	if err := WriteMarkdown(&b, build(t, Known{}, played("a", finding(check.Fail, "A-SHOULD")))); err != nil ||
		!strings.HasPrefix(b.String(), "# touchstone: every clause that binds holds\n") {
		t.Errorf("%v, got\n%s", err, b.String())
	}
}

func TestInline(t *testing.T) {
	if got, want := inline("a|b\n<c> `d` *e* f_g"), "a\\|b &lt;c> \\`d\\` \\*e\\* f\\_g"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
