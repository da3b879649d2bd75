// Asking a mimir PromQL over what it holds.

import * as api from "./api.js";
import { written } from "./complete.js";
import { Completer } from "./completer.js";
import { el, fill } from "./dom.js";
import { ago, moment, plural, stamp } from "./format.js";
import { History } from "./history.js";
import { accuse, placeInQuery } from "./mistake.js";
import { paneHead } from "./panehead.js";
import { Lines, resultTable, rowsOf } from "./queryresult.js";
import { note } from "./route.js";
import { stepFor } from "./scale.js";

const ranges = [["all", "all data"], [300, "5 min"], [900, "15 min"], [3600, "1 h"], [21_600, "6 h"], [86_400, "24 h"]];

// QueryPane shows the box and the result for one fake. What was asked stands in the address, so that it can be sent to somebody.
export class QueryPane {
  constructor(root, { close }) {
    Object.assign(this, { root, leave: close });
    this.history = new History(() => localStorage, "queries");
    this.shape = "table";
  }

  // show opens the pane; with an expression it is asked at once.
  show(fake, { q: query = "", as = this.shape }) {
    this.stop();
    this.fake = fake;
    this.shape = as === "chart" ? "chart" : "table";
    this.known = new Map(); // completions by what was asked for
    this.edit = el("textarea", { class: "editor query", rows: 2, spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "PromQL expression", "aria-describedby": "query-problem", placeholder: 'sum by (job) (rate(http_requests_total[5m]))', onkeydown: (e) => this.key(e) });
    this.completer = new Completer(this.edit, (spot) => this.names(spot));
    this.problem = el("div", { class: "problem", id: "query-problem", role: "alert", hidden: true });
    this.answer = el("div", { class: "answer-part", role: "region", "aria-label": "Result", "aria-live": "polite" });
    fill(this.root, paneHead(el("h2", {}, `Query ${fake.id}`, el("span", { class: "faint" }, " PromQL over what it accepted, of all tenants")), this.leave),
      el("div", { class: "content" }, el("div", { class: "query-box" }, this.edit, this.completer.list), this.tools(), this.problem, this.answer));
    this.edit.value = query;
    this.edit.focus();
    if (query !== "") return this.run();
    return this.offerNames();
  }

  tools() {
    this.switch = el("div", { class: "switch", role: "group", "aria-label": "Show as" }, [["table", "Table"], ["chart", "Chart"]].map(([name, text]) =>
      el("button", { type: "button", "aria-pressed": String(name === this.shape), dataset: { shape: name }, onclick: () => this.turn(name) }, text)));
    this.range = el("select", { "aria-label": "How far back", onchange: () => this.run() }, ranges.map(([value, text]) => el("option", { value }, text)));
    this.end = el("select", { "aria-label": "Until when", onchange: () => this.run() }, el("option", { value: "newest" }, "until the newest sample"), el("option", { value: "now" }, "until now"));
    this.range.hidden = this.shape !== "chart";
    return el("div", { class: "profile-tools" },
      el("button", { class: "solid-button first", type: "button", title: "Enter", dataset: { query: "run" }, onclick: () => this.run() }, "Run"), this.switch, this.range, this.end);
  }

