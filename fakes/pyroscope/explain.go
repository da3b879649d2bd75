package pyroscope

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// maxListed is how many requests an explanation lists.
const maxListed = 5

// explain tells, in lines to stand under an error, what did arrive in place of what was waited for.
func (s *Server) explain(p *progress) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "\n\t"+format, args...) }
	data := s.Accepted()
	all := data.find(labels.Selector{})
	if p.until == nil {
		line("so far %d of %d", p.have, p.want)
	}
	line("accepted: %s in %s", plural(len(all), "profile"), plural(data.Requests(), "request"))
	if dropped := s.accepted.Dropped(); dropped > 0 {
		line("%s more were accepted, but fell out of the journal's limits", plural(dropped, "request"))
	}
	if near := nearest(p.selector, all); near != "" && p.until == nil {
		line("%s", near)
	}
	s.explainRefused(p, line)
	return b.String()
}

// nearest describes the profile that a selector misses by least, or one that it finds.
func nearest(selector labels.Selector, all []Profile) string {
	best, least, reason := -1, 0, ""
	for i := range all {
		if distance, why := selector.Miss(all[i].selectable()); best < 0 || distance < least {
			best, least, reason = i, distance, why
		}
	}
	if best < 0 {
		return ""
	}
	if reason == "" {
		return "found: " + all[best].Labels.String()
	}
	return "nearest: " + all[best].Labels.String() + ": " + reason
}

// explainRefused lists the newest requests that were not accepted, and whether they held what was waited for.
func (s *Server) explainRefused(p *progress, line func(string, ...any)) {
	listed, left := 0, 0
	exchanges := s.Exchanges()
	for i := len(exchanges) - 1; i >= 0; i-- {
		e := exchanges[i]
		if isAccepted(&e) || isMounted(&e) {
			continue
		}
		if listed++; listed > maxListed {
			left++
			continue
		}
		push := s.Decode(e)
		line("%s", p.describe(&push))
	}
	if left > 0 {
		line("and %s before that were not accepted", plural(left, "request"))
	}
}

// isMounted tells whether a handler answered the request in place of the fake: see [server.Server.Handle].
func isMounted(e *journal.Exchange) bool {
	return e.Kind != "" && e.Kind != KindProfile && e.Kind != KindOther // "" is not read yet
}

func (p *progress) describe(push *Push) string {
	ending := push.Exchange
	if push.DecodeError != "" {
		ending.ReplyBody = nil // it says the same
	}
	text := fmt.Sprintf("request %d was not accepted (%s %s: %s)", push.Seq, push.Method, push.Path, server.Ending(&ending))
	switch {
	case push.DecodeError != "":
		return text + ": " + push.DecodeError
	case push.Kind == KindOther && push.Status == http.StatusNotFound:
		return text + fmt.Sprintf(": profiles go to %s or %s", PushPath, IngestPath)
	}
	matching := 0
	for i := range push.Profiles {
		if p.until == nil && p.selector.Matches(push.Profiles[i].selectable()) {
			matching++
		}
	}
	if matching > 0 {
		text += fmt.Sprintf(", it held %d of what is waited for", matching)
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
