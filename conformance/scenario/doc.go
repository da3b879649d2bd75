// Package scenario reads and writes scenario files: start these fakes, run an agent with this configuration, this must be
// seen. Use [Parse] for one file, [Scenario.Expand] for the cases that it stands for, and [Lint] for a whole tree of them.
// The package plays nothing, judges nothing and touches neither network, clock nor disk.
//
// # The file
//
// A scenario is a txtar archive. The part before the first attached file is the story: a head, then steps, then checks,
// one statement a line. Attached files hold configurations, pages and fragments of them.
//
//	# A 503 is retried with the same bytes until it is accepted; nothing is lost and nothing comes twice.
//	clause    RW-RETRY-5XX RW-QUEUE-MINBACKOFF-DEFAULT
//	needs     prometheus.scrape prometheus.remote_write
//	killed by never-retries, constant-backoff
//	let       interval = 15s, real 1s
//
//	fake  exposition app
//	fake  mimir m reply 503*3 200
//	start agent config.river
//	wait  m accepted >= 2 within 1m
//
//	check m attempts same-body                RW-RETRY-5XX
//	check m gaps of body=1 = 30ms 60ms 120ms  RW-QUEUE-MINBACKOFF-DEFAULT
//
//	-- config.river --
//	prometheus.scrape "app" {
//	  targets         = [{"__address__" = "{{app.addr}}"}]
//	  forward_to      = [prometheus.remote_write.m.receiver]
//	  scrape_interval = "{{interval}}"
//	}
//	prometheus.remote_write "m" {
//	  endpoint { url = "{{m.url}}/api/v1/push" }
//	}
//
// # Lines and words
//
// A line is split into words at blanks. A word that begins with a double quote is a Go string and may hold blanks; so may
// anything between the braces of a selector, as in up{job="a", instance="b"}. A comma in a list of the head is a separator
// even without a blank. A # at the beginning of a line or after a blank begins a comment. The comment lines at the top
// of the file are the sentence: what is being shown, for a reader who knows nothing of this program. It is required.
//
// Verbs, subjects, operators, options, filters and template names form closed sets. A word outside them is an error with
// file, line and column, and with the nearest word that would have been right. So is what is said twice: a clause, a need, a
// sabotage, an option of a fake.
//
// # The head
//
//	clause ID...                  the clauses that the scenario is about; braces expand: {PW,PWA}-RETRY-5XX
//	needs CAPABILITY...           what an agent must be able to do, otherwise the scenario is skipped
//	lane LANE because REASON      plays on this lane only (virtual or real)
//	agent NAME because REASON     for this agent only
//	killed by NAME, NAME...       sabotages under which the scenario must fail: NAME[@KIND][:ARGUMENT]. One on the wire is about pushed samples
//	                              and profiles unless its KIND is metadata or any
//	each NAME = VALUE, VALUE...   an axis of the matrix: one case per value; several axes multiply
//	without NAME=VALUE...         leaves out the cases in which all of these hold
//	let NAME = VALUE[, CONDITION VALUE]...
//	                              a value stated in one place. A CONDITION is a lane or NAME=VALUE, joined by & when
//	                              several must hold; the last one that holds wins:
//	                              let timeout = 10s, component=phlare.write 30s, real 2s
//
// Head words may repeat, except lane and agent. A let may use the axes and the lets above it; clause and needs may use them all.
//
// # Conditions on a line
//
// A step, a check, a clause or a needs line may begin with conditions in square brackets: [real], [!real], [auth=basic|bearer],
// [!component=phlare.write]. All of them must hold, otherwise the line is not part of the case.
//
// # Templates
//
// {{NAME}} stands for a value. Axes and lets are filled in when the scenario is expanded, in the story and in attached
// files. A word that is nothing but a template becomes as many words as its value has.
//
//	{{NAME}}             the value of an axis or a let
//	{{AXIS.text}}        the attached file AXIS/VALUE. A value made of parts, like bearer+basic, stands for the files of all
//	                     its parts, one after the other
//	{{AXIS.1}}           the first part of such a value, {{AXIS.1.text}} its file; and so on
//	{{include FILE}}     another attached file
//	{{lane}}             virtual or real
//
// The rest is known only when the case is played, and is allowed in attached files, in the file names of write, in what
// fakes are told to reply, in the values of env and in those of a check:
//
//	{{FAKE.url}}         scheme, host and port without a path: http://127.0.0.1:40123
//	{{FAKE.addr}}        host and port
//	{{FAKE.host}} {{FAKE.port}}
//	{{FAKE.ca}}          path of a PEM file with the certificate authority that signed the fake's certificate
//	{{FAKE.ca.pem}}      the same as text
//	{{FAKE.client.cert}} {{FAKE.client.key}}
//	                     paths of PEM files with a client certificate that the fake accepts, and its key
//	{{FAKE.client.cert.pem}} {{FAKE.client.key.pem}}
//	                     the same as text
//	{{FAKE.token_url}}   where an oauth2 fake gives tokens out
//	{{dir}}              a scratch folder of the case; write puts files there
//	{{date+DURATION}}    the time, so far ahead, as HTTP writes dates
//
// In a page for the exposition fake, {{scrape}} is the number of the scrape that is being answered, from 1.
//
// # Steps: fakes
//
//	fake KIND NAME [OPTION...] [reply SCRIPT]
//	    starts a fake. KIND is mimir, pyroscope, pprof, exposition, oauth2 (gives tokens
//	    out) or proxy (passes requests on). SCRIPT is what it answers, in the words of package
//	    reply: 503*3 200, or 429 retry-after=2 200, or reset, or hang. Without one it answers 200.
//	    Options of every kind:
//	      down                     begins unreachable: connections are refused until up
//	      host=NAME[:PORT]         is reached under this name, and at this very port. On the real lane it stays 127.0.0.1 with a
//	                               free port: there NAME:PORT is replaced by its address wherever it stands in a configuration
//	      tls=KIND                 speaks TLS with a certificate that is good, expired, wrong-name, wrong-issuer,
//	                               self-signed or weak; the wrong name is wrong-name.invalid
//	      min=1.0|1.1|1.2|1.3      lowest TLS version it speaks
//	      max=1.0|1.1|1.2|1.3      highest TLS version it speaks
//	      client-cert=required     wants a client certificate from its own authority
//	      http2=on|off             offers HTTP/2 on TLS; on unless said
//	    Option of mimir and pyroscope:
//	      debug=FAKE               what is asked for below /debug/ is answered by this pprof fake: a backend that is scraped, too
//	    Options of exposition:
//	      page=FILE                serves this attached file. Without it or series: the one series scrape_number
//	      series=N                 serves the series load_0 ... load_(N-1)
//	      every-type               serves one metric of each type: every_untyped, every_gauge, the counter every_total with an
//	                               exemplar, and the histogram every_seconds with classic buckets up to 0.5, 1 (with the same
//	                               exemplar) and +Inf and, in protobuf, native buckets besides. In the n-th scrape the exemplar's value
//	                               is 0.5, its trace_id n in 32 hexadecimal digits, and the histogram counts 6n, with 2n, 2n and n in its native buckets
//	      Generated series have the number of the scrape as value, from 1.
//	      format=FORMAT[+FORMAT]   generated series are served as text, openmetrics or protobuf only; the client chooses
//	                               among those named, and among all three unless said
//	      age=DURATION             generated series carry a time of their own, so long ago
//	      gzip                     compresses for clients that take it
//	    Options of oauth2:
//	      client=ID:SECRET         gives tokens to this client only
//	      style=header|body        takes the client's name in a Basic Authorization or in the form only; a client that tries the
//	                               other first is refused, and may try again
//	      lifetime=DURATION        of a token; 1h unless said
//	    Options of proxy:
//	      user=NAME:PASSWORD       wants these credentials
//	      knows=HOST:FAKE          reaches this fake under the name HOST, which nobody else knows. May repeat
//	down FAKE                  connections are refused, open ones are cut; port and data stay
//	up FAKE                    reachable again
//	restart FAKE               down, then up
//	reply FAKE SCRIPT          replaces what is left of its script
//	page FAKE FILE             exposition: serves this page from now on; its scrapes go on counting
//
// # Steps: the agent
//
// There is one agent, called agent. It keeps its storage folder from start to start.
//
//	env NAME=VALUE
//	    sets a variable of its environment, for all starts that follow. Nothing but PATH and what an adapter needs is there unless said.
//	control FILE [NAME=VALUE...]
//	    shows that an agent takes FILE when nothing is wrong with it: an agent of its own, with a folder of its own, gets
//	    the file as the control (see below) and must become ready. With NAME=VALUE the axes and lets named have these
//	    values instead. A check of refused is inconclusive unless every control was accepted.
//	start agent FILE [refused]
//	    starts it and waits until it is ready or has exited. With refused, an exit is what the scenario is about; without it,
//	    an agent that does not get ready makes every check inconclusive.
//	stop agent [TERM|INT|KILL]     sends the signal, TERM unless said, and waits for the exit
//	restart agent [FILE] [TERM|INT|KILL]
//	                               stop, then start with FILE or the configuration it had
//	reload agent FILE [by signal] [refused]
//	                               replaces the configuration and asks the agent to load it, over HTTP unless said
//	write PATH FILE                puts an attached file into {{dir}}/PATH, replacing what is there: tokens, passwords, keys.
//	                               PATH may also be copied from a template: write ca.pem {{m.ca}}
//
// In a configuration, a line that ends in "// offending" is left out of the control, and a line that ends in "// control" is
// left out of everything else. So the control differs in exactly what is marked. The marks count wherever the lines come from: included
// files, files of axes, and lets that hold them. A start that is meant to be refused needs a check of refused.
//
// # Steps: time and evidence
//
//	wait NAME SUBJECT... within DURATION   goes on as soon as it holds. If it never does, the run goes on to judgement, but
//	                                       nothing in it can pass any more
//	pass DURATION because REASON           lets time go by; only where the elapsed time is itself the point
//	mark NAME                              gives this moment a name, for from and until. There are already started and ready:
//	                                       the first start of the agent, and when it was ready
//	snapshot NAME                          records the agent's own metrics, what it tells about its components and targets, and the contents
//	                                       of its write-ahead log
//
// # Checks
//
//	check NAME SUBJECT [ARGUMENT] [of FILTER...] [from MARK] [until MARK] [at SNAPSHOT] [OPERATOR [VALUE...]] [CLAUSE...]
//	given NAME SUBJECT ...
//
// Checks come after all steps and are judged over what was recorded. The words at the end that look like clauses (capitals,
// digits and hyphens) are the clauses that the check proves. A given is an assumption: if it does not hold, no check can pass.
//
// Filters pick requests, and several must all hold:
//
//	kind=KIND      samples, metadata, profile, scrape, token, connect (asks a proxy for a tunnel) or forward (asks it to pass
//	               a request on). Unless said, a check sees samples and profiles at a push fake and everything at others;
//	               kind=any sees everything
//	path=PATH      the path asked for, exactly
//	status=CODE    the status answered; 2xx and the like stand for a class; or reset, cut, hung or gone
//	tenant=NAME    the header X-Scope-OrgID
//	body=N         the N-th distinct body in order of arrival, from 1
//	run=N          arrived during the N-th run of the agent, from 1
//
// from and until pick by time of arrival, from MARK on and before MARK.
//
// In a list, a value may be repeated: 503*3 200. Numbers may be ranges: 3..4. So may durations: 500ms..1s. A duration without a range is exact on the virtual lane; on the real lane
// it is a hard lower bound, and what is above it may be late by the slack of the machine, which is measured at the beginning.
//
// Every check needs a witness: something that arrived and bears on it. Without one it is inconclusive. A check that something does not
// happen needs, besides, an agent that was alive at the end, and a wait or given that was met.
//
// # Subjects
//
// At any fake, about requests:
//
//	requests OP N               how many. = <= >= < > !=
//	accepted OP N               how many were answered with 2xx
//	statuses OP CODE...         what was answered, in order; a reply that is no status is reset, cut, hung or gone
//	                            = the whole list; starts; has: each of these occurs; lacks: none of these does
//	method OP TEXT              = (on every request)
//	path OP TEXT                = every; has: at least one request for each; lacks: none
//	query NAME OP TEXT          the query parameter: = (on every request), absent
//	urls OP URL...              the set of path?query asked for: =, has, lacks. Order does not count
//	proto OP TEXT               = HTTP/1.1 or HTTP/2.0 (on every request)
//	header NAME OP TEXT         = != has starts matches (on every request); present, absent. One value each
//	credentials OP USER:PASS    HTTP Basic credentials: = (on every request)
//	token given-by FAKE         every request shows a token that this oauth2 fake has given out
//	intervals OP DURATION       time between the arrivals of successive requests for one URL: = >= <=
//	first OP DURATION           time from the beginning of the window (from MARK, else the first start) to the first
//	                            arrival: = <= >=
//	lasts OP DURATION           time from the arrival of a request to its end, be it the answer or that the client left: = >= <=
//	                            (on every request that has ended). On the real lane it may be short by the slack, too
//	inflight OP N               the largest number of requests open at one moment: <= = >=
//	connections OP N            how many were opened
//	handshakes OP               ok: there were some and all succeeded; failed: there were some and none did
//	tls-version OP TEXT         agreed version, as "TLS 1.2": = (on every connection that agreed one)
//	tls-offered OP TEXT...      versions the client offered: has, lacks
//	server-name OP TEXT         the name asked for in the handshake: =, absent
//	client-cert OP TEXT         common name of the certificate sent: =, present, absent
//	alpn OP TEXT                = h2 or http/1.1
//
// At a push fake, about attempts. An attempt is one request; those with the same body at the same path belong together:
//
//	attempts OP                 same-body: whatever was not accepted and may be tried again came again, byte for byte
//	attempts OP N               = <= >=: so many attempts of each body. The body still being tried at the end does not count
//	gaps OP DURATION...         from the end of an answer to the arrival of the next attempt of the same body, over the bodies in order
//	                            = all of them; starts. With ~ and starts~ an agent on the real lane may take up to twice as long (jitter)
//	decodes                     every body could be decoded
//
// At mimir, about what was accepted. SELECTOR is metric{label="value"} with the matchers = != =~ !~, or "*" for everything:
//
//	samples SELECTOR OP N       how many
//	values SELECTOR OP V...     the values in order of their time: = starts has lacks; the staleness marker is stale
//	sequence SELECTOR OP        the values of each series are numbers of scrapes. complete: none missing between the first and the last;
//	                            once: besides, none comes twice; ordered: they arrived in ascending order
//	labels SELECTOR OP PAIR...  of every matching series: = exactly these (name=value); has these; lacks these, or
//	                            these names; sorted
//	age SELECTOR OP DURATION    from the time of a sample to its arrival: <= >=
//	batch OP N                  samples, exemplars and native histograms in each request; of kind=metadata, entries: = <= >=; has: at
//	                            least one request of this size; lacks: none
//	exemplars SELECTOR OP N     how many came with the series that match
//	exemplar-values SELECTOR OP V...
//	                            their values in order of their time: = starts has lacks
//	exemplar-labels SELECTOR OP PAIR...
//	                            the labels of each of them: = has lacks, as in labels
//	histograms SELECTOR OP N    how many native histograms
//	observations SELECTOR OP V...
//	                            how much each of them counts, in order of their time: = starts has lacks; one that ends its
//	                            series is stale
//	buckets SELECTOR OP V...    the counts of their buckets above zero, lowest first, one histogram after the other in
//	                            order of time: = starts has lacks
//	metadata METRIC OP TEXT     the type told for a metric, in requests of its own or with series: =; present; absent
//	help METRIC OP TEXT         the help told for it: =
//	unit METRIC OP TEXT         the unit told for it: =
//
// At pyroscope, about what was accepted; a selector matches the labels of the profile's series:
//
//	profiles SELECTOR OP N      how many
//	labels SELECTOR OP PAIR...  as above
//	raw SELECTOR served-by FAKE every profile is, byte for byte, a body that this pprof fake answered with
//	batch OP N                  profiles in each request
//
// At oauth2, about requests for a token:
//
//	client OP ID:SECRET         who asks: = (on every request)
//	style OP TEXT               how it says so: = header or body (on every request)
//	form NAME OP TEXT           the parameter in the form: = present absent (on every request)
//
// At proxy:
//
//	targets OP HOST:PORT...     the set of hosts asked for, as they were written: =, has, lacks. Order does not count
//
// At agent:
//
//	ready                       it became ready at every start that was not meant to be refused
//	refused [TEXT]              the start that was meant to be refused was: it exited with a code other than 0 and was never ready. With
//	                            TEXT, its output says so (in any letter case)
//	exit OP CODE                exit code of the last run: = !=
//	alive                       the last run went on until the harness stopped it
//	reload OP [TEXT]            the last reload was accepted or refused; with TEXT, the answer says so
//	metric SELECTOR OP V        sum of the series that match: = != < <= > >=; present, absent. At the last snapshot unless said
//	metric-type NAME OP TEXT    = counter, gauge, histogram or summary
//	log OP TEXT                 everything it wrote: has, lacks
//	segments OP N...            numbers of the segments in the write-ahead log: = has lacks
//	segment-count OP N          = <= >=
//	checkpoint OP N             number of the checkpoint: =, present, absent
//	stored SELECTOR OP N        samples in the write-ahead log: = <= >= > <
//	oldest SELECTOR OP DURATION age of the oldest sample in the write-ahead log at the snapshot: <= >=
//	folder OP TEXT              path of the write-ahead log below the storage folder: = has
//	health ID OP TEXT           what the agent says of the component ID: = healthy or unhealthy
//	arguments ID OP TEXT        the arguments that it shows for the component, as JSON: has, lacks
//	exports ID OP NAME...       the set of names that the component exports: = has lacks
//	debug ID OP TEXT            the debug information of the component, as JSON: has, lacks; absent
//	target-state SELECTOR OP TEXT
//	                            what the agent tells of each thing that it scrapes and that the selector matches; of profiles each kind of
//	                            a target is one, with its type as name: = up, down or unknown
//	target-url SELECTOR OP URL  what is asked for: =
//	target-labels SELECTOR OP PAIR...
//	                            the labels told: = has lacks, as in labels
//	target-error SELECTOR OP TEXT
//	                            why its last scrape failed: has; present; absent
//	target-scraped SELECTOR OP DURATION
//	                            time from its last scrape to the snapshot: <= >=
//	target-succeeded SELECTOR OP DURATION
//	                            time from its last scrape that went well to the snapshot: <= >=
//	shows OP TEXT               all that the agent tells anybody, whatever the snapshot: its log, answers, metrics and components: has, lacks
//
// A wait takes the subjects whose value is a number: requests, accepted, connections, samples, exemplars, histograms, profiles, metric,
// segment-count, stored; and values has, exemplar-values has, observations has, statuses has, urls has, targets has, metadata, exit, health,
// target-state, debug has.
package scenario
