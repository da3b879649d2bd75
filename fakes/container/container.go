// Package container runs the fakes in a container, for tests that cannot import them: start with [Run] and [Container.URL]. It follows the
// conventions of testcontainers-go for modules, so every option of that library may stand beside this package's own. It builds no image: `make
// image` does.
package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// Image is the name under which `make image` builds.
const Image = "touchstone-fakes:dev"

// ControlPort is where the control API listens in the container.
const ControlPort = "9990"

// ports are where the fakes listen in the container, in the order of the Dockerfile.
var ports = []struct {
	kind string
	port string
}{
	{api.Mimir, "9009"}, {api.Pyroscope, "4040"}, {api.Pprof, "6060"}, {api.Exposition, "8080"}, {api.OAuth2, "8081"}, {api.Proxy, "3128"},
}

// Container is a running process of fakes. Its methods may be called by several goroutines at once.
type Container struct {
	testcontainers.Container
}

// Run starts the fakes and returns when they answer: one of each kind under its kind's name, unless options say otherwise. An error says what
// the engine or the fakes refused; the container is returned beside it if there is one, so that [testcontainers.CleanupContainer] can be called
// before the error is looked at.
func Run(ctx context.Context, image string, options ...testcontainers.ContainerCustomizer) (*Container, error) {
	s := settings{}
	var others []testcontainers.ContainerCustomizer
	for _, o := range options {
		if own, ok := o.(Option); ok {
			own(&s)
		} else {
			others = append(others, o)
		}
	}
	names, err := hostNames(ctx)
	if err != nil {
		return nil, fmt.Errorf("run fakes: %w", err)
	}
	c, err := testcontainers.Run(ctx, image, append(s.request(names), others...)...)
	var container *Container
	if c != nil {
		container = &Container{c}
	}
	if err != nil {
		return container, fmt.Errorf("run fakes: %w", err)
	}
	return container, nil
}

// hostNames is the name under which containers are reached, if it is not one that the control API answers to anyway: an engine on another
// machine has such a name.
func hostNames(ctx context.Context) ([]string, error) {
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return nil, fmt.Errorf("reach the container engine: %w", err)
	}
	host, err := provider.DaemonHost(ctx)
	if err = errors.Join(err, provider.Close()); err != nil {
		return nil, fmt.Errorf("ask for the container engine's host: %w", err)
	}
	if host == "localhost" || net.ParseIP(host) != nil {
		return nil, nil
	}
	return []string{host}, nil
}

// request are the options of testcontainers that make the settings true.
func (s *settings) request(hostNames []string) []testcontainers.ContainerCustomizer {
	exposed := []string{ControlPort + "/tcp"}
	for _, p := range ports {
		if s.wants(p.kind) {
			exposed = append(exposed, p.port+"/tcp")
		}
	}
	return []testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(exposed...),
		testcontainers.WithCmd(s.arguments(hostNames)...),
		testcontainers.WithFiles(s.files...),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/readyz").WithPort(ControlPort + "/tcp")),
	}
}

// arguments are those of `touchstone fakes` beyond the image's own.
func (s *settings) arguments(hostNames []string) []string {
	args := slices.Clone(s.args)
	if len(s.files) == 0 {
		for _, p := range ports {
			if s.wants(p.kind) {
				args = append(args, "--"+p.kind, p.port)
			}
		}
	}
	for _, name := range hostNames {
		args = append(args, "--control-host", name)
	}
	return args
}

// ControlURL is where the control API and the page are, as seen from the test.
func (c *Container) ControlURL(ctx context.Context) (string, error) {
	address, err := c.PortEndpoint(ctx, ControlPort+"/tcp", "http")
	if err != nil {
		return "", fmt.Errorf("find the control port: %w", err)
	}
	return address, nil
}

// Client commands the fakes. What it says of a fake's URL holds inside the container; see [Container.URL].
func (c *Container) Client(ctx context.Context) (*client.Client, error) {
	address, err := c.ControlURL(ctx)
	if err != nil {
		return nil, err
	}
	return client.Dial(ctx, address)
}

// URL is where a fake is, as seen from the test: the name is its kind ("mimir"), or what the configuration file calls it. It fails for a fake
// that does not run, and for one at a port that is not exposed.
func (c *Container) URL(ctx context.Context, name string) (string, error) {
	commands, err := c.Client(ctx)
	if err != nil {
		return "", err
	}
	fake, err := commands.Fake(ctx, name)
	if err != nil {
		return "", fmt.Errorf("find fake %q: %w", name, err)
	}
	inside, err := url.Parse(fake.Endpoint())
	if err != nil {
		return "", fmt.Errorf("find fake %q: %w", name, err)
	}
	outside, err := c.PortEndpoint(ctx, inside.Port()+"/tcp", inside.Scheme)
	if err != nil {
		return "", fmt.Errorf("find fake %q: its port %s is not exposed, add testcontainers.WithExposedPorts(%q): %w",
			name, inside.Port(), inside.Port()+"/tcp", err)
	}
	return outside, nil
}
