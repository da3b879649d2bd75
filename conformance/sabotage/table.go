package sabotage

import "slices"

// Row is one way in which an agent can be made wrong.
type Row struct {
	// Name is the word used in scenarios after "killed by".
	Name string
	// Argument tells what follows the name after a colon ("NAME", "PATH=VALUE"); empty when nothing may.
	Argument string
	// Sentence says what the agent does wrong.
	Sentence string

	// kind is what pushes a wire edit on them is about unless said behind an @; empty for samples and profiles.
	kind string

	config  func(arg string) (configEdit, error)
	push    func(arg string) (wireEdit, error)
	scrape  func(arg string) (wireEdit, error)
	token   func(arg string) (wireEdit, error)
	page    func(arg string) (pageEdit, error)
	state   func(arg string) (stateEdit, error)
	target  func(arg string) (targetEdit, error)
	process func(arg string) (*processEdit, error)
}

// Table returns all sabotages in reading order: configuration, pushes, scrapes, tokens, state, metrics, process.
func Table() []Row {
	return slices.Concat(configRows(), deliveryRows(), contentRows(), scrapeRows(), tokenRows(), stateRows(), pageRows(), processRows())
}

// configRows are configuration edits: the agent is handed another River file than the scenario's.
func configRows() []Row {
	return []Row{
		{Name: "forgets", Argument: "PATH", config: forget,
			Sentence: "The attribute or block PATH (matched from its end, e.g. tls_config.server_name) is taken out of the configuration."},
		{Name: "sets", Argument: "PATH=VALUE", config: set,
			Sentence: "The attribute PATH is given the River value VALUE; a missing one is added to each block that PATH names, HTTP client settings to each endpoint and scraper."},
		{Name: "renames", Argument: "PATH=NAME", config: rename,
			Sentence: "The attribute or block PATH is spelt NAME."},
		{Name: "first-endpoint-only", config: plain(firstEndpointOnly),
			Sentence: "Every endpoint but the first of a component is ignored."},
		{Name: "forgets-auth", config: plain(forgetAuth),
			Sentence: "No credentials are presented: every authentication setting is ignored."},
		{Name: "reads-files-once", config: plain(readOnce),
			Sentence: "Files with credentials and certificates are read at the start, and never again."},
		{Name: "skips-verification", config: plain(skipVerification),
			Sentence: "No server certificate is ever verified."},
		{Name: "trusts-nobody", config: plain(trustNobody),
			Sentence: "The configured certificate authority is ignored."},
		{Name: "old-tls", config: plain(oldTLS),
			Sentence: "TLS 1.0 is agreed to, whatever min_version says."},
		{Name: "ignores-proxy", config: plain(ignoreProxy),
			Sentence: "No proxy is ever used, whatever is configured."},
		{Name: "constant-backoff", config: plain(constantBackoff),
			Sentence: "Every retry waits as long as the first one."},
		{Name: "slow-backoff", config: plain(slowBackoff),
			Sentence: "The first delay is twice as long as configured."},
		{Name: "uncapped-backoff", config: plain(uncappedBackoff),
			Sentence: "Delays go on doubling past the configured maximum."},
		{Name: "retries-once", config: plain(retriesOnce),
			Sentence: "A profile is given up after one retry."},
		{Name: "ignores-retry-limit", config: plain(ignoresRetryLimit),
			Sentence: "A profile is retried for ever, whatever max_backoff_retries says."},
		{Name: "flips-429", config: plain(flip429),
			Sentence: "retry_on_http_429 means its opposite."},
		{Name: "overfills-batches", config: plain(overfillBatches),
			Sentence: "Requests carry ten times max_samples_per_send."},
		{Name: "underfills-batches", config: plain(underfillBatches),
			Sentence: "Every sample gets a request of its own."},
		{Name: "late-batches", config: plain(lateBatches),
			Sentence: "A partial batch waits three times batch_send_deadline."},
		{Name: "one-shard", config: plain(oneShard),
			Sentence: "One shard sends everything."},
		{Name: "slow-metadata", config: plain(slowMetadata),
			Sentence: "Metadata is sent at a third of the configured rate."},
		{Name: "overfills-metadata", config: plain(overfillMetadata),
			Sentence: "Requests with metadata carry ten times as many entries as max_samples_per_send allows."},
		{Name: "never-truncates", config: plain(neverTruncate),
			Sentence: "The WAL is never cleaned up."},
		{Name: "truncates-eagerly", config: plain(truncateEagerly),
			Sentence: "The WAL is cleaned up every ten minutes and keeps nothing longer than one."},
		{Name: "slow-scrapes", config: plain(slowScrapes),
			Sentence: "Targets are scraped at half the configured rate."},
	}
}

