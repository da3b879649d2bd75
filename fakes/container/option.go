package container

import (
	"slices"

	"github.com/testcontainers/testcontainers-go"
)

// configPath is where a configuration file lies in the container.
const configPath = "/fakes.yaml"

// settings are what the options of this package have said.
type settings struct {
	kinds []string
	args  []string
	files []testcontainers.ContainerFile
}

// wants tells whether a kind is to run.
func (s *settings) wants(kind string) bool {
	return len(s.kinds) == 0 || slices.Contains(s.kinds, kind)
}

// Option changes how [Run] starts the fakes.
type Option func(*settings)

var _ testcontainers.ContainerCustomizer = Option(nil)

// Customize changes nothing: [Run] looks at this package's options before it makes the request.
func (Option) Customize(*testcontainers.GenericContainerRequest) error { return nil }

// WithFakes runs these kinds only.
func WithFakes(kinds ...string) Option {
	return func(s *settings) { s.kinds = append(s.kinds, kinds...) }
}

// WithScript lets a fake answer as a script says from its first request on; the syntax is that of package reply, such as "503*3 200".
func WithScript(kind string, script string) Option {
	return func(s *settings) { s.args = append(s.args, "--script", kind+"="+script) }
}

// WithStrict lets mimir and pyroscope refuse what the real ones do.
func WithStrict() Option {
	return func(s *settings) { s.args = append(s.args, "--strict") }
}

// WithConfig runs what a configuration file of this machine says, in place of what [WithFakes] does. Its fakes are reached if they listen at
// the ports of the image (see the Dockerfile), or at others that [testcontainers.WithExposedPorts] names.
func WithConfig(path string) Option {
	return func(s *settings) {
		s.args = append(s.args, "--config", configPath)
		s.files = append(s.files, testcontainers.ContainerFile{HostFilePath: path, ContainerFilePath: configPath, FileMode: 0o444})
	}
}
