package exposition

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// content is what is served now, and the number of the scrape.
type content struct {
	mu     sync.Mutex // guards all below
	pages  []Page
	source Source
	number int
}

func newContent(o Options) *content {
	c := &content{pages: slices.Clone(o.Pages), source: o.Source}
	if c.source == nil {
		c.source = Series(0)
	}
	return c
}

func (c *content) setPages(pages []Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = slices.Clone(pages)
}

func (c *content) setSource(source Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages, c.source = nil, source
	if source == nil {
		c.source = Series(0)
	}
}

func (c *content) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.number
}

// next numbers a scrape and gives the page for it, or the source when there is no page.
func (c *content) next() (number int, page *Page, source Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.number++
	if len(c.pages) == 0 {
		return c.number, nil, c.source
	}
	first := c.pages[0]
	if len(c.pages) > 1 {
		c.pages = c.pages[1:]
	}
	return c.number, &first, nil
}

// fill puts the number of the scrape into the page, and settles its type.
func (p Page) fill(number int) Page {
	p.Text = strings.ReplaceAll(p.Text, "{{scrape}}", strconv.Itoa(number))
	if p.ContentType != "" {
		return p
	}
	p.ContentType = contentTypes[Text]
	if strings.HasSuffix(strings.TrimRight(p.Text, "\n"), "# EOF") {
		p.ContentType = contentTypes[OpenMetrics]
	}
	return p
}
