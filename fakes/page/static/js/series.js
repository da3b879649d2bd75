// The series and metadata of a remote-write request as tables.

import { el, fill } from "./dom.js";
import { count, labels, moment, plural, stamp } from "./format.js";
import { buckets, total } from "./histogram.js";

const step = 200; // rows made at once
const fewSamples = 3;

// SeriesTable shows series, a part at a time, and lets them be filtered by their labels.
export class SeriesTable {
  // all is what the request carried, total how many series it has; more() fetches all of them.
  constructor(all, totalSeries, more) {
    Object.assign(this, { all, total: totalSeries, more, most: step });
    this.find = el("input", { class: "field", type: "search", placeholder: "Filter series", "aria-label": "Filter series", oninput: () => this.draw() });
    this.told = el("span", { class: "quiet-text" });
    this.body = el("tbody");
    this.rest = el("p", { class: "rest" });
    this.node = el("div", { class: "series" },
      el("div", { class: "profile-tools" }, this.find, this.told),
      el("table", { class: "table" }, head("Series", "Value", "Time"), this.body), this.rest);
    this.draw();
  }

  draw() {
    const words = this.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.all.filter((s) => words.every((w) => labels(s.labels).toLowerCase().includes(w)));
    fill(this.body, found.slice(0, this.most).flatMap(rows));
    this.told.textContent = words.length > 0 ? `${count(found.length)} of ${plural(this.total, "series")}` : plural(this.total, "series");
    fill(this.rest, this.button(found.length));
  }

  button(found) {
    if (found > this.most) return el("button", { class: "text", type: "button", onclick: () => this.extend() }, `Show ${count(Math.min(step, found - this.most))} more`);
    if (this.all.length < this.total) return el("button", { class: "text", type: "button", onclick: () => this.fetch() }, `Load all ${plural(this.total, "series")}`);
    return null;
  }

  extend() {
    this.most += step;
    this.draw();
  }

  async fetch() {
    const all = await this.more();
    if (!all) return;
    this.all = all;
    this.extend();
  }
}

function head(...names) {
  return el("thead", {}, el("tr", {}, names.map((n, i) => el("th", { scope: "col", class: i > 0 ? "number" : "" }, n))));
}

// rows are the lines of one series: its samples, then its histograms and exemplars.
function rows(series) {
  const samples = series.samples ?? [];
  const first = el("tr", {}, el("td", { class: "labels" }, labelsNode(series.labels), series.metadata && metadataTag(series.metadata)), values(samples), times(samples));
  return [first, ...(series.histograms ?? []).map(histogramRow), ...(series.exemplars ?? []).map(exemplarRow)];
}

// labelsNode writes labels with the name of the metric standing out.
export function labelsNode(set) {
  const name = set.find((l) => l.name === "__name__");
  const others = set.filter((l) => l !== name);
  return el("span", { class: "labelset" }, name && el("b", {}, name.value), (others.length > 0 || !name) && [
    "{", others.map((l, i) => [i > 0 && ", ", el("span", { class: "label" }, l.name), "=", el("span", { class: "text-value" }, JSON.stringify(l.value))]), "}"]);
}

function metadataTag({ type, unit, help }) {
  return el("span", { class: "tag", title: help }, [type, unit].filter(Boolean).join(", "));
}

function values(samples) {
  return el("td", { class: "number" }, several(samples, (s) => (s.value === "stale" ? el("span", { class: "tag stale", title: "The series ends here" }, "stale") : String(s.value))));
}

function times(samples) {
  return el("td", { class: "number faint" }, several(samples, (s) => [time(s.timestamp), s.start ? el("span", { class: "tag", title: "The counter began to count" }, `since ${moment(s.start)}`) : null]));
}

function time(ms) {
  return el("span", { title: moment(ms) }, stamp(ms, Date.now()));
}

// several writes the last few of many, one below the other.
function several(samples, write) {
  const left = samples.length - fewSamples;
  return [left > 0 && el("div", { class: "faint" }, `${count(left)} more before`), samples.slice(-fewSamples).map((s) => el("div", {}, write(s)))];
}

function exemplarRow(e) {
  return el("tr", { class: "sub" },
    el("td", { class: "labels" }, el("span", { class: "tag" }, "exemplar"), labelsNode(e.labels)),
    el("td", { class: "number" }, String(e.value)), el("td", { class: "number faint" }, e.timestamp ? time(e.timestamp) : ""));
}

function histogramRow(h) {
  const all = buckets(h);
  return el("tr", { class: "sub" },
    el("td", { class: "labels" }, el("span", { class: "tag" }, h.float ? "float histogram" : "histogram"), bars(all),
      el("span", { class: "faint" }, `${plural(all.length, "bucket")}, schema ${h.schema}`)),
    el("td", { class: "number" }, h.sum === "stale" ? el("span", { class: "tag stale" }, "stale") : `${count(total(h))} obs., sum ${h.sum}`),
    el("td", { class: "number faint" }, time(h.timestamp)));
}

// bars draws buckets in miniature.
export function bars(all) {
  const most = Math.max(1, ...all.map((b) => b.n)), shown = all.slice(0, 60);
  return el("svg:svg", { class: "bars", width: shown.length * 5, height: 18, role: "img", "aria-label": `${all.length} buckets` },
    shown.map((b, i) => el("svg:rect", { x: i * 5, y: 18 - (18 * b.n) / most, width: 4, height: Math.max(1, (18 * b.n) / most) },
      el("svg:title", {}, `${Number(b.from.toPrecision(4))} to ${Number(b.to.toPrecision(4))}: ${b.n}`))));
}

// metadataTable shows what version 1.0 sends apart from series.
export function metadataTable(all) {
  return el("table", { class: "table" },
    el("thead", {}, el("tr", {}, ["Metric", "Type", "Unit", "Help"].map((n) => el("th", { scope: "col" }, n)))),
    el("tbody", {}, all.slice(0, 1000).map((m) => el("tr", {}, el("td", { class: "labels" }, el("b", {}, m.metric)), el("td", {}, m.type), el("td", {}, m.unit ?? ""), el("td", { class: "help-text" }, m.help ?? "")))));
}
