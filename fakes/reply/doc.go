// Package reply says in which order a fake answers, and how badly: start with [Script], [Status] and [Parse].
// It only decides; fakes/server carries the decisions out.
//
// A script is a list of replies that are played one after another, one for each request, then a default for all that follow.
// Where nothing was scripted the fake answers as it normally would.
//
// # Text syntax
//
// The same script as text, as scenario files and the touchstone fakes command write it:
//
//	503 503 503 200
//	503*3 200
//	429 retry-after=2 200
//	delay=500ms 200
//	reset hang close 200
//	connect:resource_exhausted/429 connect:unavailable
//	503*
//	302 location=http://other.test/
//	200 body="no" type=text/plain header="X-A: b"
//	200 truncate=10
//	503* chance=20% retry-after=1 | reset chance=1% | delay=10ms..200ms ok
//	seed: 42; 503* chance=5%
//	kind=metadata: 500 200; tenant=a path=/x: 503*; 503 200
//	connections: refuse*2 accept latency=50ms bandwidth=1000
//
// A script is one or more sections, separated by ";" or by the end of a line. A section may begin with a selector: words
// key=value, the last of them followed by ":". Keys are kind, path, tenant and token; a request belongs to the section whose
// selector fits and names most; sections with the same selector continue each other. A section without selector is for all
// requests of the fake's main kinds (samples and profiles; a page's scrape; a token issuer's token); "kind=*" is for all kinds.
//
// A section is a list of replies. A reply is one word, which may be repeated by "*N"; with a bare "*" it is the default for
// ever after and must be the last of its section.
//
//	200 ... 599          this status, else what the fake would answer; without its body unless the status is 2xx
//	ok                   what the fake answers on its own
//	reset                no answer, the connection is reset
//	close                no answer, the connection is closed properly
//	hang                 no answer, the connection stays open until the client leaves
//	garbage              bytes that are not HTTP
//	connect:CODE         a Connect error body with this code, and the status that the Connect protocol gives it
//	connect:CODE/STATUS  the same with another status
//
// What happens before a reply stands before it:
//
//	delay=DURATION       wait so long, after the request was read; delay=10ms..2s draws the time from this range, anew for each request
//
// What a reply carries stands after it:
//
//	retry-after=TEXT     the header Retry-After, likewise location=TEXT and type=TEXT (Content-Type)
//	header="NAME: VALUE" any header; may come several times
//	body=TEXT            this body
//	message=TEXT         the message of a Connect error
//	cut=N                reset after N bytes of the body
//	truncate=N           close after N bytes of the body, although the length announced was the whole
//	length=N             announce this length whatever is sent
//	endless              the body never ends
//	rate=N               send the body at N bytes a second
//
// A value that contains spaces, quotes, ";" or ends in ":" is written in double quotes with Go's escapes. "#" begins a comment
// that goes to the end of the line.
//
// The section "connections:" is about connections, one word for each that is accepted:
//
//	accept               serve it
//	refuse               reset at once (a port that is really closed is Down, of the fake)
//	mute                 accept and never read
//
// and after an accept:
//
//	latency=DURATION     each reply's bytes come so much later; latency=10ms..2s draws it for each connection
//	bandwidth=N          at most N bytes a second, in each direction
//	cut-in=N             reset after N bytes were received
//	cut-out=N            reset after N bytes were sent
//	slow-close=DURATION  keep the connection half open so long after the last byte
//
// # Chance
//
// Where "|" stands between two replies or more, one of them is drawn each time that the reply comes; "*" stands at the first of them and is for all:
//
//	503*3 | ok           three times one or the other
//	503* chance=20% retry-after=1 | 429 chance=5% | ok
//	refuse* chance=10%   in the section "connections:": one in ten on average
//
// chance=P% is how likely it is that the one before is drawn. Those without share what is left equally; when all have one and something is left, that
// is for what the fake answers on its own (for connections, to be served).
//
// The section "seed: N" settles all that is drawn: the same script with the same seed draws the same for requests that come in the same order, and
// each selector draws for itself. Without one the fake takes a seed that it tells in the failures of waits and in the script's state. Giving a seed
// begins all draws anew.
package reply
