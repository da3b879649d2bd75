package oauth2

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"slices"
	"sync"
	"time"
)

// maxTokens is how many tokens are remembered, maxTokenBytes how many bytes they may take: some 400 each for those that are asked for in
// earnest.
const (
	maxTokens     = 10_000
	maxTokenBytes = 4 << 20
)

// Token is one that was given out.
type Token struct {
	Value    string
	ClientID string
	Scopes   []string
	Issued   time.Time
	Expires  time.Time
	Revoked  bool
}

// issuer gives tokens out and remembers them.
type issuer struct {
	options Options

	mu       sync.Mutex // guards all below
	id       string
	secret   string
	lifetime time.Duration
	tokens   []Token
	given    int
	bytes    int // of the tokens
}

func newIssuer(o Options) *issuer {
	i := &issuer{options: o, id: o.ClientID, secret: o.ClientSecret}
	i.setLifetime(o.Lifetime)
	return i
}

func (i *issuer) setLifetime(d time.Duration) {
	if d <= 0 {
		d = DefaultLifetime
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.lifetime = d
}

func (i *issuer) setClient(id, secret string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.id, i.secret = id, secret
}

// knows says whether this is the client.
func (i *issuer) knows(id, secret string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.id == "" {
		return true
	}
	return same(id, i.id) && same(secret, i.secret)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// issue gives a new token out.
func (i *issuer) issue(client string, scopes []string) Token {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.given++
	now := time.Now()
	t := Token{
		Value: fmt.Sprintf("token-%d-%s", i.given, rand.Text()), ClientID: client, Scopes: scopes,
		Issued: now, Expires: now.Add(i.lifetime),
	}
	i.remember(t)
	return t
}

// remember keeps a token, and when there are too many forgets the older half. The lock is held.
func (i *issuer) remember(t Token) {
	i.tokens = append(i.tokens, t)
	i.bytes += t.size()
	if len(i.tokens) <= maxTokens && i.bytes <= maxTokenBytes {
		return
	}
	i.tokens = slices.Clone(i.tokens[len(i.tokens)/2:])
	i.bytes = 0
	for _, kept := range i.tokens {
		i.bytes += kept.size()
	}
}

// size is about what a token takes.
func (t Token) size() int {
	const overhead, perScope = 160, 16
	n := overhead + len(t.Value) + len(t.ClientID)
	for _, scope := range t.Scopes {
		n += perScope + len(scope)
	}
	return n
}

func (i *issuer) valid(value string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, t := range slices.Backward(i.tokens) {
		if same(t.Value, value) {
			return !t.Revoked && time.Now().Before(t.Expires)
		}
	}
	return false
}

func (i *issuer) revoke(value string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for n := range i.tokens {
		if value == "" || i.tokens[n].Value == value {
			i.tokens[n].Revoked = true
		}
	}
}

func (i *issuer) all() []Token {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.tokens)
}
