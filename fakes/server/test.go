package server

// T is the part of testing.TB that StartT needs.
type T interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// nobody is the test of a fake that was not started for one.
type nobody struct{}

func (nobody) Helper()               {}
func (nobody) Cleanup(func())        {}
func (nobody) Fatalf(string, ...any) {}

// StartT is Start for tests: it fails the test when it cannot start, and closes at its end.
func StartT(t T, options Options, fake Fake, mainKinds ...string) *Server {
	t.Helper()
	return ForTest(t, "server", func(o Options) (*Server, error) { return Start(o, fake, mainKinds...) }, options)
}

// ForTest starts the fake called name for a test with at most one set of options, closes it at the test's end, and fails the test
// when it cannot start; then it returns the zero value. From then on [Server.GiveUp] fails the test too.
func ForTest[O any, S interface {
	Close()
	belongTo(T)
}](t T, name string, start func(O) (S, error), options ...O) (s S) {
	t.Helper()
	var o O
	if len(options) > 0 {
		o = options[0]
	}
	started, err := start(o)
	if err != nil {
		t.Fatalf("start fake %s: %v", name, err)
		return s
	}
	started.belongTo(t)
	t.Cleanup(started.Close)
	return started
}

func (s *Server) belongTo(t T) { s.test = t }

// Test is the test that the fake was started for; outside of tests, one that does nothing.
func (s *Server) Test() T { return s.test }
