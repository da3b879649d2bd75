package journal

// Scrape is a request to be served something, with what was served.
type Scrape struct {
	Exchange
	// Served is the body answered with 2xx, as it was sent; nil when it was not sent whole.
	Served []byte
}

// ScrapeOf is an exchange as a scrape.
func ScrapeOf(e Exchange) Scrape {
	scrape := Scrape{Exchange: e}
	if e.Status/100 == 2 {
		scrape.Served = e.ReplyBody
	}
	return scrape
}

// Scrapes are the exchanges of a kind as scrapes, those that were refused or failed among them.
func Scrapes(all []Exchange, kind string) []Scrape {
	var scrapes []Scrape
	for _, e := range all {
		if e.Kind == kind {
			scrapes = append(scrapes, ScrapeOf(e))
		}
	}
	return scrapes
}
