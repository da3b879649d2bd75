// What a PromQL expression came to, as a table and as lines.

import { el } from "./dom.js";
import { count, labels, moment, number, plural } from "./format.js";
import { LineChart, lineColours } from "./linechart.js";
import { bars, labelsNode } from "./series.js";

const mostLines = 40, mostRows = 500;

// rowsOf makes of any result of Prometheus' API series [{labels, points: [[ms, value]], histogram}]; the histogram is the last one.
export function rowsOf({ resultType, result }) {
  switch (resultType) {
    case "scalar": return [{ labels: [], points: [point(result)] }];
    case "string": return [{ labels: [], points: [], text: result[1] }];
    case "vector": return result.map((s) => ({ labels: pairs(s.metric), points: s.value ? [point(s.value)] : [], histogram: s.histogram?.[1] }));
    default: return result.map((s) => ({ labels: pairs(s.metric), points: (s.values ?? []).map(point), histogram: s.histograms?.at(-1)?.[1] }));
  }
}

const pairs = (metric) => Object.entries(metric).map(([name, value]) => ({ name, value }));
const point = ([seconds, text]) => [Math.round(seconds * 1000), valueOf(text)];

// valueOf reads a number as Prometheus writes it.
function valueOf(text) {
  return { "+Inf": Infinity, "-Inf": -Infinity }[text] ?? Number(text);
}

// resultTable lists series with their (last) value. With colours it is the legend of a chart.
export function resultTable(rows, { colours = false } = {}) {
  return el("div", {},
    el("table", { class: "table" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Series"), el("th", { scope: "col", class: "number" }, colours ? "Last value" : "Value"))),
      el("tbody", {}, rows.slice(0, mostRows).map((r, i) => el("tr", {},
        el("td", { class: "labels" }, colours && i < mostLines && el("i", { class: `swatch line${i % lineColours}` }), labelsNode(r.labels)), valueCell(r))))),
    rows.length > mostRows && el("p", { class: "quiet-text" }, `and ${count(rows.length - mostRows)} more series`));
}

function valueCell({ points, histogram, text }) {
  if (text !== undefined) return el("td", {}, JSON.stringify(text));
  if (histogram) return el("td", { class: "number" }, bars((histogram.buckets ?? []).map(([, from, to, n]) => ({ from: Number(from), to: Number(to), n: Number(n) }))), `${histogram.count} obs., sum ${histogram.sum}`);
  const last = points.at(-1);
  return el("td", { class: "number", title: last && moment(last[0]) }, last ? number(last[1]) : "");
}

// Lines is the chart of a result with its legend.
export class Lines {
  constructor(rows, span, step) {
    this.chart = new LineChart();
    const shown = rows.slice(0, mostLines);
    this.node = el("div", { class: "lines-result" }, this.chart.node,
      rows.length > mostLines && el("p", { class: "quiet-text" }, `The first ${mostLines} of ${plural(rows.length, "series")} are drawn.`), resultTable(rows, { colours: true }));
    this.chart.show(shown.map((r) => ({ name: labels(r.labels), points: r.points })), span, step);
  }

  close() {
    this.chart.close();
  }
}