// deliveryRows are wire edits on pushes, between the agent and the fake's journal: whether, when and how often they come.
func deliveryRows() []Row {
	return []Row{
		{Name: "never-retries", push: wire(swallowRepeats),
			Sentence: "A body is sent once: repeats never reach the server."},
		{Name: "retries-once-only", push: wire(swallowSecondRepeats),
			Sentence: "A body is sent twice at most."},
		{Name: "drop-on-5xx", push: wire(swallowStatus(500, 599)),
			Sentence: "A 5xx counts as delivered."},
		{Name: "drop-on-429", push: wire(swallowStatus(429, 429)),
			Sentence: "A 429 counts as delivered."},
		{Name: "repeats-refused", push: wire(repeatStatus(400, 499)),
			Sentence: "A request that was refused with a 4xx is sent once more."},
		{Name: "repeats-failed", push: wire(repeatStatus(500, 599)),
			Sentence: "A request that failed with a 5xx is sent twice in a row."},
		{Name: "duplicates", push: wire(repeatStatus(200, 299)),
			Sentence: "Every accepted request is sent a second time."},
		{Name: "stops-after-failure", push: wire(stopAfterFailure),
			Sentence: "Nothing is sent any more after the first request that failed."},
		{Name: "fails-together", push: wire(failTogether),
			Sentence: "Once one server has failed, the others get nothing any more."},
		{Name: "sends-in-turn", push: wire(sendInTurn),
			Sentence: "Servers are sent to one after the other: one that is slow holds up all."},
		{Name: "loses-first", push: wire(loseFirst),
			Sentence: "The first request to each server is lost."},
		{Name: "loses-every-third", push: wire(loseEveryThird),
			Sentence: "About every third request is lost."},
		{Name: "sends-nothing", kind: "any", push: wire(loseAll),
			Sentence: "No request reaches any server, and all count as delivered."},
		{Name: "late", Argument: "DURATION", push: late,
			Sentence: "Every request comes DURATION later than it should."},
		{Name: "late-repeats", Argument: "DURATION", push: lateRepeats,
			Sentence: "Every retry comes DURATION later than it should."},
		{Name: "reorders", push: wire(reorder),
			Sentence: "Requests arrive in pairs swapped with each other."},
		{Name: "ignores-retry-after", push: wire(hideRetryAfter),
			Sentence: "Retry-After is not looked at."},
		{Name: "ignores-answer-header", Argument: "NAME", push: hideAnswerHeader,
			Sentence: "The response header NAME is not looked at."},
		{Name: "sets-answer-header", Argument: "NAME=VALUE", push: setAnswerHeader,
			Sentence: "The response header NAME is taken for VALUE, whatever it is."},
	}
}

