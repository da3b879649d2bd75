package profiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"connectrpc.com/connect"
	"github.com/google/pprof/profile"
	googlev1 "github.com/grafana/pyroscope/api/gen/proto/go/google/v1"
	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
	"google.golang.org/protobuf/proto"
)

// merged adds up what a call selects; nil when that is nothing.
func (s *service) merged(r connect.AnyRequest, a selection) (*profile.Profile, error) {
	cards, err := s.selected(r, a)
	if err != nil || len(cards) == 0 {
		return nil, err
	}
	merged, err := merge(s.fake, cards)
	switch {
	case errors.Is(err, errTooMuch):
		return nil, connect.NewError(connect.CodeResourceExhausted, err)
	case err != nil:
		return nil, connect.NewError(connect.CodeInternal, err)
	}
	return merged, nil
}

func (s *service) SelectMergeStacktraces(_ context.Context, r *connect.Request[querierv1.SelectMergeStacktracesRequest]) (*connect.Response[querierv1.SelectMergeStacktracesResponse], error) {
	format := r.Msg.Format
	if format == querierv1.ProfileFormat_PROFILE_FORMAT_TREE || format == querierv1.ProfileFormat_PROFILE_FORMAT_DOT {
		return nil, connect.NewError(connect.CodeUnimplemented, fmt.Errorf("this fake does not make the format %s", format))
	}
	merged, err := s.merged(r, r.Msg)
	if err != nil {
		return nil, err
	}
	answer := &querierv1.SelectMergeStacktracesResponse{}
	if format == querierv1.ProfileFormat_PROFILE_FORMAT_PPROF {
		made, err := toAPI(merged)
		if err != nil {
			return nil, err
		}
		answer.Pprof = &querierv1.PprofProfile{Profile: made}
		return connect.NewResponse(answer), nil
	}
	root := &Node{Name: "total"}
	if merged != nil {
		root = FlameOf(merged, 0)
	}
	answer.Flamegraph = flamegraph(root, r.Msg.GetMaxNodes())
	return connect.NewResponse(answer), nil
}

func (s *service) SelectMergeProfile(_ context.Context, r *connect.Request[querierv1.SelectMergeProfileRequest]) (*connect.Response[googlev1.Profile], error) {
	merged, err := s.merged(r, r.Msg)
	if err != nil {
		return nil, err
	}
	made, err := toAPI(merged)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(made), nil
}

// toAPI makes the API's message of a profile: both are the same on the wire.
func toAPI(p *profile.Profile) (*googlev1.Profile, error) {
	made := &googlev1.Profile{}
	if p == nil {
		return made, nil
	}
	var b bytes.Buffer
	if err := p.WriteUncompressed(&b); err != nil {
		return nil, connect.NewError(connect.CodeInternal, fmt.Errorf("write the merged profile: %w", err))
	}
	if err := proto.Unmarshal(b.Bytes(), made); err != nil {
		return nil, connect.NewError(connect.CodeInternal, fmt.Errorf("read the merged profile: %w", err))
	}
	return made, nil
}
