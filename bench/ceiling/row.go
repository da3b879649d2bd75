package ceiling

// The subjects that a host can open.
const (
	writeHandler   = "prometheus-write-handler"
	mimirRecording = "mimir"
	mimirCounting  = "mimir-counting"
	pyroscopeFake  = "pyroscope"
	pprofFake      = "pprof"
	expositionFake = "exposition"
	oauth2Fake     = "oauth2"
	proxyFake      = "proxy"
)

// row is one subject with one kind of traffic.
type row struct {
	name    string
	unit    string
	subject string
	rival   string // the row that it is compared with
	traffic func() (t traffic, stop func(), err error)
}

const (
	handlerV1 = "prometheus handler 1.0"
	handlerV2 = "prometheus handler 2.0"
)

// rows are in the order in which they are measured and shown: rivals take turns.
var rows = []row{
	{name: handlerV1, unit: "samples", subject: writeHandler, traffic: writeV1},
	{name: "mimir recording 1.0", unit: "samples", subject: mimirRecording, rival: handlerV1, traffic: writeV1},
	{name: "mimir counting 1.0", unit: "samples", subject: mimirCounting, rival: handlerV1, traffic: writeV1},
	{name: handlerV2, unit: "samples", subject: writeHandler, traffic: writeV2},
	{name: "mimir recording 2.0", unit: "samples", subject: mimirRecording, rival: handlerV2, traffic: writeV2},
	{name: "mimir counting 2.0", unit: "samples", subject: mimirCounting, rival: handlerV2, traffic: writeV2},
	{name: "pyroscope connect", unit: "profiles", subject: pyroscopeFake, traffic: pushProfiles},
	{name: "pyroscope ingest", unit: "profiles", subject: pyroscopeFake, traffic: ingestProfiles},
	{name: "pprof", unit: "scrapes", subject: pprofFake, traffic: scrapeProfiles},
	{name: "exposition", unit: "pages", subject: expositionFake, traffic: scrapePages},
	{name: "oauth2", unit: "tokens", subject: oauth2Fake, traffic: askTokens},
	{name: "proxy", unit: "requests", subject: proxyFake, traffic: throughProxy},
}
