package client

import (
	"context"
	"fmt"
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// Replies is the script of a fake, to be changed at any time.
type Replies struct {
	fake  *Fake
	match reply.Match
}

// Replies is the fake's script in both layers.
func (f *Fake) Replies() Replies { return Replies{fake: f} }

// For selects the replies for some requests only, as in package reply.
func (r Replies) For(m reply.Match) Replies { return Replies{r.fake, m} }

// Then appends replies.
func (r Replies) Then(ctx context.Context, replies ...reply.Reply) error {
	script := reply.New()
	script.For(r.match).Then(replies...)
	return r.Play(ctx, script.Text())
}

// ThenStatus appends replies that are only a status.
func (r Replies) ThenStatus(ctx context.Context, codes ...int) error {
	script := reply.New()
	script.For(r.match).ThenStatus(codes...)
	return r.Play(ctx, script.Text())
}

// Default sets what comes when the list is at its end.
func (r Replies) Default(ctx context.Context, one reply.Reply) error {
	script := reply.New()
	script.For(r.match).Default(one)
	return r.Play(ctx, script.Text())
}

// ThenConnections appends what happens to connections, one for each that is accepted.
func (r Replies) ThenConnections(ctx context.Context, links ...reply.Link) error {
	script := reply.New()
	script.Connections().Then(links...)
	return r.Play(ctx, script.Text())
}

// DefaultConnection sets what happens to connections when that list is at its end.
func (r Replies) DefaultConnection(ctx context.Context, link reply.Link) error {
	script := reply.New()
	script.Connections().Default(link)
	return r.Play(ctx, script.Text())
}

// SetSeed begins all that is drawn anew with this number, from 1.
func (r Replies) SetSeed(ctx context.Context, seed uint32) error {
	return r.Play(ctx, fmt.Sprintf("seed: %d", seed))
}

// Play appends what a text in the syntax of package reply says.
func (r Replies) Play(ctx context.Context, text string) error {
	return r.change(ctx, http.MethodPost, text)
}

// Replace is Clear and Play in one step.
func (r Replies) Replace(ctx context.Context, text string) error {
	return r.change(ctx, http.MethodPut, text)
}

// Clear forgets all replies, defaults and counts of both layers.
func (r Replies) Clear(ctx context.Context) error {
	return r.fake.client.call(ctx, http.MethodDelete, r.fake.path+"/script", nil, nil)
}

func (r Replies) change(ctx context.Context, method, text string) error {
	return r.fake.client.call(ctx, method, r.fake.path+"/script", text, nil)
}

// State is how far the script has come.
func (r Replies) State(ctx context.Context) (api.Script, error) {
	var state api.Script
	err := r.fake.client.call(ctx, http.MethodGet, r.fake.path+"/script", nil, &state)
	return state, err
}
