package scenario

import (
	"slices"
	"strings"
)

// Scope says what a subject is about.
type Scope string

const (
	AnyFake   Scope = "any fake"
	PushFake  Scope = "a push fake"
	Mimir     Scope = "mimir"
	Pyroscope Scope = "pyroscope"
	OAuth2    Scope = "oauth2"
	Proxy     Scope = "proxy"
	Agent     Scope = "the agent"
)

// Subject is one row of the closed set of things that can be checked. The operators stand in four groups by how many values
// they take; the empty operator is written as "-".
type Subject struct {
	Name  string
	Scope Scope
	// Argument names what comes right behind the subject: selector, header, parameter, metric or component; empty when nothing does.
	Argument string
	// One, Many, None and Maybe list operators with one value, with one or more, without any, and with at most one.
	One, Many, None, Maybe string
	// Values is what the values are.
	Values ValueKind
	// Waits lists the operators that a wait takes.
	Waits string
}

// ValueKind is what the values of a subject are.
type ValueKind string

const (
	Text     ValueKind = "text"
	Number   ValueKind = "number"
	Duration ValueKind = "duration"
	Sample   ValueKind = "sample value"
	Status   ValueKind = "status"
	Pair     ValueKind = "name=value"
	FakeName ValueKind = "name of a fake"
)

const compares = "= != < <= > >="

// Subjects returns all subjects in reading order.
func Subjects() []Subject { return slices.Clone(subjects) }

// subjects never change. They are made once because every check of every case looks its subject up.
var subjects = slices.Concat(requestSubjects(), contentSubjects(), agentSubjects())

// requestSubjects can be asked of any fake: who came, how, and when.
func requestSubjects() []Subject {
	return []Subject{
		{Name: "requests", Scope: AnyFake, One: compares, Values: Number, Waits: compares},
		{Name: "accepted", Scope: AnyFake, One: compares, Values: Number, Waits: compares},
		{Name: "statuses", Scope: AnyFake, Many: "= starts has lacks", Values: Status, Waits: "has starts"},
		{Name: "method", Scope: AnyFake, One: "=", Values: Text},
		{Name: "path", Scope: AnyFake, One: "=", Many: "has lacks", Values: Text},
		{Name: "query", Scope: AnyFake, Argument: "parameter", One: "=", None: "absent", Values: Text},
		{Name: "urls", Scope: AnyFake, Many: "= has lacks", Values: Text, Waits: "has"},
		{Name: "proto", Scope: AnyFake, One: "=", Values: Text},
		{Name: "header", Scope: AnyFake, Argument: "header", One: "= != has starts matches", None: "present absent", Values: Text},
		{Name: "credentials", Scope: AnyFake, One: "=", Values: Text},
		{Name: "token", Scope: AnyFake, One: "given-by", Values: FakeName},
		{Name: "intervals", Scope: AnyFake, One: "= >= <=", Values: Duration},
		{Name: "first", Scope: AnyFake, One: "= >= <=", Values: Duration},
		{Name: "lasts", Scope: AnyFake, One: "= >= <=", Values: Duration},
		{Name: "inflight", Scope: AnyFake, One: "= >= <=", Values: Number},
		{Name: "connections", Scope: AnyFake, One: compares, Values: Number, Waits: compares},
		{Name: "handshakes", Scope: AnyFake, None: "ok failed"},
		{Name: "tls-version", Scope: AnyFake, One: "=", Values: Text},
		{Name: "tls-offered", Scope: AnyFake, Many: "has lacks", Values: Text},
		{Name: "server-name", Scope: AnyFake, One: "=", None: "absent", Values: Text},
		{Name: "client-cert", Scope: AnyFake, One: "=", None: "present absent", Values: Text},
		{Name: "alpn", Scope: AnyFake, One: "=", Values: Text},
	}
}

// contentSubjects are about what a fake was sent, by kind of fake.
func contentSubjects() []Subject {
	return []Subject{
		{Name: "attempts", Scope: PushFake, One: "= <= >=", None: "same-body", Values: Number},
		{Name: "gaps", Scope: PushFake, Many: "= starts ~ starts~", Values: Duration},
		{Name: "decodes", Scope: PushFake, None: "-"},
		{Name: "batch", Scope: PushFake, One: "= <= >= has lacks", Values: Number},
		{Name: "labels", Scope: PushFake, Argument: "selector", Many: "= has lacks", None: "sorted", Values: Pair},

		{Name: "samples", Scope: Mimir, Argument: "selector", One: compares, Values: Number, Waits: compares},
		{Name: "values", Scope: Mimir, Argument: "selector", Many: "= starts has lacks", Values: Sample, Waits: "has starts"},
		{Name: "sequence", Scope: Mimir, Argument: "selector", None: "complete once ordered"},
		{Name: "age", Scope: Mimir, Argument: "selector", One: "<= >=", Values: Duration},
		{Name: "exemplars", Scope: Mimir, Argument: "selector", One: compares, Values: Number, Waits: compares},
		{Name: "exemplar-values", Scope: Mimir, Argument: "selector", Many: "= starts has lacks", Values: Sample, Waits: "has starts"},
		{Name: "exemplar-labels", Scope: Mimir, Argument: "selector", Many: "= has lacks", Values: Pair},
		{Name: "histograms", Scope: Mimir, Argument: "selector", One: compares, Values: Number, Waits: compares},
		{Name: "observations", Scope: Mimir, Argument: "selector", Many: "= starts has lacks", Values: Sample, Waits: "has starts"},
		{Name: "buckets", Scope: Mimir, Argument: "selector", Many: "= starts has lacks", Values: Sample},
		{Name: "metadata", Scope: Mimir, Argument: "metric", One: "=", None: "present absent", Values: Text, Waits: "= present"},
		{Name: "help", Scope: Mimir, Argument: "metric", One: "=", Values: Text},
		{Name: "unit", Scope: Mimir, Argument: "metric", One: "=", Values: Text},

		{Name: "profiles", Scope: Pyroscope, Argument: "selector", One: compares, Values: Number, Waits: compares},
		{Name: "raw", Scope: Pyroscope, Argument: "selector", One: "served-by", Values: FakeName},

		{Name: "client", Scope: OAuth2, One: "=", Values: Text},
		{Name: "style", Scope: OAuth2, One: "=", Values: Text},
		{Name: "form", Scope: OAuth2, Argument: "parameter", One: "=", None: "present absent", Values: Text},

		{Name: "targets", Scope: Proxy, Many: "= has lacks", Values: Text, Waits: "has"},
	}
}

