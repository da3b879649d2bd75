#!/usr/bin/env bash
# The fakes from a shell: start a Pyroscope of one's own in a running process of fakes, let it fail twice, push until it takes the profile, and
# look at what arrived. It needs curl 7.82 or newer, and a process of fakes:
#
#	touchstone fakes --control 9990 &
#	touchstone fakes ready --wait 10s
#	bash examples/fakes/curl.sh http://127.0.0.1:9990
set -euo pipefail

api=${1:-http://127.0.0.1:9990}/api/v1

# call fails with what the API says is wrong; --fail-with-body prints it.
call() { curl --silent --show-error --fail-with-body "$@"; }

# A session is a set of fakes on ports of their own. This one is deleted when nobody has used it for a minute.
session=curl-$$
started=$(call --json '{"id":"'$session'","ttl":"1m","fakes":[{"kind":"pyroscope","script":"503*2 200"}]}' "$api/sessions")
trap 'call --request DELETE "$api/sessions/$session"' EXIT
url=$(sed 's/.*"url":"\([^"]*\)".*/\1/' <<<"$started")
fake=$api/fakes/$session.pyroscope
echo "pyroscope listens at $url"

# What is tested would do this: push until it is accepted.
until status=$(curl --silent --output /dev/null --write-out '%{http_code}' --data-binary $'main;work 3\nmain;idle 1' "$url/ingest?name=shop.cpu") &&
	[ "$status" = 200 ]; do
	echo "answered $status, again"
done
echo "answered $status"

# Wait for decoded data; what comes back is what was found. A wait that times out is answered 408 and tells what came nearest.
echo "found:"
call --json '{"profiles":"{service_name=\"shop\"}","atLeast":1,"timeout":"10s"}' "$fake/wait"
echo "not found:"
curl --silent --json '{"profiles":"{service_name=\"ship\"}","timeout":"100ms"}' "$fake/wait"

# The requests, those that were refused among them, and the profile as a file for go tool pprof.
echo "refused:"
call "$fake/requests?status=503"
call --output /dev/null "$fake/requests/3/profiles/0"

# Take it down and up again, change what it answers, and see how far the script has come.
call --request POST "$fake/down" --output /dev/null
if curl --silent --output /dev/null "$url/ready"; then
	echo "it still answers" >&2
	exit 1
fi
call --request POST "$fake/up" --output /dev/null
call --request PUT --data 'connect:resource_exhausted/429 200' "$fake/script" --output /dev/null
echo "script:"
call --header 'Accept: text/plain' "$fake/script"
