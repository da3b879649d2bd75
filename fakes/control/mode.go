package control

import (
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// moded is what kinds add that can be strict.
type moded interface {
	setMode(api.Mode) error
}

// setMode changes how the fake treats what comes from now on.
func (f *fake) setMode(m api.Mode) error {
	kind, err := f.moded()
	if err != nil {
		return err
	}
	if err := checkMode(m); err != nil {
		return err
	}
	if err := kind.setMode(m); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mode = m
	return nil
}

func (f *fake) moded() (moded, error) {
	kind, ok := f.kind.(moded)
	if !ok {
		return nil, notFound("%s is of kind %s: only a mimir and a pyroscope can be strict", f.id, f.spec.Kind)
	}
	return kind, nil
}

func checkMode(m api.Mode) error {
	if m.Limits != nil && !m.Strict {
		return badRequest(`"limits" are checked in strict mode only: add "strict": true`)
	}
	return nil
}

func (k *mimirKind) setMode(m api.Mode) error {
	limits, err := mimirLimits(m.Limits)
	if err != nil {
		return err
	}
	k.SetLimits(limits)
	k.SetStrict(m.Strict)
	k.SetDiscard(m.Discard)
	return nil
}

func (k *pyroscopeKind) setMode(m api.Mode) error {
	if m.Discard {
		return badRequest(`"discard" is nothing for a fake of kind %s`, api.Pyroscope)
	}
	limits, err := pyroscopeLimits(m.Limits)
	if err != nil {
		return err
	}
	k.SetLimits(limits)
	k.SetStrict(m.Strict)
	return nil
}

func mimirLimits(l *api.Limits) (mimir.Limits, error) {
	if l == nil {
		return mimir.Limits{}, nil
	}
	if l.ProfileBytes != 0 || l.ProfileSamples != 0 || l.SampleLabels != 0 {
		return mimir.Limits{}, badRequest("limits: a mimir has none of profiles")
	}
	limits := mimir.Limits{
		LabelNames: l.LabelNames, LabelNameLength: l.LabelNameLength, LabelValueLength: l.LabelValueLength,
		InfoLabelNames: l.InfoLabelNames, UTF8Names: l.UTF8Names,
		Series: l.Series, IngestionRate: float64(l.IngestionRate), IngestionBurst: l.IngestionBurst,
	}
	var err error
	if limits.OutOfOrder, err = duration("limits: outOfOrder", l.OutOfOrder, 0); err != nil {
		return limits, err
	}
	limits.Future, err = duration("limits: future", l.Future, 0)
	return limits, err
}

func pyroscopeLimits(l *api.Limits) (pyroscope.Limits, error) {
	if l == nil {
		return pyroscope.Limits{}, nil
	}
	if l.OutOfOrder != "" || l.Future != "" || l.Series != 0 || l.InfoLabelNames != 0 || l.UTF8Names {
		return pyroscope.Limits{}, badRequest("limits: a pyroscope has none of time, of series and of metrics")
	}
	return pyroscope.Limits{
		LabelNames: l.LabelNames, LabelNameLength: l.LabelNameLength, LabelValueLength: l.LabelValueLength,
		ProfileBytes: l.ProfileBytes, ProfileSamples: l.ProfileSamples, SampleLabels: l.SampleLabels,
		IngestionRate: float64(l.IngestionRate), IngestionBurst: l.IngestionBurst,
	}, nil
}

func (s *Server) getMode(c *call, f *fake) error {
	if _, err := f.moded(); err != nil {
		return err
	}
	f.mu.Lock()
	m := f.mode
	f.mu.Unlock()
	return c.json(http.StatusOK, m)
}

func (s *Server) putMode(c *call, f *fake) error {
	var m api.Mode
	if err := c.read(&m); err != nil {
		return err
	}
	if err := f.inTurn(func() error { return f.setMode(m) }); err != nil {
		return err
	}
	s.changed(f, "mode")
	return s.getMode(c, f)
}