// agentSubjects are about the agent itself: what it does, says, stores and shows.
func agentSubjects() []Subject {
	return []Subject{
		{Name: "ready", Scope: Agent, None: "-"},
		{Name: "refused", Scope: Agent, Maybe: "-", Values: Text},
		{Name: "exit", Scope: Agent, One: "= !=", Values: Number, Waits: "= !="},
		{Name: "alive", Scope: Agent, None: "-"},
		{Name: "reload", Scope: Agent, Maybe: "accepted refused", Values: Text},
		{Name: "metric", Scope: Agent, Argument: "selector", One: compares, None: "present absent", Values: Sample, Waits: compares},
		{Name: "metric-type", Scope: Agent, Argument: "metric", One: "=", Values: Text},
		{Name: "log", Scope: Agent, One: "has lacks", Values: Text},
		{Name: "segments", Scope: Agent, Many: "= has lacks", Values: Number},
		{Name: "segment-count", Scope: Agent, One: "= <= >=", Values: Number, Waits: "= <= >="},
		{Name: "checkpoint", Scope: Agent, One: "=", None: "present absent", Values: Number},
		{Name: "stored", Scope: Agent, Argument: "selector", One: compares, Values: Number, Waits: compares},
		{Name: "oldest", Scope: Agent, Argument: "selector", One: "<= >=", Values: Duration},
		{Name: "folder", Scope: Agent, One: "= has", Values: Text},
		{Name: "health", Scope: Agent, Argument: "component", One: "=", Values: Text, Waits: "="},
		{Name: "arguments", Scope: Agent, Argument: "component", One: "has lacks", Values: Text},
		{Name: "exports", Scope: Agent, Argument: "component", Many: "= has lacks", Values: Text},
		{Name: "debug", Scope: Agent, Argument: "component", One: "has lacks", None: "absent", Values: Text, Waits: "has"},
		{Name: "target-state", Scope: Agent, Argument: "selector", One: "=", Values: Text, Waits: "="},
		{Name: "target-url", Scope: Agent, Argument: "selector", One: "=", Values: Text},
		{Name: "target-labels", Scope: Agent, Argument: "selector", Many: "= has lacks", Values: Pair},
		{Name: "target-error", Scope: Agent, Argument: "selector", One: "has", None: "present absent", Values: Text},
		{Name: "target-scraped", Scope: Agent, Argument: "selector", One: "<= >=", Values: Duration},
		{Name: "target-succeeded", Scope: Agent, Argument: "selector", One: "<= >=", Values: Duration},
		{Name: "shows", Scope: Agent, One: "has lacks", Values: Text},
	}
}

// subjectFor finds the subject called name that can be asked of a target of this kind ("agent" for the agent).
func subjectFor(name, kind string) (Subject, bool) {
	for _, s := range subjects {
		if s.Name == name && s.Scope.covers(kind) {
			return s, true
		}
	}
	return Subject{}, false
}

// covers tells whether the scope takes in a target of this kind. An empty kind is a fake that could not be started.
func (p Scope) covers(kind string) bool {
	if kind == "" {
		return p != Agent
	}
	switch p {
	case AnyFake:
		return kind != "agent"
	case PushFake:
		return kind == "mimir" || kind == "pyroscope"
	case Agent:
		return kind == "agent"
	default:
		return string(p) == kind
	}
}

// arity is how many values an operator of this subject takes at least and at most.
func (s Subject) arity(op string) (least, most int, ok bool) {
	key := op
	if key == "" {
		key = "-"
	}
	for _, g := range []struct {
		ops         string
		least, most int
	}{{s.One, 1, 1}, {s.Many, 1, 1 << 30}, {s.None, 0, 0}, {s.Maybe, 0, 1}} {
		if slices.Contains(strings.Fields(g.ops), key) {
			return g.least, g.most, true
		}
	}
	return 0, 0, false
}

// operators are all operators of the subject that are words.
func (s Subject) operators() []string {
	return slices.DeleteFunc(strings.Fields(strings.Join([]string{s.One, s.Many, s.None, s.Maybe}, " ")),
		func(op string) bool { return op == "-" })
}
