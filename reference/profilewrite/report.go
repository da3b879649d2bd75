package profilewrite

import "github.com/touchstone-telemetry/touchstone/reference/component"

// Delivery tells how one endpoint does.
type Delivery struct {
	Endpoint string `json:"endpoint,omitempty"`
	URL      string `json:"url"`
	component.Trail
	// UnderWay is how many profiles are being sent, those that wait for a retry included.
	UnderWay int `json:"profiles_under_way"`
}

// Delivery implements component.Deliverer with one Delivery for each endpoint.
func (w *Writer) Delivery() any {
	all := []Delivery{}
	for _, e := range w.snapshot().endpoints {
		if r := e.route(); r != nil {
			all = append(all, Delivery{
				Endpoint: r.settings.name, URL: r.label(), Trail: e.outcomes.Trail(), UnderWay: e.underWay(),
			})
		}
	}
	return all
}
