package engine

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// actorAgent is an agent that posts the same body to the url in its configuration, at once and then every minute.
type actorAgent struct {
	silent      bool   // pushes nothing
	dies        bool   // exits with 3 after a second
	unsupported bool   // cannot be asked anything
	refuses     string // configurations that hold this text
	hangups     int
}

func (a *actorAgent) Name() string                            { return "scripted" }
func (a *actorAgent) Lanes() []sut.Lane                       { return []sut.Lane{sut.Virtual} }
func (a *actorAgent) Probe(context.Context) (sut.Info, error) { return sut.Info{Name: "scripted"}, nil }

func (a *actorAgent) Start(_ context.Context, setup sut.Setup) (sut.Process, error) {
	if a.unsupported {
		return nil, &sut.Unsupported{Agent: "scripted", Setting: "everything"}
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &actorProcess{agent: a, setup: setup, config: string(setup.Config), cancel: cancel, done: make(chan struct{}), gone: make(chan struct{})}
	fmt.Fprintln(setup.Output, "hello")
	if a.refuses != "" && strings.Contains(p.config, a.refuses) {
		p.end(sut.Exit{Code: 1})
		close(p.gone)
		return p, nil
	}
	l, err := setup.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.url = "http://" + l.Addr().String()
	go p.live(ctx, l)
	return p, nil
}

type actorProcess struct {
	agent  *actorAgent
	setup  sut.Setup
	config string
	url    string
	cancel context.CancelFunc
	done   chan struct{}
	gone   chan struct{}
	once   sync.Once
	exit   sut.Exit
}

func (p *actorProcess) end(e sut.Exit) {
	p.once.Do(func() {
		e.At = time.Now()
		p.exit = e
		close(p.done)
	})
}

// live serves and pushes until the agent is stopped or dies.
func (p *actorProcess) live(ctx context.Context, l net.Listener) {
	defer close(p.gone)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "# TYPE answer gauge\nanswer 7\n")
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l)
	}()
	code := p.push(ctx)
	_ = server.Close()
	<-served
	p.end(sut.Exit{Code: code})
}

var address = regexp.MustCompile(`http://[^"]+`)

func (p *actorProcess) push(ctx context.Context) int {
	client := &http.Client{Transport: &http.Transport{DialContext: p.setup.Dial, DisableKeepAlives: true, Proxy: p.via}}
	for {
		pause := time.Minute
		if p.agent.dies {
			pause = time.Second
		}
		if !p.agent.silent && !p.agent.dies {
			p.post(ctx, client)
		}
		select {
		case <-ctx.Done():
			return 0
		case <-time.After(pause):
		}
		if p.agent.dies {
			return 3
		}
	}
}

// via is the proxy that the environment names, if any.
func (p *actorProcess) via(*http.Request) (*url.URL, error) {
	for _, pair := range p.setup.Env {
		if value, ok := strings.CutPrefix(pair, "VIA="); ok {
			return url.Parse(value)
		}
	}
	return nil, nil
}

var form = regexp.MustCompile(`form = "(.*)"`)

// post sends the form in the configuration, or just a body.
func (p *actorProcess) post(ctx context.Context, client *http.Client) {
	body, media := "body", ""
	if m := form.FindSubmatch(p.setup.Config); m != nil {
		body, media = string(m[1]), "application/x-www-form-urlencoded"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.FindString(string(p.setup.Config)), strings.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", media)
	if resp, err := client.Do(req); err == nil {
		_ = resp.Body.Close()
	}
}

func (p *actorProcess) URL() string           { return p.url }
func (p *actorProcess) Done() <-chan struct{} { return p.done }
func (p *actorProcess) Gone() <-chan struct{} { return p.gone }
func (p *actorProcess) Exit() sut.Exit        { return p.exit }
func (p *actorProcess) Storage() string       { return p.setup.Storage }

func (p *actorProcess) Ready(context.Context) error {
	select {
	case <-p.done:
		return &sut.Exited{Exit: p.exit}
	default:
		return nil
	}
}

func (p *actorProcess) Configure(config []byte) error {
	p.config = string(config)
	return nil
}

func (p *actorProcess) Reload(context.Context) error {
	if p.agent.refuses != "" && strings.Contains(p.config, p.agent.refuses) {
		return &sut.Refused{Status: 400, Reason: "no mistakes"}
	}
	return nil
}

func (p *actorProcess) Signal(s sut.Signal) error {
	switch s {
	case sut.Hangup:
		p.agent.hangups++
	case sut.Kill:
		p.end(sut.Exit{Code: -1, Signal: "killed"})
		p.cancel()
	default:
		p.cancel()
	}
	return nil
}
