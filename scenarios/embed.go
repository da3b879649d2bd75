// Package scenarios holds the scenario files, the clauses that they prove and the known deviations of agents, as data: [FS].
package scenarios

import "embed"

// FS contains clauses.yaml, AREA/NAME.txtar and known/AGENT.yaml.
//
//go:embed clauses.yaml all:config all:http_client all:known all:metrics_scrape all:profile_scrape all:profile_write all:remote_write all:wal
var FS embed.FS
