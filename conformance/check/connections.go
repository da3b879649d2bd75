package check

import (
	"slices"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

func (v *view) connections() result {
	return v.amount(len(v.opened()), "connections")
}

// opened are the connections of the window, without those of controls.
func (v *view) opened() []journal.Connection {
	until, bounded := v.o.MarkAt(v.Until)
	return filter(v.fake.Connections, func(c journal.Connection) bool {
		return (v.From == "" || !c.Opened.Before(v.since)) && (!bounded || c.Opened.Before(until)) && !v.control(c.Opened)
	})
}

// greeted are the TLS handshakes in which the client said hello.
func (v *view) greeted() []journal.Handshake {
	var all []journal.Handshake
	for _, c := range v.opened() {
		if c.TLS != nil && len(c.TLS.Offered) > 0 {
			all = append(all, *c.TLS)
		}
	}
	return all
}

func (v *view) handshakes() result {
	all := v.greeted()
	if len(all) == 0 {
		return inconclusive("nobody began a TLS handshake with %s", v.Target)
	}
	good := filter(all, func(h journal.Handshake) bool { return h.Error == "" })
	if v.Op == "failed" {
		if len(good) > 0 {
			return fail("%d of %d handshakes succeeded", len(good), len(all))
		}
		return pass()
	}
	if len(good) < len(all) {
		bad := filter(all, func(h journal.Handshake) bool { return h.Error != "" })
		return fail("%d of %d handshakes failed: %s", len(bad), len(all), bad[0].Error)
	}
	return v.spoken()
}

// spoken passes when something sensible came over the connections.
func (v *view) spoken() result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	return pass()
}

// agreed judges a property of every handshake that succeeded.
func (v *view) agreed(property func(journal.Handshake) string) result {
	good := filter(v.greeted(), func(h journal.Handshake) bool { return h.Error == "" })
	if len(good) == 0 {
		return inconclusive("no TLS handshake with %s succeeded", v.Target)
	}
	for _, h := range good {
		got := property(h)
		ok := got == v.value()
		switch v.Op {
		case "present":
			ok = got != ""
		case "absent":
			ok = got == ""
		}
		if !ok {
			return fail("got %q, want %s", got, v.wanted())
		}
	}
	return v.spoken()
}

func (v *view) tlsVersion() result {
	return v.agreed(func(h journal.Handshake) string { return h.Version })
}

func (v *view) clientCert() result {
	return v.agreed(func(h journal.Handshake) string { return h.ClientSubject })
}

func (v *view) alpn() result {
	return v.agreed(func(h journal.Handshake) string { return h.Protocol })
}

// tlsOffered judges the versions of every hello, also of handshakes that failed.
func (v *view) tlsOffered() result {
	all := v.greeted()
	if len(all) == 0 {
		return inconclusive("nobody began a TLS handshake with %s", v.Target)
	}
	for _, h := range all {
		if r := v.list(slices.Clone(h.Offered)); r.verdict != Pass {
			return r
		}
	}
	return pass()
}

// serverName judges the name asked for in every hello, also of handshakes that failed.
func (v *view) serverName() result {
	all := v.greeted()
	if len(all) == 0 {
		return inconclusive("nobody began a TLS handshake with %s", v.Target)
	}
	for _, h := range all {
		if h.ServerName != v.value() {
			return fail("got %q, want %s", h.ServerName, v.wanted())
		}
	}
	return pass()
}
