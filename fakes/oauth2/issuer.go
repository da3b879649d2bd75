package oauth2

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"slices"
	"sync"
	"time"
)

// maxTokens is how many tokens are remembered.
const maxTokens = 10_000

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
	if i.tokens = append(i.tokens, t); len(i.tokens) > maxTokens {
		i.tokens = slices.Clone(i.tokens[maxTokens/2:])
	}
	return t
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
