// One row of the list of requests.

import { fill, el } from "./dom.js";
import { clock, duration, moment, size } from "./format.js";
import { answer } from "./search.js";

// makeRow fills a row with an entry. What has just arrived stands out for a moment.
export function makeRow(row, entry) {
  row.className = Date.now() - entry.arrived < 600 ? "row fresh" : "row";
  row.setAttribute("aria-label", sentence(entry));
  fill(row,
    el("span", { class: `answer tone ${entry.tone}`, role: "gridcell" }, el("span", { class: "pill" }, answer(entry))),
    el("time", { class: "time", role: "gridcell", title: moment(entry.arrived), datetime: new Date(entry.arrived).toISOString() }, clock(entry.arrived)),
    el("span", { class: "of", role: "gridcell" }, entry.fake),
    el("span", { class: "path", role: "gridcell", title: target(entry) },
      el("span", { class: "method" }, entry.method), target(entry), entry.tenant && el("span", { class: "tenant" }, entry.tenant)),
    el("span", { class: "what", role: "gridcell" }, entry.error ? el("span", { class: "bad" }, entry.error) : said(entry)),
    el("span", { class: "size", role: "gridcell" }, entry.size > 0 && size(entry.size)),
    el("span", { class: "took", role: "gridcell" }, entry.replied > 0 && duration(entry.replied - entry.arrived)));
}

// target is the path with the query.
export function target(entry) {
  return entry.query ? `${entry.path}?${entry.query}` : entry.path;
}

// said is what the request carried, without what the row shows already.
function said(entry) {
  const shown = `${entry.method} ${target(entry)}`;
  return entry.example.startsWith(shown) ? entry.example.slice(shown.length).replace(/^, /, "") : entry.example;
}

function sentence(entry) {
  return `${answer(entry)}, ${entry.fake}, ${entry.method} ${target(entry)}, ${clock(entry.arrived)}, ${entry.error || entry.example}`;
}