// contentRows are wire edits on what pushes carry, from the request line to the body.
func contentRows() []Row {
	return []Row{
		{Name: "drops-header", kind: "any", Argument: "NAME", push: dropHeader,
			Sentence: "The header NAME is missing from every push."},
		{Name: "sets-header", kind: "any", Argument: "NAME=VALUE", push: setHeader,
			Sentence: "The header NAME of every push has the value VALUE."},
		{Name: "wrong-path", kind: "any", push: wire(wrongPath),
			Sentence: "Pushes go to another path of the server."},
		{Name: "wrong-method", kind: "any", push: wire(wrongMethod),
			Sentence: "Pushes are made with PUT."},
		{Name: "drops-query", kind: "any", push: wire(dropQuery),
			Sentence: "The query of the URL is left out of pushes."},
		{Name: "changes-repeats", push: wire(changeRepeats),
			Sentence: "A retry means the same as the first request but has other bytes."},
		{Name: "garbles-body", push: wire(garbleBody),
			Sentence: "The body of every push is garbage."},
		{Name: "sends-plain", push: wire(sendPlain),
			Sentence: "Bodies are not compressed."},
		{Name: "drops-label", Argument: "NAME", push: dropLabel,
			Sentence: "The label NAME is missing from everything that is pushed."},
		{Name: "sets-label", Argument: "NAME=VALUE", push: setLabel,
			Sentence: "The label NAME of everything that is pushed has the value VALUE."},
		{Name: "unsorted-labels", push: wire(unsortLabels),
			Sentence: "Labels are pushed in reverse order."},
		{Name: "loses-series", push: wire(loseSeries),
			Sentence: "The first series of every request is left out."},
		{Name: "doubles-series", push: wire(doubleSeries),
			Sentence: "The first series of every request is there twice."},
		{Name: "changes-values", push: wire(changeValues),
			Sentence: "Every sample's value is one too high; every profile has a byte changed."},
		{Name: "changes-times", push: wire(changeTimes),
			Sentence: "Every sample's time is one second too early."},
		{Name: "drops-metadata", kind: "any", push: wire(dropMetadata),
			Sentence: "Metadata is never sent."},
		{Name: "changes-metadata", kind: "any", push: wire(changeMetadata),
			Sentence: "The type told for every metric is another."},
		{Name: "drops-exemplars", push: wire(dropItems(exemplarField)),
			Sentence: "Exemplars are never sent."},
		{Name: "changes-exemplars", push: wire(changeExemplars),
			Sentence: "Every exemplar's value is one too high."},
		{Name: "drops-histograms", push: wire(dropItems(histogramField)),
			Sentence: "Native histograms are never sent."},
		{Name: "changes-histograms", push: wire(changeHistograms),
			Sentence: "Every native histogram counts one too much."},
	}
}

// scrapeRows are wire edits on scrapes: between the agent and the scraped fake's journal.
func scrapeRows() []Row {
	return []Row{
		{Name: "scrape-drops-query", scrape: wire(dropQuery),
			Sentence: "Scrapes leave out the query: parameters and seconds."},
		{Name: "scrape-sets-query", Argument: "KEY=VALUE", scrape: setQuery,
			Sentence: "Every scrape has the parameter KEY with VALUE."},
		{Name: "scrape-drops-header", Argument: "NAME", scrape: dropHeader,
			Sentence: "The header NAME is missing from every scrape."},
		{Name: "scrape-sets-header", Argument: "NAME=VALUE", scrape: setHeader,
			Sentence: "The header NAME of every scrape has the value VALUE."},
		{Name: "scrape-wrong-path", scrape: wire(wrongPath),
			Sentence: "Scrapes go to another path."},
		{Name: "scrape-skips", Argument: "PATH", scrape: skipPath,
			Sentence: "The page PATH is never scraped."},
		{Name: "scrapes-twice", scrape: wire(repeatStatus(100, 599)),
			Sentence: "Every scrape is made twice."},
		{Name: "scrape-late", Argument: "DURATION", scrape: late,
			Sentence: "Every scrape comes DURATION later than it should."},
		{Name: "scrape-believes-anything", scrape: wire(believeAnything),
			Sentence: "An answer with an error status is taken for a good one."},
		{Name: "scrapes-nothing", scrape: wire(loseAll),
			Sentence: "No target is ever scraped."},
	}
}