  turn(shape) {
    this.shape = shape;
    for (const b of this.switch.children) b.setAttribute("aria-pressed", String(b.dataset.shape === shape));
    this.range.hidden = shape !== "chart";
    if (this.edit.value.trim() !== "") this.run();
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.completer.close();
    if (this.completer.key(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) this.run();
    else if (event.key === "ArrowUp" && !this.before().includes("\n")) this.recall(this.history.older(this.edit.value));
    else if (event.key === "ArrowDown" && !this.edit.value.slice(this.edit.selectionEnd).includes("\n")) this.recall(this.history.newer());
    else return;
    event.preventDefault();
  }

  before() {
    return this.edit.value.slice(0, this.edit.selectionStart);
  }

  recall(text) {
    if (text === null) return;
    this.edit.value = text;
    this.edit.setSelectionRange(text.length, text.length);
    accuse(this.edit, this.problem, null);
  }

  // run asks what stands in the box.
  async run() {
    const query = this.edit.value;
    this.completer.close();
    if (query.trim() === "") return this.offerNames();
    const { signal } = this.start();
    try {
      const span = await this.span(signal);
      const { data, warnings } = await this.ask(query, span, signal);
      this.history.add(query.trim());
      accuse(this.edit, this.problem, null);
      this.put(rowsOf(data), data.resultType, warnings, span);
      note(this.fake.id, "query", { q: query.trim(), as: this.shape });
    } catch (cause) {
      if (cause.name === "AbortError") return undefined;
      fill(this.answer);
      accuse(this.edit, this.problem, cause.message.replace('invalid parameter "query": ', ""), placeInQuery(cause.message, this.edit.value));
    }
    return undefined;
  }

  start() {
    this.doing?.abort();
    this.doing = new AbortController();
    this.result?.close();
    this.result = null;
    return this.doing;
  }

  // span is the time that is asked about, in milliseconds.
  async span(signal) {
    const held = await api.held(this.fake.id, signal);
    const to = this.end.value === "now" || held.until === 0 ? Date.now() : held.until;
    const back = this.range.value === "all" ? Math.max(60_000, held.from === 0 ? 0 : to - held.from) : Number(this.range.value) * 1000;
    return [to - back, to];
  }

  ask(query, [from, to], signal) {
    if (this.shape === "table") return api.prometheus(this.fake.id, "query", { query, time: to / 1000 }, signal);
    return api.prometheus(this.fake.id, "query_range", { query, start: from / 1000, end: to / 1000, step: stepFor(to - from) }, signal);
  }

  put(rows, type, warnings, span) {
    const [from, to] = span, now = Date.now();
    const at = this.shape === "table" ? `at ${stamp(to, now)}, ${ago(to, now)}` : `from ${stamp(from, now)} to ${stamp(to, now)}, step ${stepFor(to - from)} s`;
    let shown = rows.length > 0 && resultTable(rows);
    if (this.shape === "chart" && rows.some((r) => r.points.length > 0)) {
      this.result = new Lines(rows, span, stepFor(to - from) * 1000);
      shown = this.result.node;
    }
    fill(this.answer, el("p", { class: "quiet-text", title: moment(to) }, `${plural(rows.length, "series")} (${type}) ${at}`),
      warnings.map((w) => el("p", { class: "warning" }, w)), shown);
  }

  // offerNames shows what there is to ask about.
  async offerNames() {
    const { signal } = this.start();
    try {
      const names = await this.values("__name__", "", signal);
      if (signal.aborted) return;
      accuse(this.edit, this.problem, null);
      this.putNames(names);
    } catch (cause) {
      if (cause.name !== "AbortError") accuse(this.edit, this.problem, cause.message);
    }
  }

  putNames(names) {
    fill(this.answer, names.length === 0 ? el("p", { class: "quiet-text" }, "It holds nothing yet.")
      : [el("p", { class: "quiet-text" }, `It holds ${plural(names.length, "metric")}:`),
        el("p", { class: "names" }, names.slice(0, 200).map((n) => el("button", { class: "chip", type: "button", onclick: () => this.choose(n) }, n)), names.length > 200 && " …")]);
  }

  choose(name) {
    this.edit.value = written(name);
    this.edit.focus();
    this.run();
  }

  // names gives what can be written at a spot of the expression.
  names({ want, metric, label }) {
    if (want === "name") return this.once("name", async () => (await this.values("__name__", "")).map(written));
    if (want === "value") return this.once(`value ${metric} ${label}`, () => this.values(label, metric));
    return this.once(`label ${metric}`, async () => (await api.prometheus(this.fake.id, "labels", matching(metric))).data.filter((n) => n !== "__name__"));
  }

  once(key, ask) {
    if (!this.known.has(key)) this.known.set(key, ask().catch(() => []));
    return this.known.get(key);
  }

  async values(label, metric, signal) {
    return (await api.prometheus(this.fake.id, `label/${encodeURIComponent(label)}/values`, matching(metric), signal)).data;
  }

  // update is told that the fake has changed: there may be other names.
  update(fake) {
    this.fake = fake;
    this.known.clear();
    if (this.edit.value === "" && !this.doing.signal.aborted && this.answer.childElementCount < 2) this.offerNames();
  }

  stop() {
    this.doing?.abort();
    this.result?.close();
    this.result = null;
  }
}

const matching = (metric) => (metric === "" ? [] : [["match[]", `{__name__=${JSON.stringify(metric)}}`]]);
