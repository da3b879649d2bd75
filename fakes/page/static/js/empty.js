// What stands in the place of the list while nothing has arrived: how to send something.

import * as api from "./api.js";
import { copyButton } from "./copy.js";
import { el, fill } from "./dom.js";
import { firstPush } from "./firstpush.js";

// drawEmpty explains how to reach the fakes there are.
export function drawEmpty(root, fakes) {
  const samples = [...new Set(fakes.map((f) => f.kind))].flatMap((kind) => samplesFor(fakes.find((f) => f.kind === kind)));
  fill(root, el("div", { class: "card" },
    el("h2", {}, "Nothing has arrived yet"),
    el("p", {}, fakes.length > 0 ? "Point an agent at the fakes, or try one of these. What arrives shows here at once." : "No fake runs in this session. Start one with POST /api/v1/sessions, or another process with flags."),
    samples.map(({ title, text }) => el("div", { class: "sample" }, el("div", { class: "title" }, el("h3", {}, title), el("span", { class: "grow" }), copyButton(text, title)), el("pre", {}, text())))));
}

// samplesFor are lines to paste into a shell or a configuration, made anew when they are copied: {title, text()}.
function samplesFor(fake) {
  const { kind, url, endpoint } = fake, curl = fake.tls ? `curl -sS --cacert <(curl -sS ${api.authorityURL(fake.id)})` : "curl -sS";
  switch (kind) {
    case "mimir": return [
      { title: "One sample by remote write", text: () => firstPush(endpoint, Date.now()).replace("curl -sS", curl) },
      { title: "Prometheus, or anything that writes as it does", text: () => `remote_write:\n  - url: ${endpoint}` }];
    case "pyroscope": return [{ title: "One folded profile", text: () => `printf 'main;work;parse 30\\nmain;work;sort 12\\nmain;idle 8\\n' |\n  ${curl} --data-binary @- '${url}/ingest?name=try&format=folded'` }];
    case "pprof": return [{ title: "Scrape a profile", text: () => `${curl} -o heap.pb.gz ${url}/debug/pprof/heap` }];
    case "exposition": return [{ title: "Scrape metrics", text: () => `${curl} ${endpoint}` }];
    case "oauth2": return [{ title: "A token", text: () => `${curl} -d grant_type=client_credentials -u id:secret ${endpoint}` }];
    case "proxy": return [{ title: "Through the proxy", text: () => `curl -sS -x ${url} http://example.test/` }];
    default: return [];
  }
}
