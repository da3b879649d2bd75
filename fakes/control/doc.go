// Package control lets a running process of fakes be told everything that Go code can tell them, over HTTP: start with [New], [Options] and
// [Server.Handler]. The JSON bodies are package api's, and package client calls the routes. It does not listen (that is the caller's), it does not
// evaluate queries (see [Query]), and it has no users: who may connect may do everything, so serve it on loopback.
//
// # Routes
//
//	GET    /livez  /readyz                                   200 when it serves; when all fakes of the session "default" listen
//	GET    /api/openapi.json                                 the OpenAPI document
//	GET    /                                                 Options.Page, and all that is not below
//
//	GET    /api/v1/sessions                                  all sessions
//	POST   /api/v1/sessions                                  start one: {"ttl":"1m","fakes":[{"kind":"mimir"}]}
//	GET    /api/v1/sessions/{session}                        one of them
//	DELETE /api/v1/sessions/{session}                        close its fakes; answered when they are
//
//	GET    /api/v1/fakes ?session=                           all fakes, or those of one session
//	GET    /api/v1/fakes/{fake}                              one of them
//	GET    /api/v1/fakes/{fake}/requests                     what arrived: ?after= &limit= &kind= &tenant= &status= &path= &search=
//	GET    /api/v1/fakes/{fake}/requests/{seq}               one request, decoded: ?limit= &secrets=
//	GET    /api/v1/fakes/{fake}/requests/{seq}/body          the bytes that were sent
//	GET    /api/v1/fakes/{fake}/requests/{seq}/reply         the bytes that were answered, of fakes that keep them
//	GET    /api/v1/fakes/{fake}/requests/{seq}/profiles/{index}  a profile as gzipped pprof
//	GET    /api/v1/fakes/{fake}/connections                  ?after= &limit=
//	GET    /api/v1/fakes/{fake}/held                         of what time the data is that it holds, and which profiles
//	GET    /api/v1/fakes/{fake}/profile                      merged profiles as gzipped pprof: ?selector= &type= &from= &until=
//	GET    /api/v1/fakes/{fake}/flamegraph                   the same as a tree; or with ?seq= &index= &type= one profile of a request
//	POST   /api/v1/fakes/{fake}/wait                         long poll: {"samples":"up{job=\"a\"}","atLeast":2,"timeout":"10s"}
//
//	GET    /api/v1/fakes/{fake}/script                       the replies with their progress; text alone for Accept: text/plain
//	PUT    /api/v1/fakes/{fake}/script                       replace it; the body is text in the syntax of package reply
//	POST   /api/v1/fakes/{fake}/script                       append to it
//	DELETE /api/v1/fakes/{fake}/script                       clear it
//
//	POST   /api/v1/fakes/{fake}/down  /up  /restart          as in Go: port, data and script stay
//	POST   /api/v1/fakes/{fake}/forget                       empty the journals and the data
//	POST   /api/v1/fakes/{fake}/reset                        forget, and make it as it was started: script, authentication, TLS, mode, what is served, up
//	GET    /api/v1/fakes/{fake}/auth                         what requests must show; secrets are redacted
//	PUT    /api/v1/fakes/{fake}/auth                         change it
//	GET    /api/v1/fakes/{fake}/tls                          how it speaks TLS
//	PUT    /api/v1/fakes/{fake}/tls                          change that for new connections
//	GET    /api/v1/fakes/{fake}/mode                         whether a mimir or pyroscope is strict, its limits, whether it counts only
//	PUT    /api/v1/fakes/{fake}/mode                         change that
//	GET    /api/v1/fakes/{fake}/ca.pem                       the authority that clients must trust
//	POST   /api/v1/fakes/{fake}/client-certificate           a certificate for a client, with its key
//	PUT    /api/v1/fakes/{fake}/serve                        pages, generators, profiles, who gets tokens, who may use a proxy
//	GET    /api/v1/fakes/{fake}/tokens                       tokens that an oauth2 gave out
//	DELETE /api/v1/fakes/{fake}/tokens ?token=               revoke one, or all
//
//	GET    /api/v1/fakes/{fake}/journal ?secrets=            a recording (package recording)
//	POST   /api/v1/fakes/{fake}/journal                      load one, with its times and answers
//	GET    /api/v1/events ?session= &fake=                   server-sent events; Last-Event-ID resumes
//
// Below /api/v1/fakes/{fake}/prometheus a mimir is asked PromQL as Prometheus is, over what all tenants sent, told apart by the label __tenant_id__.
// Such questions are in no journal, and neither scripts nor authentication nor Down keep them off. Errors are in Prometheus' envelope.
//
//	GET, POST    .../prometheus/api/v1/query  /query_range  /query_exemplars  /format_query  /labels  /series
//	GET          .../prometheus/api/v1/label/{label}/values  /metadata  /status/buildinfo
//
// {fake} is the fake's name in the session "default", and SESSION.NAME in others. Everything that is not 2xx is {"error":"..."}.
//
// # Secrets
//
// The values of Authorization, Proxy-Authorization, Cookie and Set-Cookie are "(redacted)" in what requests and recordings show, and so are the bodies of
// token requests and their answers in recordings, unless secrets=true asks for them. Bodies, keys of certificates and tokens are
// given to who asks for them by their own paths.
//
// # Browsers
//
// A page of another origin must not command the fakes. A request whose Host is neither an IP address, localhost, nor one of [Options].Hosts is refused
// (DNS rebinding), as is one whose Origin or Sec-Fetch-Site says that another site sent it.
//
// # Sessions
//
// A session has its own fakes on ports of their own, so tests that run at once do not see each other. One with a TTL is deleted when nobody
// spoke of it for so long over this API; a wait or a stream of its events counts as long as it lasts. The session "default" is what [Options].Fakes
// began; it stays.
package control
