package page_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// widgets are the roles of what somebody can use, which must have a name.
var widgets = map[string]bool{
	"button": true, "link": true, "textbox": true, "searchbox": true, "combobox": true, "listbox": true, "grid": true, "tab": true, "tabpanel": true,
	"tree": true, "treeitem": true, "dialog": true, "region": true, "image": true, "navigation": true, "complementary": true,
}

// accessible lists what a screen reader is told of the page.
func accessible(t *testing.T, ctx context.Context) []*accessibility.Node {
	t.Helper()
	nodes, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) ([]*accessibility.Node, error) {
		tree, err := cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		return tree.Nodes, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

func textIn(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return string(v.Value)
}

// TestAccessibleNames: whatever can be used has a name, in each state of the page, and no id stands twice.
func TestAccessibleNames(t *testing.T) {
	t.Parallel()
	p := startProcess(t)
	p.pushMetrics("team-a", sampled(up, 1))
	p.pushProfile("app", "main;work 3")
	ctx := p.open("", 1600, 1000)
	for place, ready := range map[string]string{
		"#/": rows + " === 2", "#/mimir/1": count("#pane table") + " > 0", "#/mimir/script": count("#pane .step") + " > 0", "#/mimir/connections": count("#pane tbody tr") + " > 0",
		"#/mimir/query?q=up&as=chart": count(".linechart") + " > 0", "#/pyroscope/profiles": count("#pane .box") + " > 0",
	} {
		_ = evaluate[string](t, ctx, "location.hash = '"+place+"'")
		until(t, ctx, ready)
		seen := 0
		for _, node := range accessible(t, ctx) {
			role := textIn(node.Role)
			if node.Ignored || len(role) < 2 || !widgets[role[1:len(role)-1]] {
				continue
			}
			if seen++; textIn(node.Name) == "" || textIn(node.Name) == `""` {
				t.Errorf("%s: a %s has no name (node %d)", place, role, node.BackendDOMNodeID)
			}
		}
		if seen < 10 {
			t.Errorf("%s: only %d parts were seen: the check sees nothing", place, seen)
		}
		if twice := evaluate[[]string](t, ctx, `[...document.querySelectorAll("[id]")].map((n) => n.id).filter((id, i, all) => all.indexOf(id) !== i)`); len(twice) > 0 {
			t.Errorf("%s: ids that stand twice: %q", place, twice)
		}
	}
}
