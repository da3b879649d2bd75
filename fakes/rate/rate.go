// Package rate limits how much each tenant may send in a second, by a bucket of tokens: start with [Limiter.Allow]. It does not wait and does not
// answer.
package rate

import (
	"sync"
	"time"
)

// Limiter is the buckets of all tenants. The zero value is ready; all methods may be called by several goroutines at once.
type Limiter struct {
	mu sync.Mutex // guards of
	of map[string]bucket
}

// bucket is what a tenant had left at a time.
type bucket struct {
	tokens float64
	at     time.Time
}

// maxTenants bounds how many tenants are remembered; beyond it all begin with a full bucket.
const maxTenants = 10_000

// Allow takes n out of a tenant's bucket, which holds burst at the most and fills by rate a second, and reports whether there was so much. Rate and burst may
// differ from call to call.
func (l *Limiter) Allow(tenant string, n int64, rate float64, burst int, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil || len(l.of) > maxTenants {
		l.of = map[string]bucket{}
	}
	b, known := l.of[tenant]
	if !known {
		b = bucket{float64(burst), now}
	}
	b.tokens = min(b.tokens+now.Sub(b.at).Seconds()*rate, float64(burst))
	b.at = now
	enough := b.tokens >= float64(n)
	if enough {
		b.tokens -= float64(n)
	}
	l.of[tenant] = b
	return enough
}

// Reset fills all buckets.
func (l *Limiter) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of = nil
}
