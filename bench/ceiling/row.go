package ceiling

// The subjects that a host can open.
const (
	writeHandler   = "prometheus-write-handler"
	mimirRecording = "mimir"
	mimirCounting  = "mimir-counting"
	// mimirHistograms is a mimir that is waited for by its native histograms.
	mimirHistograms = "mimir-histograms"
	pyroscopeFake   = "pyroscope"
	pprofFake       = "pprof"
	expositionFake  = "exposition"
	oauth2Fake      = "oauth2"
	proxyFake       = "proxy"
	pprofParser     = "pprof-parser"
)

// row is one subject with one kind of traffic.
type row struct {
	name    string
	unit    string
	subject string
	rival   string  // the row that it is compared with
	goal    float64 // the ratio that has to be reached; 0 for none
	traffic func() (t traffic, stop func(), err error)
}

const (
	handlerV1 = "prometheus handler 1.0"
	handlerV2 = "prometheus handler 2.0"
	// handlerHistograms gets native histograms with an exemplar each.
	handlerHistograms = "prometheus handler histograms"
	parserConnect     = "pprof parser connect"
	parserIngest      = "pprof parser ingest"
)

// What the fake Mimir has to reach beside Prometheus' handler, in samples.
const (
	recordingGoal = 3
	countingGoal  = 10
)

// rows are in the order in which they are measured and shown: rivals take turns.
var rows = []row{
	{name: handlerV1, unit: "samples", subject: writeHandler, traffic: writeV1},
	{name: "mimir recording 1.0", unit: "samples", subject: mimirRecording, rival: handlerV1, goal: recordingGoal, traffic: writeV1},
	{name: "mimir counting 1.0", unit: "samples", subject: mimirCounting, rival: handlerV1, goal: countingGoal, traffic: writeV1},
	{name: handlerV2, unit: "samples", subject: writeHandler, traffic: writeV2},
	{name: "mimir recording 2.0", unit: "samples", subject: mimirRecording, rival: handlerV2, goal: recordingGoal, traffic: writeV2},
	{name: "mimir counting 2.0", unit: "samples", subject: mimirCounting, rival: handlerV2, goal: countingGoal, traffic: writeV2},
	{name: handlerHistograms, unit: "histograms", subject: writeHandler, traffic: writeHistograms},
	{name: "mimir recording histograms", unit: "histograms", subject: mimirHistograms, rival: handlerHistograms, traffic: writeHistograms},
	{name: "mimir counting histograms", unit: "histograms", subject: mimirCounting, rival: handlerHistograms, traffic: writeHistograms},
	{name: parserConnect, unit: "profiles", subject: pprofParser, traffic: pushProfiles},
	{name: "pyroscope connect", unit: "profiles", subject: pyroscopeFake, rival: parserConnect, traffic: pushProfiles},
	{name: parserIngest, unit: "profiles", subject: pprofParser, traffic: ingestProfiles},
	{name: "pyroscope ingest", unit: "profiles", subject: pyroscopeFake, rival: parserIngest, traffic: ingestProfiles},
	{name: "pprof", unit: "scrapes", subject: pprofFake, traffic: scrapeProfiles},
	{name: "exposition", unit: "pages", subject: expositionFake, traffic: scrapePages},
	{name: "oauth2", unit: "tokens", subject: oauth2Fake, traffic: askTokens},
	{name: "proxy", unit: "requests", subject: proxyFake, traffic: throughProxy},
}
