package page_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// palette reads the colours of one theme from the style sheets.
func palette(t *testing.T, selector string) map[string]string {
	t.Helper()
	block := regexp.MustCompile(`(?s)(?:^|\n)` + regexp.QuoteMeta(selector) + ` \{(.*?)\}`)
	token := regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})\b`)
	colours := map[string]string{}
	for _, name := range []string{"theme", "flame", "query"} {
		source, err := os.ReadFile("static/css/" + name + ".css")
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range block.FindAllStringSubmatch(string(source), -1) {
			for _, one := range token.FindAllStringSubmatch(found[1], -1) {
				colours[one[1]] = one[2]
			}
		}
	}
	return colours
}

// luminance is that of WCAG 2.2, from 0 to 1.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", colour, err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast: each ink is read on each ground that it stands on, in both themes. Text needs 4.5 to 1, lines and outlines 3 to 1.
func TestContrast(t *testing.T) {
	grounds := []string{"ground", "panel", "raised", "sunk"}
	type pair struct {
		ink   string
		on    []string
		least float64
	}
	pairs := []pair{
		{"text", append(grounds, "accent-ground"), 4.5}, {"soft", append(grounds, "accent-ground"), 4.5}, {"faint", append(grounds, "accent-ground"), 4.5},
		{"accent", append(grounds, "accent-ground"), 4.5}, {"string", []string{"ground", "panel", "accent-ground"}, 4.5}, {"focus", grounds, 3},
	}
	for _, tone := range []string{"ok", "client", "server", "fault", "open"} {
		pairs = append(pairs, pair{tone, []string{tone + "-ground", "panel", "raised", "sunk"}, 4.5})
	}
	for i := range 8 {
		pairs = append(pairs, pair{fmt.Sprint("l", i), []string{"panel"}, 3})
	}
	for theme, selector := range map[string]string{"light": ":root", "dark": `:root[data-theme="dark"]`} {
		colours := palette(t, selector)
		for _, p := range pairs {
			for _, on := range p.on {
				if colours[p.ink] == "" || colours[on] == "" {
					t.Fatalf("%s: there is no colour %s or %s", theme, p.ink, on)
				}
				if got := contrast(t, colours[p.ink], colours[on]); got < p.least {
					t.Errorf("%s: %s on %s has %.2f to 1, want %v", theme, p.ink, on, got, p.least)
				}
			}
		}
		checkFlames(t, theme, colours)
	}
}

// checkFlames holds the names in flame graphs to the colours of their boxes.
func checkFlames(t *testing.T, theme string, colours map[string]string) {
	t.Helper()
	ink := map[string]string{"light": "#26241f", "dark": "#14120e"}[theme]
	boxes := []string{"same", "more1", "more2", "more3", "less1", "less2", "less3"}
	for i := range 10 {
		boxes = append(boxes, fmt.Sprint("f", i))
	}
	for _, name := range boxes {
		if got := contrast(t, ink, colours[name]); got < 4.5 {
			t.Errorf("%s: names in a flame graph on %s have %.2f to 1", theme, name, got)
		}
	}
	found := map[string]string{"light": "#ffffff", "dark": "#1b0d16"}[theme]
	if got := contrast(t, found, colours["found"]); got < 4.5 {
		t.Errorf("%s: names that were found have %.2f to 1", theme, got)
	}
}
