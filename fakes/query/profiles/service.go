package profiles

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"
	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/querier/v1/querierv1connect"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// service answers the calls. Those that it does not have are answered unimplemented.
type service struct {
	querierv1connect.UnimplementedQuerierServiceHandler
	fake    *pyroscope.Server
	store   *Store
	options Options
}

// ask is a call's message, as far as all of them are alike.
type ask interface {
	GetStart() int64
	GetEnd() int64
}

func invalid(format string, args ...any) error {
	return connect.NewError(connect.CodeInvalidArgument, fmt.Errorf(format, args...))
}

// errNoRange is for calls that say when, but not from when or until when.
var errNoRange = connect.NewError(connect.CodeInvalidArgument, errors.New("missing time range in the query"))

// visible returns the cards that a call may see: of its tenant, and in its range. Lists may do without a range.
func (s *service) visible(r connect.AnyRequest, a ask, list bool) ([]card, error) {
	tenant := r.Header().Get("X-Scope-OrgID")
	everybody := tenant == "" && s.options.AllTenants
	if tenant == "" && !everybody && s.fake.Strict() {
		return nil, connect.NewError(connect.CodeUnauthenticated, errors.New("no org id"))
	}
	start, end := a.GetStart(), a.GetEnd()
	var from, until time.Time
	switch {
	case start == 0 && end == 0 && list:
	case start == 0 || end == 0:
		return nil, errNoRange
	case start > end:
		return nil, invalid("invalid time range in the query: start is after end")
	default:
		from, until = time.UnixMilli(start), time.UnixMilli(end+1).Add(-1) // whole milliseconds
	}
	var found []card
	for _, c := range s.store.all() {
		if (everybody || c.tenant == tenant) && c.within(from, until) {
			if everybody {
				c.labels = c.withTenant().Sorted()
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// matching keeps the cards that any of the selectors finds; without one, all.
func matching(cards []card, selectors []string) ([]card, error) {
	if len(selectors) == 0 {
		return cards, nil
	}
	parsed := make([]labels.Selector, len(selectors))
	for i, text := range selectors {
		var err error
		if parsed[i], err = labels.Parse(text); err != nil {
			return nil, invalid("parse label selector: %w", err)
		}
	}
	return slices.DeleteFunc(slices.Clone(cards), func(c card) bool {
		return !slices.ContainsFunc(parsed, func(s labels.Selector) bool { return s.Matches(c.labels) })
	}), nil
}

// listed is visible and matching for the calls that list something.
func (s *service) listed(r connect.AnyRequest, a ask, selectors []string) ([]card, error) {
	cards, err := s.visible(r, a, true)
	if err != nil {
		return nil, err
	}
	return matching(cards, selectors)
}

// selection is what the calls that add something up have in common.
type selection interface {
	ask
	GetProfileTypeID() string
	GetLabelSelector() string
}

// selected returns the cards of the one profile type that a call is for.
func (s *service) selected(r connect.AnyRequest, a selection) ([]card, error) {
	id := a.GetProfileTypeID()
	if n := strings.Count(id, ":") + 1; n != 5 && n != 6 {
		return nil, invalid("profile-type selection must be of the form "+
			"<name>:<sample-type>:<sample-unit>:<period-type>:<period-unit>(:delta), got(%d): %q", n, id)
	}
	cards, err := s.visible(r, a, false)
	if err != nil {
		return nil, err
	}
	id = strings.TrimSuffix(id, ":delta")
	cards = slices.DeleteFunc(cards, func(c card) bool { return c.kind.id() != id })
	if a.GetLabelSelector() == "" {
		return cards, nil
	}
	return matching(cards, []string{a.GetLabelSelector()})
}

func (s *service) ProfileTypes(_ context.Context, r *connect.Request[querierv1.ProfileTypesRequest]) (*connect.Response[querierv1.ProfileTypesResponse], error) {
	cards, err := s.listed(r, r.Msg, nil)
	if err != nil {
		return nil, err
	}
	byID := map[string]kind{}
	for _, c := range cards {
		byID[c.kind.id()] = c.kind
	}
	answer := &querierv1.ProfileTypesResponse{}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		k := byID[id]
		answer.ProfileTypes = append(answer.ProfileTypes, &typesv1.ProfileType{
			ID: id, Name: k.name, SampleType: k.sampleType, SampleUnit: k.sampleUnit, PeriodType: k.periodType, PeriodUnit: k.periodUnit,
		})
	}
	return connect.NewResponse(answer), nil
}

func (s *service) LabelNames(_ context.Context, r *connect.Request[typesv1.LabelNamesRequest]) (*connect.Response[typesv1.LabelNamesResponse], error) {
	cards, err := s.listed(r, r.Msg, r.Msg.Matchers)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, c := range cards {
		for _, l := range c.labels {
			seen[l.Name] = true
		}
	}
	return connect.NewResponse(&typesv1.LabelNamesResponse{Names: sortedKeys(seen)}), nil
}

func (s *service) LabelValues(_ context.Context, r *connect.Request[typesv1.LabelValuesRequest]) (*connect.Response[typesv1.LabelValuesResponse], error) {
	if r.Msg.Name == "" {
		return nil, invalid("name is required")
	}
	cards, err := s.listed(r, r.Msg, r.Msg.Matchers)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, c := range cards {
		if value := c.labels.Get(r.Msg.Name); value != "" {
			seen[value] = true
		}
	}
	return connect.NewResponse(&typesv1.LabelValuesResponse{Names: sortedKeys(seen)}), nil
}

func (s *service) Series(_ context.Context, r *connect.Request[querierv1.SeriesRequest]) (*connect.Response[querierv1.SeriesResponse], error) {
	cards, err := s.listed(r, r.Msg, r.Msg.Matchers)
	if err != nil {
		return nil, err
	}
	byKey := map[string]labels.Labels{}
	for _, c := range cards {
		if set := only(c.labels, r.Msg.LabelNames); len(set) > 0 {
			byKey[set.Key()] = set
		}
	}
	answer := &querierv1.SeriesResponse{}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		answer.LabelsSet = append(answer.LabelsSet, &typesv1.Labels{Labels: pairs(byKey[key])})
	}
	return connect.NewResponse(answer), nil
}

// only keeps the labels of these names; no names keep all.
func only(set labels.Labels, names []string) labels.Labels {
	if len(names) == 0 {
		return set
	}
	return slices.DeleteFunc(slices.Clone(set), func(l labels.Label) bool { return !slices.Contains(names, l.Name) })
}

func pairs(set labels.Labels) []*typesv1.LabelPair {
	made := make([]*typesv1.LabelPair, len(set))
	for i, l := range set {
		made[i] = &typesv1.LabelPair{Name: l.Name, Value: l.Value}
	}
	return made
}

func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func (s *service) GetProfileStats(_ context.Context, r *connect.Request[typesv1.GetProfileStatsRequest]) (*connect.Response[typesv1.GetProfileStatsResponse], error) {
	cards, err := s.visible(r, &querierv1.ProfileTypesRequest{}, true)
	if err != nil {
		return nil, err
	}
	answer := &typesv1.GetProfileStatsResponse{DataIngested: len(cards) > 0}
	for i, c := range cards {
		at := c.time.UnixMilli()
		if i == 0 || at < answer.OldestProfileTime {
			answer.OldestProfileTime = at
		}
		answer.NewestProfileTime = max(answer.NewestProfileTime, at)
	}
	return connect.NewResponse(answer), nil
}
