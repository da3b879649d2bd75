package mimir

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// checkRate takes a write out of its tenant's bucket, or says that there is not so much in it. Mimir counts all samples, exemplars and metadata.
func (s *Server) checkRate(tenant string, n Counts, l Limits, now time.Time) *refused {
	const applied = ". This limit is applied on the total number of samples, exemplars and metadata received across all distributors " +
		"(err-mimir-tenant-max-ingestion-rate). To adjust the related per-tenant "
	items := n.Samples + n.Histograms + n.Exemplars + n.Metadata
	switch {
	case l.IngestionRate <= 0 || items == 0:
		return nil
	case items > int64(l.IngestionBurst):
		return tooMany("the request has been rejected because the tenant exceeded the ingestion burst size limit, set to %d, with %d items"+applied+
			"limit, configure -distributor.ingestion-burst-size, or contact your service administrator.", l.IngestionBurst, items)
	case !s.rates.Allow(tenant, items, l.IngestionRate, l.IngestionBurst, now):
		return tooMany("the request has been rejected because the tenant exceeded the ingestion rate limit, set to %v items/s with a maximum allowed "+
			"burst of %d"+applied+"limits, configure -distributor.ingestion-rate-limit and -distributor.ingestion-burst-size, or contact your "+
			"service administrator.", l.IngestionRate, l.IngestionBurst)
	}
	return nil
}

func tooMany(format string, args ...any) *refused {
	return &refused{http.StatusTooManyRequests, fmt.Sprintf(format, args...)}
}

// retryAfter is how many seconds a client is told to wait: six, doubled for each attempt that it says it has made, at most 96. Mimir adds up to half
// of it by chance.
func retryAfter(header http.Header) string {
	attempt, err := strconv.Atoi(header.Get("Retry-Attempt"))
	if err != nil || attempt < 1 {
		attempt = 1
	}
	return strconv.Itoa(int(min(6*math.Pow(2, float64(attempt-1)), 96)))
}