// tokenRows are wire edits on requests for tokens.
func tokenRows() []Row {
	return []Row{
		{Name: "forgets-tokens", token: wire(forgetTokens),
			Sentence: "A new token is asked for each time one is needed."},
		{Name: "token-drops-header", Argument: "NAME", token: dropHeader,
			Sentence: "The header NAME is missing from every request for a token."},
		{Name: "token-wrong-path", token: wire(wrongPath),
			Sentence: "Tokens are asked for at another path."},
	}
}

// stateRows are state edits: what the agent tells about its components and targets, after it was read.
func stateRows() []Row {
	return []Row{
		{Name: "says-healthy", state: saysHealth("healthy"),
			Sentence: "Every component is said to be healthy."},
		{Name: "says-unhealthy", state: saysHealth("unhealthy"),
			Sentence: "Every component is said to be unhealthy."},
		{Name: "shows-secrets", state: tell(showSecrets),
			Sentence: "The arguments of a component show secrets as they were written."},
		{Name: "invents-debug", state: tell(inventDebug),
			Sentence: "Every component shows the same debug information."},
		{Name: "hides-exports", state: tell(hideExports),
			Sentence: "No component shows what it exports."},
		{Name: "hides-targets", target: tellTargets(hideTargets),
			Sentence: "Nothing is told about any target."},
		{Name: "calls-targets-up", target: tellTargets(callUp),
			Sentence: "Every target is said to be up, and none has an error."},
		{Name: "hides-target-labels", target: tellTargets(hideTargetLabels),
			Sentence: "Of the labels of a target only those that name it are shown: job, instance and __name__."},
		{Name: "forgets-scrape-times", target: tellTargets(forgetScrapeTimes),
			Sentence: "When a target was scraped last is not told."},
	}
}

// pageRows are metric edits: the agent's own page, after it was read.
func pageRows() []Row {
	return []Row{
		{Name: "hides-metric", Argument: "NAME", page: hideMetric,
			Sentence: "The metric NAME is not exposed."},
		{Name: "freezes-metric", Argument: "NAME", page: freezeMetric,
			Sentence: "The metric NAME keeps the value it had first."},
		{Name: "miscounts-metric", Argument: "NAME", page: miscountMetric,
			Sentence: "The metric NAME is one too high."},
		{Name: "drops-metric-label", Argument: "NAME", page: dropMetricLabel,
			Sentence: "The label NAME is missing from the agent's own metrics."},
	}
}

// processRows are process edits: how the agent starts, stops and treats its storage.
func processRows() []Row {
	return []Row{
		{Name: "never-ready", process: processes(neverReady),
			Sentence: "The agent never says that it is ready."},
		{Name: "never-starts", process: processes(neverStart),
			Sentence: "The agent exits with status 0 at once."},
		{Name: "accepts-anything", process: processes(acceptAnything),
			Sentence: "A configuration that is refused is run without its effect, and called good."},
		{Name: "ignores-reload", process: processes(ignoreReload),
			Sentence: "A reload is answered with success and changes nothing."},
		{Name: "refuses-reload", process: processes(refuseReload),
			Sentence: "Every reload is refused."},
		{Name: "dies-on-reload", process: processes(dieOnReload),
			Sentence: "The agent ends when it is told to reload."},
		{Name: "wipes-storage", process: processes(wipeStorage),
			Sentence: "The storage folder is emptied before every restart."},
		{Name: "freezes-storage", process: processes(freezeStorage),
			Sentence: "At a restart the storage folder is as it was before the last start."},
		{Name: "stops-without-flush", process: processes(stopWithoutFlush),
			Sentence: "A stop signal ends the agent at once, with status 0."},
		{Name: "ignores-stop", process: processes(ignoreStop),
			Sentence: "Stop signals are ignored."},
		{Name: "exits-badly", process: processes(exitBadly),
			Sentence: "The agent exits with status 3 when it is stopped."},
	}
}
