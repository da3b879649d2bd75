#!/bin/sh
# Lets touchstone judge an agent that reads River files itself, by the contract of the adapter "command":
#
#   touchstone test --agent command=examples/agents/river.sh
#
# AGENT is the program, by an absolute path, since every case runs in a folder of its own; without it, the reference that make build
# leaves in bin/. For another agent change what it can do and its flags.
set -eu
agent=${AGENT:-$(dirname "$0")/../../bin/reference}

if [ "${TOUCHSTONE_PROBE:-}" = 1 ]; then
	# What the agent can do. Name nothing that it cannot: those scenarios are skipped, not failed.
	cat <<JSON
{"version": "1.0", "can": ["prometheus.scrape", "prometheus.remote_write", "pyroscope.scrape", "pyroscope.write", "reload", "refuse", "metrics"]}
JSON
	exit 0
fi

# exec, so that signals reach the agent itself.
exec "$agent" run --server.http.listen-addr "$TOUCHSTONE_LISTEN" --storage.path "$TOUCHSTONE_STORAGE" "$TOUCHSTONE_CONFIG"
