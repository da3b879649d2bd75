package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/promql"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

type apiKey struct{}

// Vector evaluates an expression now over all that a fake accepted of one tenant; "" is what came without one. It needs no [Attach].
// A scalar counts as a vector of one, without labels. Of the data a call reads what came since the last one, and then what the expression
// selects.
func Vector(ctx context.Context, m *mimir.Server, tenant, expression string) (promql.Vector, error) {
	store := StoreOf(m)
	a := m.Beside(apiKey{}, func() any { return newAPI(store, Options{}.orDefault()) }).(*api)
	q, err := a.engine.NewInstantQuery(ctx, a.store.view([]string{tenant}, false), nil, expression, time.Now())
	if err != nil {
		return nil, fmt.Errorf("query the fake mimir: %q: %w", expression, err)
	}
	defer q.Close()
	evaluated := q.Exec(ctx)
	if evaluated.Err != nil {
		return nil, fmt.Errorf("query the fake mimir: %q: %w", expression, evaluated.Err)
	}
	switch value := evaluated.Value.(type) {
	case promql.Vector:
		return append(promql.Vector(nil), value...), nil // the engine uses its own again
	case promql.Scalar:
		return promql.Vector{{T: value.T, F: value.V}}, nil
	default:
		return nil, fmt.Errorf("query the fake mimir: %q gives a %s, want a vector or a scalar", expression, value.Type())
	}
}

// Value evaluates an expression that gives exactly one number, over what came without a tenant. Anything else ends the test, and says what
// there was instead.
func Value(t server.T, m *mimir.Server, expression string) float64 {
	t.Helper()
	found, err := Vector(context.Background(), m, "", expression)
	if err != nil {
		t.Fatalf("%v", err)
		return 0
	}
	if len(found) != 1 || found[0].H != nil {
		t.Fatalf("query the fake mimir: %q gives %d results, want one number:\n%s", expression, len(found), found)
		return 0
	}
	return found[0].F
}
