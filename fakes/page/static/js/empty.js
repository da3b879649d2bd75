// What stands in the place of the list while nothing has arrived: how to send something.

import { copyButton } from "./copy.js";
import { el, fill } from "./dom.js";

// drawEmpty explains how to reach the fakes there are.
export function drawEmpty(root, fakes) {
  const samples = [...new Set(fakes.map((f) => f.kind))].map((kind) => sampleFor(fakes.find((f) => f.kind === kind))).filter(Boolean);
  fill(root, el("div", { class: "card" },
    el("h2", {}, "Nothing has arrived yet"),
    el("p", {}, fakes.length > 0 ? "Point an agent at the fakes, or try one of these. What arrives shows here at once." : "No fake runs in this session. Start one with POST /api/v1/sessions, or another process with flags."),
    samples.map(({ title, text }) => el("div", { class: "sample" }, el("div", { class: "title" }, el("h3", {}, title), el("span", { class: "grow" }), copyButton(() => text, title)), el("pre", {}, text)))));
}

function sampleFor({ kind, url, endpoint }) {
  switch (kind) {
    case "mimir": return { title: "Prometheus, Alloy, Grafana Agent", text: `remote_write:\n  - url: ${endpoint || `${url}/api/v1/push`}` };
    case "pyroscope": return { title: "Pyroscope, one folded profile", text: `printf 'main;work;parse 30\\nmain;work;sort 12\\nmain;idle 8\\n' |\n  curl -sS --data-binary @- '${url}/ingest?name=try&format=folded'` };
    case "pprof": return { title: "Scrape profiles", text: `go tool pprof -top ${url}/debug/pprof/heap` };
    case "exposition": return { title: "Scrape metrics", text: `curl -sS ${url}/metrics` };
    case "oauth2": return { title: "A token", text: `curl -sS -d grant_type=client_credentials -u id:secret ${endpoint || `${url}/token`}` };
    case "proxy": return { title: "Through the proxy", text: `curl -sS -x ${url} http://example.test/` };
    default: return null;
  }
}
